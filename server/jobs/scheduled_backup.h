#pragma once
// `serve --backup-dir`: copies of the database, made while it is served, the oldest making room.

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

/// Copies a database into a new SQLite file, which has its name only once it is whole, every row compared. `progress`
/// may throw to end it early. Returns how many rows. Throws Unusable where `to` exists, Unavailable.
std::int64_t copy_into_file(db::Database& from, const std::filesystem::path& to, const db::RowProgress& progress);

struct BackupSchedule {
  std::filesystem::path folder;  ///< empty: no backups
  int every_hours = 24;
  int keep = 7;  ///< the newest; older ones are removed after a new one is whole
};

/// "perftrend-20261124T020000.000000Z.db", UTC: names in order are times in order.
std::string backup_name(std::int64_t at_us);

/// The backups in a folder, oldest first. Other files there, and what an unfinished copy left, are none.
std::vector<std::filesystem::path> backups_in(const std::filesystem::path& folder);

/// Until the next one is due, by the newest that is there: a server that is restarted every hour makes no more of them.
std::int64_t backup_due_in_us(const BackupSchedule& schedule, std::int64_t now_us);

/// Makes one and removes what is beyond `keep`. Returns its path. Throws as copying does; what is there stays then.
std::filesystem::path make_scheduled_backup(const BackupSchedule& schedule, const std::string& address,
                                            db::Database& database, std::int64_t now_us, const std::stop_token& stop);

/// Whether the folder can be written to; the cause where not.
tl::expected<void, std::string> check_backup_folder(const BackupSchedule& schedule);

/// Makes backups when they are due, in a thread of its own, until the returned thread's end (which ends a copy as
/// well). What fails is logged and tried again within the hour. `on_backup`, called in that thread, is told of each.
std::jthread schedule_backups(const BackupSchedule& schedule, const std::string& address, db::Database& database,
                              const std::function<void(const std::filesystem::path&)>& on_backup);

}  // namespace perftrend
