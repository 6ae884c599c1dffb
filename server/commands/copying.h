#pragma once
// What the commands that copy a database have in common: the check of the source, and progress on stderr.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "server/commands/progress_bar.h"
#include "server/db/sql.h"
#include "server/db/sqlite_backup.h"

namespace perftrend {

/// Throws db::Unusable if `address` is a SQLite file that does not exist. Only `serve` and `import` create databases.
void require_existing(const std::string& address);

/// Copies all rows, and compares them one by one. Returns how many there are.
std::int64_t copy_with_progress(db::Database& from, db::Database& to);
/// The same into a new SQLite file.
std::int64_t copy_into_file_with_progress(db::Database& from, const std::filesystem::path& to);

/// The total of a bar that percent() steps.
constexpr std::size_t percent_total = 100;
db::BackupProgress percent(ProgressBar& bar);

}  // namespace perftrend
