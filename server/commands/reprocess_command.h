#pragma once
// `perftrend-server reprocess`: parses stored reports again with the present reader and rules, and shows what changes.

#include <filesystem>
#include <string>

namespace perftrend {

struct ReprocessOptions {
  std::filesystem::path database = "perftrend.db";
  std::filesystem::path policies;  ///< the same as for `serve`
  std::string project;             ///< empty: all
  bool apply = false;              ///< store the changes; requires that no server uses the database
  bool verbose = false;            ///< show every change of a run, not only the first ones
};

/// Prints each run that changes, its changes, and the totals to stdout; progress to stderr. Returns exit_ok if nothing
/// changes or `apply` stored all changes; exit_failed if something changes or a document can no longer be read.
int run_reprocess(const ReprocessOptions& options);

}  // namespace perftrend
