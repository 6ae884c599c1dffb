#pragma once
// The command `upload`: sends reports that are on disk, one or thousands, to the server.

#include <cstddef>
#include <string>
#include <vector>

#include "runner/delivery/upload.h"
#include "runner/report/coordinates.h"
#include "runner/system/exit_codes.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

struct UploadOptions {
  std::vector<std::string> files;
  ServerUrl server;
  std::string project;
  std::string token;
  std::string spool;           ///< directory of undelivered reports (delivery/spool.h); "" spools nothing
  RunCoordinates coordinates;  ///< of every run, as given on the command line
  std::string format;          ///< "ctest", or "" where the server detects the format
  bool one_run = false;        ///< all files together are one run
  bool stated_only = false;    ///< nothing is taken from the CI's environment
};

/// Up to this many runs, each one has a line of output; of more, only the progress is shown.
inline constexpr std::size_t listed_runs_max = 20;
/// After this many failures in a row that are not the report's fault, the rest is not tried: the server is unreachable
/// or refuses the token.
inline constexpr std::size_t failures_in_a_row_max = 3;

/// Sends the runs one after the other, so that each is judged against those before it. Shows a progress bar on a
/// terminal, else a line for each run or, of many runs, for each tenth. Lists failures at the end. Sending the same
/// reports again stores nothing twice.
ExitCode upload(const UploadOptions& options, const Variables& variables);

}  // namespace perftrend::runner
