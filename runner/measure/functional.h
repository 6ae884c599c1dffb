#pragma once
// The functional case: checks that the engine works correctly. Always runs, fails hard, and has no limit on time.

#include <span>
#include <string>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/measure/batch.h"
#include "runner/scenario/scenario.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Failed checks give a failure that lists all of them; an engine that does not answer gives an error.
junit::CaseReport run_functional_case(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock);

/// Problems in the results of `prompts`: there must be one result per prompt, in the same order, with text, token
/// counts above 0, and total >= prefill.
std::vector<std::string> problems_in_batch(std::span<const std::string> prompts, const Capabilities& can,
                                           std::span<const PromptResult> results);

}  // namespace perftrend::runner
