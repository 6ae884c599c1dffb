#pragma once
// One round of the scenario: every prompt is tokenized, prefilled, continued and decoded, one after the other. It is
// sequential so that the parts of a prompt can be compared with its total.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/engines/engine.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// One pass of one prompt. A part that the engine does not report is missing.
struct PromptResult {
  std::string prompt;
  std::string text;  ///< the generated text; "" from an engine that cannot decode
  std::vector<TokenId> generated;
  std::optional<double> tokenize_ms;
  std::optional<double> prefill_ms;
  std::optional<double> generate_ms;
  double total_ms = 0;  ///< from before tokenize to after decode, on the runner's clock
  std::int64_t prompt_tokens = 0;
  std::int64_t generated_tokens = 0;
  std::int64_t cached_tokens = 0;
};

/// One result per prompt, in the same order; the first error ends the round. No prompts give no results.
EngineResult<std::vector<PromptResult>> run_batch(Engine& engine, const Capabilities& can,
                                                  std::span<const std::string> prompts, int generate_tokens,
                                                  Clock& clock);
EngineResult<PromptResult> run_prompt(Engine& engine, const Capabilities& can, const std::string& prompt,
                                      int generate_tokens, Clock& clock);

/// Why `result` is not a valid sample: a wrong count, a cached prompt, or a part that is not a number, is negative or
/// exceeds the total. nullopt: it is valid. An invalid sample is an error of the engine, never a value.
std::optional<std::string> contradiction(const PromptResult& result, int generate_tokens);

}  // namespace perftrend::runner
