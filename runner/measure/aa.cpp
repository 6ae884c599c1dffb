#include "runner/measure/aa.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/stats/distributions.h"
#include "core/stats/median.h"
#include "core/stats/ranks.h"
#include "core/stats/sample_summary.h"
#include "runner/report/time_text.h"

namespace perftrend::runner {
namespace {

constexpr int several_runs = 5;
constexpr std::size_t subject_bytes_shown = 40;

double percent(double part, double whole) {
  return whole > 0 ? 100 * part / whole : 0;
}

double standard_deviation(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return count > 1 ? std::sqrt(squares / (count - 1)) : 0;
}

AaSeries series_of(std::string subject, std::string metric, const std::vector<const std::vector<double>*>& runs) {
  AaSeries series;
  series.subject = std::move(subject);
  series.metric = std::move(metric);
  std::vector<double> within;
  for (const auto* samples : runs) {
    const stats::SampleSummary each = stats::summarise(*samples);
    series.medians_ms.push_back(each.median);
    within.push_back(percent(each.mad, each.median));
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = i + 1; j < runs.size(); ++j) {
      ++series.pairs;
      if (stats::rank_p_value(*runs[i], *runs[j]) < detection_significance) ++series.pairs_different;
    }
  }
  series.centre_ms = stats::median(series.medians_ms);
  series.within_percent = stats::median(within);
  series.spread_percent = percent(standard_deviation(series.medians_ms), series.centre_ms);
  series.one_run_percent = smallest_change(series.spread_percent, 1, runs.size());
  series.five_runs_percent = smallest_change(series.spread_percent, several_runs, runs.size());
  return series;
}

/// The samples of `metric` of the prompt `index` in each run; empty where a run has none.
std::vector<const std::vector<double>*> samples_of(const std::vector<std::vector<PromptSamples>>& runs,
                                                   std::size_t index, std::string_view metric) {
  std::vector<const std::vector<double>*> found;
  for (const auto& run : runs) {
    if (index >= run.size() || run[index].prompt != runs.front()[index].prompt) return {};
    const auto times = run[index].times_ms.find(metric);
    if (times == run[index].times_ms.end() || times->second.empty()) return {};
    found.push_back(&times->second);
  }
  return found;
}

}  // namespace

double smallest_change(double spread, int runs, std::size_t known_from, double alpha, double power) {
  const auto degrees = static_cast<double>(std::max<std::size_t>(known_from, 2) - 1);
  const double quantiles =
      stats::student_upper_quantile(alpha / 2, degrees) + stats::student_upper_quantile(1 - power, degrees);
  return spread * quantiles * std::sqrt(2.0 / runs);
}

AaScore score_runs(const std::vector<std::vector<PromptSamples>>& runs, std::size_t runs_not_quiet) {
  AaScore score;
  score.runs = runs.size();
  score.runs_not_quiet = runs_not_quiet;
  if (runs.empty()) return score;
  std::vector<double> spreads;
  for (std::size_t i = 0; i < runs.front().size(); ++i) {
    const PromptSamples& first = runs.front()[i];
    for (const auto metric : summary_metrics(first)) {
      const auto samples = samples_of(runs, i, metric);
      if (samples.empty()) continue;
      score.series.push_back(
          series_of(first.is_case ? first.prompt : fmt::format("Prompt {}", i), std::string(metric), samples));
      spreads.push_back(score.series.back().spread_percent);
    }
  }
  score.score_percent = stats::median(spreads);
  return score;
}

std::string to_text(const AaScore& score) {
  std::string text =
      fmt::format("A/A noise score: {:.2f} % between {} runs of the same scenario ({} of them not quiet)\n\n",
                  score.score_percent, score.runs, score.runs_not_quiet);
  text += fmt::format("{:<24}{:>12}{:>10}{:>10}{:>15}{:>15}{:>12}\n", "", "median", "between", "within",
                      "found, 1 vs 1", "found, 5 vs 5", "false pairs");
  for (const AaSeries& each : score.series) {
    const std::string name =
        fmt::format("{} {}", each.subject.substr(0, subject_bytes_shown), display_name(each.metric));
    text += fmt::format("{:<24}{:>12}{:>8.2f} %{:>8.2f} %{:>13.1f} %{:>13.1f} %{:>8}/{}\n", name,
                        format_ms(each.centre_ms), each.spread_percent, each.within_percent, each.one_run_percent,
                        each.five_runs_percent, each.pairs_different, each.pairs);
  }
  text += fmt::format(
      "\nbetween: standard deviation of the runs' medians. within: MAD of a run's samples. found: smallest change "
      "found\n"
      "in {:.0f} of 100 cases at a two-sided {:.0f} %, by the t test of that many runs against as many (Snedecor and\n"
      "Cochran, Statistical Methods, 6.14). false pairs: pairs of runs that a rank test of their samples calls "
      "different.\n",
      100 * detection_power, 100 * detection_significance);
  return text;
}

nlohmann::ordered_json to_object(const AaScore& score) {
  nlohmann::ordered_json series = nlohmann::ordered_json::array();
  for (const AaSeries& each : score.series) {
    series.push_back({{"subject", each.subject},
                      {"metric", each.metric},
                      {"medians", each.medians_ms},
                      {"median", each.centre_ms},
                      {"between_percent", each.spread_percent},
                      {"within_percent", each.within_percent},
                      {"pairs", each.pairs},
                      {"pairs_different", each.pairs_different},
                      {"detectable_one_run_percent", each.one_run_percent},
                      {"detectable_five_runs_percent", each.five_runs_percent}});
  }
  return {{"runs", score.runs},
          {"runs_not_quiet", score.runs_not_quiet},
          {"score_percent", score.score_percent},
          {"series", std::move(series)}};
}

}  // namespace perftrend::runner
