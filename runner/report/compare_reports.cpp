#include "runner/report/compare_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "core/detect/history.h"
#include "core/detect/run.h"
#include "core/junit/junit_reader.h"
#include "core/metrics/metrics.h"

namespace perftrend::runner {
namespace {

using ReportSeriesKey = std::tuple<std::string, std::string, std::string, std::string>;

ReportSeriesKey key_of(const MetricValue& metric) {
  return {metric.key.suite, metric.key.classname, metric.key.name, metric.metric};
}

std::string name_of(const MetricValue& metric) {
  return fmt::format("{} {} {}", metric.key.classname.view(), metric.key.name.view(), metric.metric.view());
}

const MetricValue* find(const ReadReport& report, const ReportSeriesKey& key) {
  const auto found = std::find_if(report.metrics.begin(), report.metrics.end(),
                                  [&](const MetricValue& each) { return key_of(each) == key; });
  return found == report.metrics.end() ? nullptr : &*found;
}

double relative(double part, double whole) {
  if (part == 0) return 0;
  return whole == 0 ? std::copysign(1.0, part) : part / std::abs(whole);
}

ComparedSide side_of(std::vector<double> samples) {
  ComparedSide side{std::move(samples), {}};
  side.summary = stats::summarise(side.samples);
  return side;
}

/// The judgement of one series in the type of core/detect, which then judges the run as a whole.
detect::Judgement judge_samples(ComparedSeries& series, Better better, const detect::Policy& policy) {
  detect::Judgement judgement;
  const auto& before = series.before;
  const auto& after = series.after;
  const stats::ShiftEstimate shift = stats::shift_between(before.samples, after.samples);
  series.p_value = stats::rank_p_value(before.samples, after.samples);
  series.effect = relative(shift.estimate, before.summary.median);
  series.effect_low = relative(shift.low, before.summary.median);
  series.effect_high = relative(shift.high, before.summary.median);
  judgement.p_value = series.p_value;
  judgement.effect = series.effect;
  if (std::min(before.samples.size(), after.samples.size()) < stats::rank_samples_min) return judgement;
  const bool relevant = std::abs(series.effect) >= policy.minimum_effect;
  judgement.verdict = Verdict::ok;
  judgement.rule = relevant ? detect::Rule::inside_band : detect::Rule::below_minimum_effect;
  // Significance among all series is decided for the run as a whole.
  if (relevant) {
    judgement.rule = detect::Rule::beyond_band;
    judgement.verdict = (series.effect > 0) == (better == Better::lower) ? Verdict::regressed : Verdict::improved;
  }
  return judgement;
}

std::string explain_samples(const ComparedSeries& series, const detect::Judgement& judgement,
                            const detect::Policy& policy, bool chance) {
  if (judgement.rule == detect::Rule::too_few_points)
    return fmt::format("fewer than {} samples on a side cannot show a difference", stats::rank_samples_min);
  const std::string change = fmt::format("{:+.1f} % [{:+.1f}, {:+.1f}], p = {:.2g}", 100 * series.effect,
                                         100 * series.effect_low, 100 * series.effect_high, series.p_value);
  if (judgement.rule == detect::Rule::below_minimum_effect)
    return fmt::format("{}; below the {:.0f} % minimum effect", change, 100 * policy.minimum_effect);
  return chance ? change + "; expected by chance among this many series" : change;
}

/// Observations of one series in all reports that contain it, in order.
std::vector<detect::Observation> observations_of(std::span<const ReadReport> reports, const ReportSeriesKey& key) {
  std::vector<detect::Observation> points;
  std::map<std::vector<std::pair<std::string, std::string>>, std::int64_t> environments;
  for (const ReadReport& report : reports) {
    std::vector<std::pair<std::string, std::string>> environment;
    for (const auto* facts : {&report.coordinates.environment, &report.coordinates.configuration}) {
      for (const Property& part : *facts)
        environment.emplace_back(part.name, part.value);
    }
    const auto number = environments.emplace(environment, static_cast<std::int64_t>(environments.size()) + 1).first;
    const MetricValue* metric = find(report, key);
    if (metric == nullptr) continue;
    points.push_back({metric->value, metric->mad, static_cast<int>(metric->samples.size()),
                      !report.coordinates.suspect.empty(), number->second});
  }
  return points;
}

detect::Judgement judge_history_of(ComparedSeries& series, std::span<const ReadReport> reports,
                                   const MetricValue& metric, detect::Policy policy) {
  policy.better = metric.better;
  const auto points = observations_of(reports, key_of(metric));
  detect::Judgement judgement = detect::judge_history(points, policy).points.back();
  series.p_value = judgement.p_value;
  series.effect = judgement.effect;
  series.effect_low = judgement.effect_low;
  series.effect_high = judgement.effect_high;
  series.explanation = detect::explain(judgement, policy, metric.value, metric.unit);
  return judgement;
}

/// Facts about machine, configuration and build that differ.
std::vector<std::string> differences(const Coordinates& before, const Coordinates& after) {
  std::map<std::string, std::pair<std::string, std::string>> parts;
  const auto put = [&](const Coordinates& from, std::string std::pair<std::string, std::string>::*side) {
    for (const auto* facts : {&from.environment, &from.configuration, &from.subject}) {
      for (const Property& fact : *facts)
        parts[fact.name].*side = fact.value;
    }
  };
  put(before, &std::pair<std::string, std::string>::first);
  put(after, &std::pair<std::string, std::string>::second);
  std::vector<std::string> different;
  const auto shown = [](const std::string& value) { return value.empty() ? std::string("(unknown)") : value; };
  for (const auto& [name, values] : parts) {
    if (values.first != values.second)
      different.push_back(fmt::format("{}: {} -> {}", name, shown(values.first), shown(values.second)));
  }
  return different;
}

/// Judges the series as one run: which changes are expected by chance, and whether there is a common shift.
void judge_as_run(ReportComparison& comparison, const std::vector<detect::Judgement>& judgements,
                  const detect::Policy& policy) {
  const std::vector<detect::JudgedInRun> in_run(judgements.begin(), judgements.end());
  const detect::RunFindings findings = detect::judge_run(in_run);
  const std::set<std::size_t> chance(findings.expected_by_chance.begin(), findings.expected_by_chance.end());
  comparison.common_shift = findings.common_shift;
  comparison.common_shift_effect = findings.common_shift_effect;
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    ComparedSeries& series = comparison.series[i];
    series.verdict = chance.contains(i) ? Verdict::ok : judgements[i].verdict;
    if (series.explanation.empty())
      series.explanation = explain_samples(series, judgements[i], policy, chance.contains(i));
  }
}

}  // namespace

std::size_t ReportComparison::count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(series.begin(), series.end(), [&](const ComparedSeries& each) { return each.verdict == verdict; }));
}

tl::expected<ReadReport, std::string> read_report(std::string_view xml) {
  auto report = junit::read_junit(xml);
  if (!report) {
    const auto& error = report.error();
    return tl::unexpected(error.line == 0 ? error.cause
                                          : fmt::format("{}:{}: {}", error.line, error.column, error.cause));
  }
  metrics::stabilise_names(*report);
  metrics::ExtractedMetrics measured = metrics::extract_metrics(*report);
  if (!measured.over_limit.empty()) return tl::unexpected("it exceeds the limit " + measured.over_limit);
  return ReadReport{std::move(measured.metrics), std::move(measured.coordinates)};
}

std::size_t reports_of_a_history(const detect::Policy& policy) {
  return static_cast<std::size_t>(policy.minimum_points) + 1;
}

ReportComparison compare_reports(std::span<const ReadReport> reports, const detect::Policy& policy) {
  const ReadReport& after = reports.back();
  const ReadReport& before = reports[reports.size() - 2];
  const bool history = reports.size() >= reports_of_a_history(policy);
  ReportComparison comparison;
  comparison.baseline_runs = history ? reports.size() - 1 : 1;
  comparison.suspect_before = before.coordinates.suspect;
  comparison.suspect_after = after.coordinates.suspect;
  comparison.environment = differences(before.coordinates, after.coordinates);
  const bool suspect = !comparison.suspect_after.empty() || (!history && !comparison.suspect_before.empty());
  std::vector<detect::Judgement> judgements;
  for (const MetricValue& metric : after.metrics) {
    const MetricValue* other = find(before, key_of(metric));
    if (other == nullptr) {
      comparison.only_after.push_back(name_of(metric));
      continue;
    }
    ComparedSeries series;
    series.key = metric.key;
    series.metric = metric.metric;
    series.unit = metric.unit;
    series.after = side_of(metric.samples);
    std::vector<double> earlier = other->samples;
    if (history) {
      earlier.clear();
      for (const auto& point : observations_of(reports.first(reports.size() - 1), key_of(metric)))
        earlier.push_back(point.value);
    }
    series.before = side_of(std::move(earlier));
    judgements.push_back(history ? judge_history_of(series, reports, metric, policy)
                                 : judge_samples(series, metric.better, policy));
    if (suspect) judgements.back().verdict = Verdict::suspect;
    comparison.series.push_back(std::move(series));
  }
  for (const MetricValue& metric : before.metrics) {
    if (find(after, key_of(metric)) == nullptr) comparison.only_before.push_back(name_of(metric));
  }
  judge_as_run(comparison, judgements, policy);
  return comparison;
}

}  // namespace perftrend::runner
