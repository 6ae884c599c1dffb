#pragma once
// The case `performance_consistency`, which measures times. It runs only on request and never fails because of a time.
// An unusual time is a warning; a failed engine is an error of the case, never a value.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/measure/batch.h"
#include "runner/scenario/scenario.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// All measured passes of one prompt, or all runs of a program's case, in order. A metric that the engine does not
/// report has no samples.
struct PromptSamples {
  std::string prompt;
  std::map<std::string, std::vector<double>, std::less<>> times_ms;  ///< by name: tokenize_ms, prefill_ms, …
  std::vector<std::int64_t> prompt_tokens;
  std::vector<std::int64_t> generated_tokens;
  bool is_case = false;  ///< a case of a program; `prompt` is then its name
};

/// Metrics in summaries: tokenize_ms and prefill_ms or, where neither exists, all.
std::vector<std::string_view> summary_metrics(const PromptSamples& samples);

/// Position of the measurement, reported before every pass.
struct ProgressStep {
  enum class Block { warmup, tokenize, prompts };
  Block block = Block::prompts;
  int round = 0;           ///< from 0
  int rounds = 0;          ///< expected so far: more may follow, up to repeats_max
  std::size_t prompt = 0;  ///< from 0
  std::size_t prompts = 0;
  const std::vector<double>* so_far = nullptr;  ///< times of this block and prompt so far; nullptr: none yet
};
using OnStep = std::function<void(const ProgressStep&)>;

/// Why the rounds of a block ended.
enum class EndedBy {
  repeats,       ///< all requested rounds are done; no precision was requested
  precision,     ///< every median is precise enough
  most_repeats,  ///< repeats_max was reached, and some median is not precise enough
  budget         ///< the time budget was spent, and some median is not precise enough
};
std::string_view to_string(EndedBy ended);

/// Why a block ends after `rounds` rounds that took `seconds` of `budget_s`; nullopt: it continues. `is_precise` is
/// called only if the scenario requests a precision.
std::optional<EndedBy> end_reason(const Scenario& scenario, int rounds, double seconds, double budget_s,
                                  const std::function<bool()>& is_precise);

/// Whether the median of `metric` is as precise as the scenario requests (precision_percent), or precise to two clock
/// ticks. True where the metric has no samples.
bool is_precise(const Scenario& scenario, const PromptSamples& samples, std::string_view metric, double tick_ms);

struct Measurement {
  std::vector<PromptSamples> samples;  ///< one per prompt, in the same order
  int tokenize_rounds = 0;             ///< 0: the engine does not tokenize
  EndedBy tokenize_ended = EndedBy::repeats;
  int rounds = 0;
  EndedBy ended = EndedBy::repeats;
  bool nonce = false;  ///< each prompt began with a varying word
};

/// Measures in three blocks of rounds; each round processes every prompt once.
/// Warm-up: `warmup` rounds, discarded.
/// Tokenize: only tokenizing, without prefills in between, which would evict the caches. It gives tokenize_ms.
/// Prompts: complete passes. It gives the other metrics.
/// A block ends after `repeats` rounds. If the scenario requests a precision, it continues until every median of
/// tokenize_ms or prefill_ms is precise enough, or until repeats_max or the budget (half of it for tokenize) is
/// reached. The first error or invalid sample ends the measurement.
EngineResult<Measurement> measure(Engine& engine, const Capabilities& can, const Scenario& scenario, Clock& clock,
                                  const OnStep& on_step);

/// A word of eight digits, different for each `index` < 90 million. Digits give equally many tokens in every tokenizer;
/// the first digits vary too, so that almost no token is shared.
std::string nonce_word(std::uint64_t index);

/// Adds samples, lines of output and warnings about unusual times to `report`.
void add_samples(junit::CaseReport& report, const Scenario& scenario, const std::string& engine_name,
                 const std::vector<PromptSamples>& samples);

/// How it was measured, as suite properties "measure.NAME".
junit::Properties to_properties(const Measurement& measurement);

/// "10.081 10.079": the shortest text that parses to the same numbers.
std::string to_sample_list(const std::vector<double>& samples);

}  // namespace perftrend::runner
