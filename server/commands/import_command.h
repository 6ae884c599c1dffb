#pragma once
// `perftrend-server import FILE|DIR…`: stores existing reports directly in the database.

#include <filesystem>
#include <string>
#include <vector>

namespace perftrend {

struct ImportOptions {
  std::filesystem::path database = "perftrend.db";
  std::filesystem::path policies;
  std::string project, branch, commit, testbed;
  std::string format = "auto";               ///< auto or ctest
  std::vector<std::filesystem::path> paths;  ///< files, or folders whose reports and archives are all imported
};

/// Imports each file as one upload; an archive is one run, and so are the results of Criterion in one folder. Files of
/// a folder that are not reports are left, and named on stderr. A refused file does not stop the others; all refused
/// files are listed on stderr at the end. Each file is stored before the next is read, and none is stored twice, so an
/// interrupted import can simply be run again. Returns an exit code of exit_codes.h: exit_failed if any file was
/// refused.
int run_import(const ImportOptions& options);

}  // namespace perftrend
