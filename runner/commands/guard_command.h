#pragma once
// The command `guard`: runs another program under the quarantine of timing (measure/guard.h).

#include <optional>
#include <string>
#include <vector>

#include "runner/delivery/upload.h"
#include "runner/scenario/scenario.h"
#include "runner/system/exit_codes.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

struct GuardOptions {
  std::vector<std::string> argv;
  std::string scenario_file;        ///< file whose quarantine applies; "" for none
  TimingQuarantine quarantine;      ///< given on the command line; overrides the scenario's
  std::string junit;                ///< JUnit file that the command writes; "" for none
  std::optional<ServerUrl> server;  ///< where the JUnit file is uploaded
  std::string project;
  std::string token;
  std::string spool;  ///< directory of undelivered reports (delivery/spool.h); "" spools nothing
};

ExitCode guard(const GuardOptions& options, const Variables& variables);

}  // namespace perftrend::runner
