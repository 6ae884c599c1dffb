#include "runner/show/compare_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace perftrend::runner {
namespace {

constexpr std::size_t bins = 40;
/// Samples further from both medians than this many of the larger MAD are drawn in the outermost bins.
constexpr double reach_mads = 10;

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::improved:
      return "improved";
    case Verdict::regressed:
      return "regressed";
    case Verdict::suspect:
      return "suspect";
    case Verdict::too_few:
      return "too_few";
  }
  return "unknown";
}

std::string bars_of(std::span<const double> samples, double low, double high) {
  static constexpr std::array<const char*, 9> bars{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::array<std::size_t, bins> counts{};
  for (const double sample : samples) {
    const double share = high > low ? (sample - low) / (high - low) : 0;
    const double bin = std::clamp(std::floor(share * static_cast<double>(bins)), 0.0, static_cast<double>(bins - 1));
    ++counts.at(static_cast<std::size_t>(bin));
  }
  const std::size_t most = *std::max_element(counts.begin(), counts.end());
  std::string drawn;
  for (const std::size_t count : counts) {
    const std::size_t height = most == 0 ? 0 : (count * (bars.size() - 1) + most - 1) / most;
    drawn += bars.at(height);  // a single sample among many stays visible
  }
  return drawn;
}

bool all_equal(const ComparedSeries& series) {
  return series.before.summary.min == series.after.summary.max && series.before.summary.max == series.after.summary.min;
}

std::string block_of(const ComparedSeries& series) {
  const Histograms drawn = histograms_of(series.before.samples, series.after.samples);
  const auto line = [&](const char* side, const ComparedSide& of, const std::string& bars) {
    return fmt::format("  {:<7}{:>12.4g} {:<4} MAD {:<9.3g} n {:<5}|{}|\n", side, of.summary.median, series.unit,
                       of.summary.mad, of.summary.count, bars);
  };
  const std::string high = fmt::format("{:.4g}", drawn.high);
  return fmt::format("{} {} {}\n", series.key.classname, series.key.name, series.metric) +
         line("before", series.before, drawn.before) + line("after", series.after, drawn.after) +
         fmt::format("{:<48}{:<{}.4g}{}\n", "", drawn.low, bins - std::min(bins, high.size()), high) +
         fmt::format("  {}: {}\n", to_string(series.verdict), series.explanation);
}

std::string names(const char* which, const std::vector<std::string>& series) {
  return series.empty() ? "" : fmt::format("{}: {}\n", which, fmt::join(series, ", "));
}

nlohmann::ordered_json side_object(const ComparedSide& side) {
  return {{"median", side.summary.median},
          {"mad", side.summary.mad},
          {"min", side.summary.min},
          {"p95", side.summary.p95},
          {"n", side.summary.count}};
}

}  // namespace

Histograms histograms_of(std::span<const double> before, std::span<const double> after) {
  const stats::SampleSummary a = stats::summarise(before);
  const stats::SampleSummary b = stats::summarise(after);
  const double reach = reach_mads * std::max(a.mad, b.mad);
  Histograms drawn;
  drawn.low = std::min(a.min, b.min);
  drawn.high = std::max(a.max, b.max);
  if (reach > 0) {
    drawn.low = std::max(drawn.low, std::min(a.median, b.median) - reach);
    drawn.high = std::min(drawn.high, std::max(a.median, b.median) + reach);
  }
  drawn.before = bars_of(before, drawn.low, drawn.high);
  drawn.after = bars_of(after, drawn.low, drawn.high);
  return drawn;
}

std::string to_text(const ReportComparison& comparison) {
  std::string text;
  std::size_t equal = 0;
  for (const ComparedSeries& series : comparison.series) {
    if (all_equal(series))
      ++equal;
    else
      text += block_of(series);
  }
  if (equal > 0) text += fmt::format("{} series are equal in every sample\n", equal);
  text += names("only before", comparison.only_before);
  text += names("only after", comparison.only_after);
  for (const auto& difference : comparison.environment)
    text += fmt::format("environment changed: {}\n", difference);
  if (!comparison.suspect_before.empty()) text += fmt::format("before is suspect: {}\n", comparison.suspect_before);
  if (!comparison.suspect_after.empty()) text += fmt::format("after is suspect: {}\n", comparison.suspect_after);
  if (comparison.common_shift) {
    text += fmt::format("almost every series changed, by {:+.1f} %: check the machine before the code\n",
                        100 * comparison.common_shift_effect);
  }
  text += fmt::format("{} regressed, {} improved, {} ok, {} suspect, {} with too few samples\n",
                      comparison.count(Verdict::regressed), comparison.count(Verdict::improved),
                      comparison.count(Verdict::ok), comparison.count(Verdict::suspect),
                      comparison.count(Verdict::too_few));
  if (comparison.baseline_runs == 1) {
    text += fmt::format(
        "Samples of one run each were compared, so the variation between runs is not included (perftrend-runner "
        "doctor\n"
        "SCENARIO --aa 10 measures it). With at least {} reports, the last one is judged as the server does.\n",
        reports_of_a_history());
  } else {
    text += fmt::format("Judged as the server does, against {} runs.\n", comparison.baseline_runs);
  }
  return text;
}

nlohmann::ordered_json to_object(const ReportComparison& comparison) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ComparedSeries& each : comparison.series) {
    list.push_back({{"suite", each.key.suite},
                    {"classname", each.key.classname},
                    {"case", each.key.name},
                    {"metric", each.metric},
                    {"unit", each.unit},
                    {"verdict", to_string(each.verdict)},
                    {"before", side_object(each.before)},
                    {"after", side_object(each.after)},
                    {"effect", each.effect},
                    {"effect_low", each.effect_low},
                    {"effect_high", each.effect_high},
                    {"p_value", each.p_value},
                    {"explanation", each.explanation}});
  }
  return {{"judged", comparison.baseline_runs == 1 ? "samples" : "history"},
          {"baseline_runs", comparison.baseline_runs},
          {"regressed", comparison.count(Verdict::regressed)},
          {"improved", comparison.count(Verdict::improved)},
          {"common_shift", comparison.common_shift},
          {"suspect_before", comparison.suspect_before},
          {"suspect_after", comparison.suspect_after},
          {"environment", comparison.environment},
          {"only_before", comparison.only_before},
          {"only_after", comparison.only_after},
          {"series", std::move(list)}};
}

}  // namespace perftrend::runner
