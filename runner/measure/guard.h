#pragma once
// The quarantine of timing around any command: its exit code becomes that of the functional checks alone. Texts are
// goldens in guard_test.cpp.
//
// A command that tells of its cases in JUnit is run always (without RUN_PERF_TESTS=1 it skips its timing itself); the
// cases that the quarantine names are timing, all others functional. A command without JUnit is timing as a whole: it
// is run only with RUN_PERF_TESTS=1, and its failure is a warning. Being killed by a signal, or not started, is no slow
// value and fails either way.

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
  std::string junit;  ///< where it writes JUnit; "": it writes none
  Quarantine quarantine;
};

/// How it went.
struct GuardedRun {
  std::string not_started;  ///< why; "": it was
  std::optional<ProcessEnd> end;
  EngineResult<CommandOutput> cases;  ///< of its JUnit, where it writes one
};

struct GuardVerdict {
  ExitCode code = ExitCode::ok;       ///< ok or functional_failed
  std::vector<std::string> failures;  ///< functional ones, one line each
  std::vector<std::string> warnings;  ///< of timing, without the mark PERF-WARNING
};

/// Why it is not run at all; nullopt: it is.
std::optional<std::string> guard_skips(const GuardedCommand& command, const Variables& variables);

/// Pure.
GuardVerdict judge_guarded(const GuardedCommand& command, const GuardedRun& run, std::chrono::year_month_day today);

/// Runs it in a process group of its own with this process's output and environment, and reads its JUnit.
GuardedRun run_guarded(const GuardedCommand& command, Clock& clock);

}  // namespace perftrend::runner
