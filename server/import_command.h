#pragma once
// `perftrend-server import FILE|DIR…`: a backlog of reports, straight into the database.

#include <filesystem>
#include <string>
#include <vector>

namespace perftrend {

struct ImportOptions {
  std::filesystem::path database = "perftrend.db";
  std::filesystem::path policies;
  std::string project, branch, commit, testbed;
  std::string format = "auto";               ///< auto or ctest
  std::vector<std::filesystem::path> paths;  ///< files, or folders of which every *.xml, *.json, *.jsonl is taken
};

/// Each file as an upload of its own; one that is refused is named on stderr and the rest goes on.
/// Returns an exit code of exit_codes.h: exit_failed where any was refused.
int run_import(const ImportOptions& options);

}  // namespace perftrend
