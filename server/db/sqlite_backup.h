#pragma once
// SQLite files as files: copied while a server writes to them, checked, put in place.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace perftrend::db {

/// Told after each part: how much of 1 is done.
using Progress = std::function<void(double done)>;

/// Copies the database of one moment into `to`, which must not exist; servers go on writing meanwhile. The copy is
/// checked, and takes its name only when it is whole and on the disk. Throws Unusable or Unavailable.
void backup_sqlite(const std::filesystem::path& from, const std::filesystem::path& to, const Progress& progress);

/// Puts a copy of `backup` in the place of `database`. What was there is kept beside it as FILE.replaced (`replace`),
/// or the call refused. Refused too while a server has it open. Throws Unusable or Unavailable; then all is as before.
void restore_sqlite(const std::filesystem::path& backup, const std::filesystem::path& database, bool replace,
                    const Progress& progress);

/// What SQLite finds wrong in the file: its structure, its indexes, its references. Throws Unusable where it is not
/// ours.
std::vector<std::string> check_sqlite(const std::filesystem::path& file);

}  // namespace perftrend::db
