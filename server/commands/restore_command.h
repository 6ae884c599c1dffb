#pragma once
// `perftrend-server restore`: replaces a database with a backup.

#include <filesystem>
#include <string>

namespace perftrend {

struct RestoreOptions {
  std::string database = "perftrend.db";
  std::filesystem::path from;  ///< the backup
  bool replace = false;        ///< replace an existing SQLite file, which is renamed to FILE.replaced
};

/// Returns an exit code; throws db::Unusable and db::Unavailable.
int run_restore(const RestoreOptions& options);

}  // namespace perftrend
