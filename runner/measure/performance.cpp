#include "runner/measure/performance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/stats/median.h"
#include "core/stats/sample_summary.h"
#include "runner/machine/load.h"
#include "runner/report/quarantine.h"
#include "runner/report/time_text.h"
#include "runner/scenario/metric_names.h"

namespace perftrend::runner {
namespace {

void append(PromptSamples& samples, const PromptResult& result) {
  const auto add = [&](std::string_view metric, const std::optional<double>& value_ms) {
    if (value_ms) samples.times_ms[std::string(metric)].push_back(*value_ms);
  };
  // Not tokenize_ms: it has its own block.
  add(prefill_metric, result.prefill_ms);
  add(generate_metric, result.generate_ms);
  add(total_metric, result.total_ms);
  samples.prompt_tokens.push_back(result.prompt_tokens);
  samples.generated_tokens.push_back(result.generated_tokens);
}

std::string labelled(std::string_view metric, std::size_t prompt) {
  return fmt::format("{}[Prompt {}]", metric, prompt);
}

/// "Prompt 0: prefill = 10.12ms", as timing tests print it: the median.
void add_lines(junit::CaseReport& report, std::size_t prompt, const PromptSamples& samples) {
  for (const auto metric : time_metrics) {
    const auto found = samples.times_ms.find(metric);
    if (found == samples.times_ms.end()) continue;
    report.out.push_back(
        fmt::format("Prompt {}: {} = {}", prompt, display_name(metric), format_ms(stats::median(found->second))));
  }
}

/// The error of a time that is not a number or is negative.
std::optional<EngineError> time_error(std::size_t prompt, const std::optional<double>& time_ms) {
  if (!time_ms || (std::isfinite(*time_ms) && *time_ms >= 0)) return std::nullopt;
  return EngineError{EngineError::Kind::bad_answer,
                     fmt::format("Prompt {}: {} is {}", prompt, tokenize_metric, *time_ms)};
}

/// The blocks of one measurement.
class Blocks {
 public:
  Blocks(Engine& engine, const Capabilities& can, const Scenario& scenario, Clock& clock, const OnStep& on_step)
      : engine_(engine), can_(can), scenario_(scenario), clock_(clock), on_step_(on_step) {
    measurement_.nonce = scenario.nonce.value_or(can.prefix_cache);
    for (const auto& prompt : scenario.prompts)
      measurement_.samples.push_back({prompt, {}, {}, {}});
    if (measurement_.nonce) nonce_ = std::random_device{}();
    if (scenario.precision_percent) tick_ms_ = static_cast<double>(timer_resolution_ns(clock)) / ns_per_ms;
  }

  EngineResult<Measurement> run() {
    start_ns_ = clock_.now_ns();
    for (int round = 0; round < scenario_.warmup; ++round) {
      if (auto error = prompts_round(ProgressStep::Block::warmup, round)) return tl::unexpected(std::move(*error));
    }
    if (can_.tokenize) {
      auto error = block(ProgressStep::Block::tokenize, measurement_.tokenize_rounds, measurement_.tokenize_ended);
      if (error) return tl::unexpected(std::move(*error));
    }
    if (auto error = block(ProgressStep::Block::prompts, measurement_.rounds, measurement_.ended))
      return tl::unexpected(std::move(*error));
    return std::move(measurement_);
  }

 private:
  /// Runs rounds until there is a reason to end.
  std::optional<EngineError> block(ProgressStep::Block which, int& rounds, EndedBy& ended) {
    for (rounds = 0; !is_over(which, rounds, ended); ++rounds) {
      auto error = which == ProgressStep::Block::tokenize ? tokenize_round(rounds) : prompts_round(which, rounds);
      if (error) return error;
    }
    return std::nullopt;
  }

  bool is_over(ProgressStep::Block which, int rounds, EndedBy& ended) const {
    const double share = which == ProgressStep::Block::tokenize ? 0.5 : 1;
    if (rounds < scenario_.repeats) return false;
    // Without a budget the clock is not read, which would be overhead.
    const double seconds =
        scenario_.precision_percent ? static_cast<double>(clock_.now_ns() - start_ns_) / ns_per_s : 0;
    const auto why = end_reason(scenario_, rounds, seconds, share * scenario_.budget_s, [&] {
      return std::all_of(measurement_.samples.begin(), measurement_.samples.end(), [&](const PromptSamples& each) {
        return is_precise(scenario_, each, metric_of(which), tick_ms_);
      });
    });
    if (why) ended = *why;
    return why.has_value();
  }

  static std::string_view metric_of(ProgressStep::Block which) {
    return which == ProgressStep::Block::tokenize ? tokenize_metric : prefill_metric;
  }

  void report_step(ProgressStep::Block which, int round, std::size_t prompt) const {
    ProgressStep step{which, round, 0, prompt, measurement_.samples.size(), nullptr};
    step.rounds = which == ProgressStep::Block::warmup ? scenario_.warmup
                  : round < scenario_.repeats          ? scenario_.repeats
                                                       : scenario_.repeats_max;
    const auto& times = measurement_.samples[prompt].times_ms;
    const auto found = which == ProgressStep::Block::warmup ? times.end() : times.find(metric_of(which));
    if (found != times.end()) step.so_far = &found->second;
    on_step_(step);
  }

  std::string text_of(std::size_t prompt) {
    const std::string& text = measurement_.samples[prompt].prompt;
    return measurement_.nonce ? nonce_word(nonce_++) + " " + text : text;
  }

  std::optional<EngineError> tokenize_round(int round) {
    for (std::size_t i = 0; i < measurement_.samples.size(); ++i) {
      report_step(ProgressStep::Block::tokenize, round, i);
      auto tokens = engine_.tokenize(text_of(i));
      if (!tokens) return std::move(tokens.error());
      if (auto error = time_error(i, tokens->tokenize_ms)) return error;
      if (tokens->tokenize_ms)
        measurement_.samples[i].times_ms[std::string(tokenize_metric)].push_back(*tokens->tokenize_ms);
    }
    return std::nullopt;
  }

  std::optional<EngineError> prompts_round(ProgressStep::Block which, int round) {
    for (std::size_t i = 0; i < measurement_.samples.size(); ++i) {
      report_step(which, round, i);
      auto result = run_prompt(engine_, can_, text_of(i), scenario_.generate_tokens, clock_);
      if (!result) return std::move(result.error());
      if (const auto why = contradiction(*result, scenario_.generate_tokens))
        return EngineError{EngineError::Kind::bad_answer, fmt::format("Prompt {}: {}", i, *why)};
      if (which == ProgressStep::Block::prompts) append(measurement_.samples[i], *result);
    }
    return std::nullopt;
  }

  Engine& engine_;
  const Capabilities& can_;
  const Scenario& scenario_;
  Clock& clock_;
  const OnStep& on_step_;
  Measurement measurement_;
  std::int64_t start_ns_ = 0;
  std::uint64_t nonce_ = 0;
  double tick_ms_ = 0;
};

}  // namespace

std::string_view to_string(EndedBy ended) {
  switch (ended) {
    case EndedBy::repeats:
      return "repeats";
    case EndedBy::precision:
      return "precision";
    case EndedBy::most_repeats:
      return "repeats_max";
    case EndedBy::budget:
      return "budget";
  }
  return "unknown";
}

std::optional<EndedBy> end_reason(const Scenario& scenario, int rounds, double seconds, double budget_s,
                                  const std::function<bool()>& is_precise) {
  if (rounds < scenario.repeats) return std::nullopt;
  if (!scenario.precision_percent) return EndedBy::repeats;
  if (is_precise()) return EndedBy::precision;
  if (rounds >= scenario.repeats_max) return EndedBy::most_repeats;
  return seconds >= budget_s ? std::optional(EndedBy::budget) : std::nullopt;
}

bool is_precise(const Scenario& scenario, const PromptSamples& samples, std::string_view metric, double tick_ms) {
  const auto found = samples.times_ms.find(metric);
  return found == samples.times_ms.end() ||
         stats::is_narrow(found->second, scenario.precision_percent.value() / 100, tick_ms);
}

std::vector<std::string_view> summary_metrics(const PromptSamples& samples) {
  std::vector<std::string_view> shown;
  for (const auto metric : {tokenize_metric, prefill_metric}) {
    if (samples.times_ms.contains(metric)) shown.push_back(metric);
  }
  if (!shown.empty()) return shown;
  for (const auto& [metric, times_ms] : samples.times_ms)
    shown.push_back(metric);
  return shown;
}

std::string nonce_word(std::uint64_t index) {
  constexpr std::uint64_t words = 90'000'000;   // numbers of eight digits
  constexpr std::uint64_t stride = 55'623'059;  // about words / golden ratio, and coprime to words: no word repeats
  return std::to_string(words / 9 + index % words * stride % words);
}

EngineResult<Measurement> measure(Engine& engine, const Capabilities& can, const Scenario& scenario, Clock& clock,
                                  const OnStep& on_step) {
  return Blocks(engine, can, scenario, clock, on_step).run();
}

junit::Properties to_properties(const Measurement& measurement) {
  junit::Properties properties{{"measure.rounds", std::to_string(measurement.rounds)},
                               {"measure.ended_by", std::string(to_string(measurement.ended))}};
  if (measurement.tokenize_rounds > 0) {
    properties.emplace_back("measure.tokenize_rounds", std::to_string(measurement.tokenize_rounds));
    properties.emplace_back("measure.tokenize_ended_by", std::string(to_string(measurement.tokenize_ended)));
  }
  properties.emplace_back("measure.nonce", measurement.nonce ? "true" : "false");
  return properties;
}

void add_samples(junit::CaseReport& report, const Scenario& scenario, const std::string& engine_name,
                 const std::vector<PromptSamples>& samples) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (const auto metric : time_metrics) {
      const auto found = samples[i].times_ms.find(metric);
      if (found == samples[i].times_ms.end()) continue;
      report.properties.emplace_back(labelled(metric, i), to_sample_list(found->second));
      const double median_ms = stats::median(found->second);
      if (auto warning = unusual_time(scenario, engine_name, fmt::format("Prompt {}", i), metric, median_ms,
                                      found->second.size())) {
        report.warnings.push_back(std::move(*warning));
      }
    }
    report.properties.emplace_back(labelled(prompt_tokens_metric, i),
                                   fmt::format("{}", fmt::join(samples[i].prompt_tokens, " ")));
    report.properties.emplace_back(labelled(generated_tokens_metric, i),
                                   fmt::format("{}", fmt::join(samples[i].generated_tokens, " ")));
    add_lines(report, i, samples[i]);
  }
}

std::string to_sample_list(const std::vector<double>& samples) {
  return fmt::format("{}", fmt::join(samples, " "));
}

}  // namespace perftrend::runner
