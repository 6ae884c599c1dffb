#pragma once
// The case `performance_consistency`: how long does it take? Runs only when asked for, never fails on a time. A time
// that is out of the ordinary is a warning; an engine that fails is an error of the case, never a value.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runner/batch.h"
#include "runner/engines/clock.h"
#include "runner/engines/engine.h"
#include "runner/report.h"
#include "runner/scenario.h"

namespace perftrend::runner {

inline constexpr const char* performance_case_name = "performance_consistency";

/// All measured passes of one prompt, in order. A measure that the engine does not tell has no samples.
struct PromptSamples {
  std::string prompt;
  std::map<std::string, std::vector<double>, std::less<>> times_ms;  ///< by name: tokenize_ms, prefill_ms, …
  std::vector<std::int64_t> prompt_tokens;
  std::vector<std::int64_t> generated_tokens;
};

/// Where the measurement is: told before every pass.
struct Step {
  bool warmup = false;
  int round = 0;  ///< from 0
  int rounds = 0;
  std::size_t prompt = 0;  ///< from 0
  std::size_t prompts = 0;
};
using OnStep = std::function<void(const Step&)>;

/// Warm-up rounds, then `repeats` measured ones, every prompt once in each. The first error or contradiction ends it.
EngineResult<std::vector<PromptSamples>> measure(Engine& engine, const Capabilities& can, const Scenario& scenario,
                                                 Clock& clock, const OnStep& on_step);

/// Puts samples, lines for people and warnings about unusual times into `report`.
void add_samples(CaseReport& report, const Scenario& scenario, const std::string& engine_name,
                 const std::vector<PromptSamples>& samples);

/// "10.081 10.079": the shortest text that reads back as the same numbers.
std::string to_sample_list(const std::vector<double>& samples);

}  // namespace perftrend::runner
