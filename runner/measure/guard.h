#pragma once
// The quarantine of timing for any command: only functional checks decide its exit code. guard_test.cpp contains the
// expected texts.
//
// A command that writes JUnit always runs (without RUN_PERF_TESTS=1 it skips its timing itself); the cases that the
// quarantine names are timing cases, all others are functional. A command without JUnit is timing as a whole: it runs
// only with RUN_PERF_TESTS=1, and its failure is a warning. A command that cannot be started or is killed by a signal
// fails in both cases.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runner/engines/command/command_output.h"
#include "runner/scenario/scenario.h"
#include "runner/system/clock.h"
#include "runner/system/exit_codes.h"
#include "runner/system/process.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

struct GuardedCommand {
  std::vector<std::string> argv;
  std::string junit;  ///< the JUnit file that it writes; "" for none
  TimingQuarantine quarantine;
};

/// Result of running the command.
struct GuardedRun {
  std::string not_started;  ///< why it could not be started; "": it was started
  std::optional<ProcessEnd> end;
  EngineResult<CommandOutput> cases;  ///< from its JUnit file, if any
};

struct GuardVerdict {
  ExitCode code = ExitCode::ok;       ///< ok or functional_failed
  std::vector<std::string> failures;  ///< functional failures, one line each
  std::vector<std::string> warnings;  ///< timing warnings, without the prefix PERF-WARNING
};

/// Why the command is not run; nullopt: it is run.
std::optional<std::string> guard_skips(const GuardedCommand& command, const Variables& variables);

/// Pure.
GuardVerdict judge_guarded(const GuardedCommand& command, const GuardedRun& run, std::chrono::year_month_day today);

/// Runs it in its own process group with this process's output and environment, and reads its JUnit file.
GuardedRun run_guarded(const GuardedCommand& command, Clock& clock);

}  // namespace perftrend::runner
