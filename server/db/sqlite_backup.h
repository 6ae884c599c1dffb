#pragma once
// Backup, restore and check of SQLite files, while a server may be writing to them.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace perftrend::db {

/// Called after each part with the share that is done, 0 to 1.
using BackupProgress = std::function<void(double done)>;

/// Copies one snapshot of the database to the new file `to`; servers may write meanwhile. The copy is checked, and gets
/// its name only when it is complete and on disk. Throws Unusable or Unavailable.
void backup_sqlite(const std::filesystem::path& from, const std::filesystem::path& to, const BackupProgress& progress);

/// Replaces `database` with a copy of `backup`. An existing database is renamed to FILE.replaced if `replace` is set;
/// otherwise, or while a server has it open, the call is refused. Throws Unusable or Unavailable and then changes
/// nothing.
void restore_sqlite(const std::filesystem::path& backup, const std::filesystem::path& database, bool replace,
                    const BackupProgress& progress);

/// Damage that SQLite finds in the structure, the indexes and the references of the file; empty if the file is sound.
/// Throws Unusable if the file is not a perftrend database.
std::vector<std::string> check_sqlite(const std::filesystem::path& file);

}  // namespace perftrend::db
