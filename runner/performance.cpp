#include "runner/performance.h"

#include <fmt/format.h>

#include "runner/measures.h"
#include "runner/quarantine.h"
#include "runner/statistics.h"

namespace perftrend::runner {
namespace {

void keep(PromptSamples& samples, const PromptResult& result) {
  const auto add = [&](std::string_view measure, const std::optional<double>& value_ms) {
    if (value_ms) samples.times_ms[std::string(measure)].push_back(*value_ms);
  };
  add(tokenize_measure, result.tokenize_ms);
  add(prefill_measure, result.prefill_ms);
  add(generate_measure, result.generate_ms);
  add(total_measure, result.total_ms);
  samples.prompt_tokens.push_back(result.prompt_tokens);
  samples.generated_tokens.push_back(result.generated_tokens);
}

std::string labelled(std::string_view measure, std::size_t prompt) {
  return fmt::format("{}[Prompt {}]", measure, prompt);
}

/// "Prompt 0: prefill = 10.12ms", as timing tests print it: the median.
void add_lines(CaseReport& report, std::size_t prompt, const PromptSamples& samples) {
  for (const auto measure : time_measures) {
    const auto found = samples.times_ms.find(measure);
    if (found == samples.times_ms.end()) continue;
    report.out.push_back(
        fmt::format("Prompt {}: {} = {}", prompt, spoken(measure), shown_ms(summarise(found->second).median)));
  }
}

}  // namespace

EngineResult<std::vector<PromptSamples>> measure(Engine& engine, const Capabilities& can, const Scenario& scenario,
                                                 Clock& clock, const OnStep& on_step) {
  std::vector<PromptSamples> samples;
  for (const auto& prompt : scenario.prompts)
    samples.push_back({prompt, {}, {}, {}});
  const int rounds = scenario.warmup + scenario.repeats;
  for (int round = 0; round < rounds; ++round) {
    const bool warmup = round < scenario.warmup;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      on_step({warmup, warmup ? round : round - scenario.warmup, warmup ? scenario.warmup : scenario.repeats, i,
               samples.size()});
      const auto result = run_prompt(engine, can, samples[i].prompt, scenario.generate_tokens, clock);
      if (!result) return tl::unexpected(result.error());
      if (const auto why = contradiction(*result, scenario.generate_tokens)) {
        return tl::unexpected(EngineError{EngineError::Kind::bad_answer, fmt::format("Prompt {}: {}", i, *why)});
      }
      if (!warmup) keep(samples[i], *result);
    }
  }
  return samples;
}

void add_samples(CaseReport& report, const Scenario& scenario, const std::string& engine_name,
                 const std::vector<PromptSamples>& samples) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (const auto measure : time_measures) {
      const auto found = samples[i].times_ms.find(measure);
      if (found == samples[i].times_ms.end()) continue;
      report.properties.emplace_back(labelled(measure, i), to_sample_list(found->second));
      const double median_ms = summarise(found->second).median;
      if (auto warning = unusual_time(scenario, engine_name, i, measure, median_ms, found->second.size())) {
        report.warnings.push_back(std::move(*warning));
      }
    }
    report.properties.emplace_back(labelled(prompt_tokens_measure, i),
                                   fmt::format("{}", fmt::join(samples[i].prompt_tokens, " ")));
    report.properties.emplace_back(labelled(generated_tokens_measure, i),
                                   fmt::format("{}", fmt::join(samples[i].generated_tokens, " ")));
    add_lines(report, i, samples[i]);
  }
}

std::string to_sample_list(const std::vector<double>& samples) {
  return fmt::format("{}", fmt::join(samples, " "));
}

}  // namespace perftrend::runner
