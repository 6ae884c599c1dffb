#pragma once
// `perftrend-server backup`: copies a database into a new SQLite file while servers write to it.

#include <string>

namespace perftrend {

struct BackupOptions {
  std::string database = "perftrend.db";
  std::string to;  ///< the new file
};

/// Returns an exit code; throws db::Unusable and db::Unavailable.
int run_backup(const BackupOptions& options);

}  // namespace perftrend
