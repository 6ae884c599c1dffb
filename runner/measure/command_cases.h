#pragma once
// The engine "command": a program that measures by itself. Its functional case is one run of it. When it is measured,
// every case that it reports becomes a case of the report, next to `performance_consistency` with the times of the
// whole program.

#include <vector>

#include "core/junit/suite_report.h"
#include "runner/engines/make_engine.h"
#include "runner/measure/performance.h"

namespace perftrend::runner {

/// One run without repeats and, unless the scenario's environment says otherwise, with RUN_PERF_TESTS=0. It passes when
/// the program and all its cases succeeded. A failed case is a failure, or a warning if the quarantine names it. A
/// failed program is an error. Sets the parameters in `info` that the program reports.
junit::CaseReport run_command_functional(const Scenario& scenario, const CommandOptions& options, EngineInfo& info,
                                         Clock& clock);

struct CommandReports {
  junit::CaseReport performance;  ///< wall, user and system time of each run; an error if a run failed as a whole
  std::vector<junit::CaseReport> cases;  ///< cases of the program with samples; each has its own error
  std::vector<PromptSamples> samples;    ///< of the cases that have samples, for the summary
  int rounds = 0;                        ///< measured runs of the program
  EndedBy ended = EndedBy::repeats;
};

/// Runs the program as often as the scenario repeats or, with precision_percent, until the medians in the summary are
/// precise enough or a limit is reached; only once with {repeats} in argv. The first failed run ends it, without
/// samples.
CommandReports measure_command(const Scenario& scenario, const CommandOptions& options, Clock& clock,
                               const OnStep& on_step);

}  // namespace perftrend::runner
