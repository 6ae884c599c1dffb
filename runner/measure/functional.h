#pragma once
// The case `functional`: is the engine right? Always runs, fails hard, knows no limit on time.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/measure/batch.h"
#include "runner/scenario/scenario.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

inline constexpr const char* functional_case_name = "functional";

/// Failed checks give a failure that lists all of them; an engine that does not answer gives an error.
junit::CaseReport run_functional_case(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock);

/// What is wrong with a round over `prompts`: as many results as prompts and in their order, text that is not empty,
/// counts above 0, total >= prefill.
std::vector<std::string> wrong_in_batch(std::span<const std::string> prompts, const Capabilities& can,
                                        std::span<const PromptResult> results);

}  // namespace perftrend::runner
