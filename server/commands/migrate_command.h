#pragma once
// `perftrend-server migrate`: updates the schema of a database.

#include <string>

namespace perftrend {

struct MigrateOptions {
  std::string database = "perftrend.db";
};

/// Prints the schema version. Returns an exit code; throws db::Unusable and db::Unavailable.
int run_migrate(const MigrateOptions& options);

}  // namespace perftrend
