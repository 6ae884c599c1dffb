#pragma once
// `perftrend-server prune`: deletes what is older than a retention file allows.

#include <filesystem>
#include <string>

namespace perftrend {

struct PruneOptions {
  std::string database = "perftrend.db";
  std::filesystem::path retention;  ///< TOML file of [[retention]] rules
  bool dry_run = false;             ///< only print what would be deleted
};

/// Returns an exit code; throws db::Unusable and db::Unavailable.
int run_prune(const PruneOptions& options);

}  // namespace perftrend
