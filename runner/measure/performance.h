#pragma once
// The case `performance_consistency`: how long does it take? Runs only when asked for, never fails on a time. A time
// that is out of the ordinary is a warning; an engine that fails is an error of the case, never a value.

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

inline constexpr const char* performance_case_name = "performance_consistency";

/// All measured passes of one prompt, or runs of a program's case, in order. A measure that the engine does not tell
/// has no samples.
struct PromptSamples {
  std::string prompt;
  std::map<std::string, std::vector<double>, std::less<>> times_ms;  ///< by name: tokenize_ms, prefill_ms, …
  std::vector<std::int64_t> prompt_tokens;
  std::vector<std::int64_t> generated_tokens;
  bool is_case = false;  ///< of a program; `prompt` is then the name of the case
};

/// What a person is shown of them: tokenize_ms and prefill_ms or, of a program that tells neither, all.
std::vector<std::string_view> format_metrics(const PromptSamples& samples);

/// Where the measurement is: told before every pass.
struct Step {
  enum class Block { warmup, tokenize, prompts };
  Block block = Block::prompts;
  int round = 0;           ///< from 0
  int rounds = 0;          ///< that are meant so far: more may follow, up to repeats_max
  std::size_t prompt = 0;  ///< from 0
  std::size_t prompts = 0;
  const std::vector<double>* so_far = nullptr;  ///< times of this block and prompt until now; nullptr: none yet
};
using OnStep = std::function<void(const Step&)>;

/// What ended the rounds of a block.
enum class EndedBy {
  repeats,       ///< all that were asked for; no precision was
  precision,     ///< every median is known well enough
  most_repeats,  ///< the most that were allowed (repeats_max), and some median is not
  budget         ///< the time was over, and some median is not
};
std::string_view to_string(EndedBy ended);

/// Why a block ends after `rounds` rounds that took `seconds` of `budget_s`; nullopt: it goes on. `is_precise` is asked
/// only where a precision was.
std::optional<EndedBy> why_over(const Scenario& scenario, int rounds, double seconds, double budget_s,
                                const std::function<bool()>& is_precise);

/// Whether the median of `measure`, where there is one, is known as well as the scenario asks (precision_percent), or
/// to two ticks.
bool is_precise(const Scenario& scenario, const PromptSamples& samples, std::string_view measure, double tick_ms);

struct Measurement {
  std::vector<PromptSamples> samples;  ///< one for each prompt, in their order
  int tokenize_rounds = 0;             ///< 0: the engine does not tokenize
  EndedBy tokenize_ended = EndedBy::repeats;
  int rounds = 0;
  EndedBy ended = EndedBy::repeats;
  bool nonce = false;  ///< each prompt began with a word of its own
};

/// Three blocks. Warm-up: `warmup` rounds, thrown away. Tokenize: nothing but tokenizing, back to back, so that it is
/// not measured on caches that a prefill has just emptied; tokenize_ms is of this block alone. Prompts: the whole way
/// of each. In each round every prompt is taken once. A block ends after `repeats` rounds or, where the scenario asks
/// for a precision, as soon after them as every median of tokenize_ms or prefill_ms is known so well, or at
/// repeats_max, or when the budget is over (half of it is for tokenize). The first error or contradiction ends it all.
EngineResult<Measurement> measure(Engine& engine, const Capabilities& can, const Scenario& scenario, Clock& clock,
                                  const OnStep& on_step);

/// A word of fixed width, another one for each `index` < 90 million. Digits, because every tokenizer makes equally many
/// tokens of them; the first ones change too, so that hardly a token is shared.
std::string nonce_word(std::uint64_t index);

/// Puts samples, lines for people and warnings about unusual times into `report`.
void add_samples(junit::CaseReport& report, const Scenario& scenario, const std::string& engine_name,
                 const std::vector<PromptSamples>& samples);

/// How it was measured, as properties of the suite "measure.NAME".
junit::Properties to_properties(const Measurement& measurement);

/// "10.081 10.079": the shortest text that reads back as the same numbers.
std::string to_sample_list(const std::vector<double>& samples);

}  // namespace perftrend::runner
