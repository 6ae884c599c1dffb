#pragma once
// `serve --backup-dir`: scheduled copies of the database, made while the server runs. The oldest copies are deleted.

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "server/db/sql.h"
#include "server/db/transfer.h"

namespace perftrend {

/// Copies a database into a new SQLite file, and compares every row. The file gets its name when it is complete.
/// `progress` may throw to end the copy early. Returns the number of rows. Throws Unusable if `to` exists, Unavailable.
std::int64_t copy_into_file(db::Database& from, const std::filesystem::path& to, const db::RowProgress& progress);

struct BackupSchedule {
  std::filesystem::path folder;  ///< empty: no backups
  int every_hours = 24;
  int keep = 7;  ///< how many of the newest to keep; older ones are deleted after a new one is complete
};

/// "perftrend-20261124T020000.000000Z.db", UTC. The order of names is the order of times.
std::string backup_name(std::int64_t at_us);

/// The backups in a folder, oldest first. Other files and unfinished copies are ignored.
std::vector<std::filesystem::path> backups_in(const std::filesystem::path& folder);

/// The time until the next backup is due. It counts from the newest backup in the folder, so that restarting the server
/// does not cause more backups.
std::int64_t backup_due_in_us(const BackupSchedule& schedule, std::int64_t now_us);

/// Makes one backup, then deletes the oldest beyond `keep`. Returns its path. If copying throws, nothing is deleted.
std::filesystem::path make_scheduled_backup(const BackupSchedule& schedule, const std::string& address,
                                            db::Database& database, std::int64_t now_us, const std::stop_token& stop);

/// Creates the folder if necessary. The error says why backups cannot be written there.
tl::expected<void, std::string> check_backup_folder(const BackupSchedule& schedule);

/// Makes backups when they are due, in a new thread, until the returned object is destroyed, which also ends a copy. A
/// failure is logged, and the backup is tried again within the hour. `on_backup` is called in that thread after each
/// backup. `database` outlives the thread.
std::jthread schedule_backups(const BackupSchedule& schedule, const std::string& address, db::Database& database,
                              const std::function<void(const std::filesystem::path&)>& on_backup);

}  // namespace perftrend
