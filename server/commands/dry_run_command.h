#pragma once
// `perftrend-server dry-run`: shows what other policies would have flagged over the stored history.

#include <filesystem>
#include <string>

namespace perftrend {

struct DryRunOptions {
  std::string database = "perftrend.db";
  std::filesystem::path policies;  ///< the server's policy file, the same as for serve
  std::string project;
  std::filesystem::path proposed;  ///< [[policy]] tables that replace the project's own
};

/// Prints one JSON document (schema DryRun of schema/openapi/) and stores nothing. Returns an exit code of
/// exit_codes.h.
int run_dry_run(const DryRunOptions& options);

}  // namespace perftrend
