#include "runner/measure/batch.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "runner/scenario/metric_names.h"

namespace perftrend::runner {

EngineResult<PromptResult> run_prompt(Engine& engine, const Capabilities& can, const std::string& prompt,
                                      int generate_tokens, Clock& clock) {
  PromptResult result;
  result.prompt = prompt;
  Prompt input{prompt, {}};
  const std::int64_t start_ns = clock.now_ns();
  if (can.tokenize) {
    auto tokens = engine.tokenize(prompt);
    if (!tokens) return tl::unexpected(std::move(tokens.error()));
    input.ids = std::move(tokens->ids);
    result.tokenize_ms = tokens->tokenize_ms;
  }
  auto completion = engine.complete(input, generate_tokens);
  if (!completion) return tl::unexpected(std::move(completion.error()));
  if (can.decode) {
    auto text = engine.decode(completion->generated);
    if (!text) return tl::unexpected(std::move(text.error()));
    result.text = std::move(*text);
  }
  result.total_ms = elapsed_ms(start_ns, clock.now_ns());
  result.prefill_ms = completion->prefill_ms;
  result.generate_ms = completion->generate_ms;
  result.prompt_tokens = completion->prompt_tokens;
  result.cached_tokens = completion->cached_tokens;
  result.generated_tokens =
      completion->generated_tokens.value_or(static_cast<std::int64_t>(completion->generated.size()));
  if (completion->text) result.text = std::move(*completion->text);
  result.generated = std::move(completion->generated);
  return result;
}

EngineResult<std::vector<PromptResult>> run_batch(Engine& engine, const Capabilities& can,
                                                  std::span<const std::string> prompts, int generate_tokens,
                                                  Clock& clock) {
  std::vector<PromptResult> results;
  results.reserve(prompts.size());
  for (const std::string& prompt : prompts) {
    auto result = run_prompt(engine, can, prompt, generate_tokens, clock);
    if (!result) return tl::unexpected(std::move(result.error()));
    results.push_back(std::move(*result));
  }
  return results;
}

std::optional<std::string> contradiction(const PromptResult& result, int generate_tokens) {
  if (result.prompt_tokens < 1) return fmt::format("{} prompt tokens", result.prompt_tokens);
  if (result.generated_tokens != generate_tokens) {
    return fmt::format("{} tokens generated, {} were requested", result.generated_tokens, generate_tokens);
  }
  if (result.cached_tokens != 0) return fmt::format("{} prompt tokens came from a cache", result.cached_tokens);
  double sum_ms = 0;
  const std::array<std::pair<std::string_view, std::optional<double>>, 3> parts{
      {{tokenize_metric, result.tokenize_ms},
       {prefill_metric, result.prefill_ms},
       {generate_metric, result.generate_ms}}};
  for (const auto& [name, part_ms] : parts) {
    if (!part_ms) continue;
    if (!std::isfinite(*part_ms) || *part_ms < 0) return fmt::format("{} is {}", name, *part_ms);
    sum_ms += *part_ms;
    // Parts and total are read from the same clock, but added in floating point: a relative error of 1e-6 is allowed.
    if (sum_ms > result.total_ms * (1 + 1e-6)) {
      return fmt::format("{} of {}ms exceeds the total of {}ms", name, *part_ms, result.total_ms);
    }
  }
  return std::nullopt;
}

}  // namespace perftrend::runner
