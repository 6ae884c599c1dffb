#pragma once
// The engine "command": a program that measures by itself. Its functional case is one run of it; measured, every case
// that it tells of is a case of the report, beside `performance_consistency` with the time of the program as a whole.

#include <vector>

#include "core/junit/suite_report.h"
#include "runner/engines/make_engine.h"
#include "runner/measure/performance.h"

namespace perftrend::runner {

/// One run without repeats and, unless the scenario's environment says otherwise, with RUN_PERF_TESTS=0: passed when
/// the program ended well and all cases it told of did. A case that failed is a failure, or a warning where the
/// quarantine names it; a program that failed is an error. `info` gets what the program tells of itself.
junit::CaseReport run_command_functional(const Scenario& scenario, const CommandOptions& options, EngineInfo& info,
                                         Clock& clock);

struct CommandReports {
  junit::CaseReport performance;  ///< wall, user and system time of each run; an error where a run failed as a whole
  std::vector<junit::CaseReport> cases;  ///< those of the program, with its samples; an error is one of the case alone
  std::vector<PromptSamples> samples;    ///< of the cases that have any, for the summary
  int rounds = 0;                        ///< runs of the program that were measured
  EndedBy ended = EndedBy::repeats;
};

/// As often as the scenario repeats (where it asks for a precision, until the shown medians of all cases are known so
/// well, or its bounds), or once with {repeats} in argv. The first run that fails ends it, without samples.
CommandReports measure_command(const Scenario& scenario, const CommandOptions& options, Clock& clock,
                               const OnStep& on_step);

}  // namespace perftrend::runner
