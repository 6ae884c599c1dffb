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
  std::vector<std::filesystem::path> paths;  ///< files, or folders of which every report and archive is taken
};

/// Each file as an upload of its own: an archive is one run. One that is refused does not stop the rest; all of them
/// are named on stderr at the end. Stored at once, file by file: what was ended early goes on where it was when it is
/// run again, for nothing is stored twice. Returns an exit code of exit_codes.h: exit_failed where any was refused.
int run_import(const ImportOptions& options);

}  // namespace perftrend
