#pragma once
// The command `compare`: judges the last of several reports against those before it, offline.

#include <string>
#include <vector>

#include "runner/system/exit_codes.h"

namespace perftrend::runner {

struct CompareOptions {
  std::vector<std::string> files;  ///< at least two, oldest first
  bool json = false;
  bool fail_on_regression = false;
};

ExitCode compare(const CompareOptions& options);

}  // namespace perftrend::runner
