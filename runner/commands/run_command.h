#pragma once
// The command `run`: measures a scenario, writes the report and, where a server is given, uploads it.

#include <optional>
#include <string>

#include "runner/delivery/upload.h"
#include "runner/machine/machine.h"
#include "runner/machine/tuning.h"
#include "runner/report/coordinates.h"
#include "runner/scenario/chosen_scenario.h"
#include "runner/system/exit_codes.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

struct RunOptions : ScenarioChoice {
  std::string out_file;  ///< "" is SCENARIO-NAME.junit.xml in the working directory
  std::optional<ServerUrl> upload;
  std::string token;
  RunCoordinates coordinates;  ///< those given on the command line
  bool quiet = false;
  bool json = false;  ///< the summary on stdout is JSON (show/result.h)
  QuietPolicy quiet_policy;
  TuningOptions tuning;
  std::string spool;          ///< directory of undelivered reports (delivery/spool.h); "" spools nothing
  std::string rerun_command;  ///< the command that runs the same again, for messages
};

/// The exit code depends on the functional case and on writing the report, never on times or on the upload.
ExitCode run(const RunOptions& options, const Variables& variables);

}  // namespace perftrend::runner
