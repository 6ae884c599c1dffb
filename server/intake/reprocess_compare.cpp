#include "server/intake/reprocess_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "server/intake/reprocess.h"
#include "server/store/names.h"
#include "server/store/readings.h"
#include "server/store/run_rows.h"
#include "server/store/statements.h"
#include "server/store/unsteady_facts.h"

namespace perftrend::intake {
namespace {

std::string value_text(double value, std::string_view unit, std::size_t samples) {
  const std::string text = unit.empty() ? fmt::format("{}", value) : fmt::format("{} {}", value, unit);
  return samples == 1 ? text : fmt::format("{} (of {} samples)", text, samples);
}

template <typename Point>
std::string value_text(const Point& point) {
  return value_text(point.value, point.unit, point.samples.size());
}

std::string series_text(const CaseKey& key, std::string_view metric) {
  return key.suite.empty() ? fmt::format("{} of {}", metric, key.name)
                           : fmt::format("{} of {} / {}", metric, key.suite, key.name);
}

void compare_counts(const Counts& before, const Counts& now, std::vector<std::string>& lines) {
  for (const auto& [name, was, is] :
       {std::tuple("cases", before.cases, now.cases), std::tuple("passed", before.passed, now.passed),
        std::tuple("failed", before.failed, now.failed), std::tuple("errored", before.errored, now.errored),
        std::tuple("skipped", before.skipped, now.skipped), std::tuple("notrun", before.notrun, now.notrun),
        std::tuple("properties", before.properties, now.properties)}) {
    if (was != is) lines.push_back(fmt::format("{}: {} -> {}", name, was, is));
  }
  if (before.time_seconds != now.time_seconds) {
    lines.push_back(fmt::format("time_seconds: {} -> {}", before.time_seconds, now.time_seconds));
  }
}

bool is_same(const store::RunCase& before, const ReportCase& now) {
  return before.key == now.key && before.status == now.status && before.flaky == now.flaky &&
         before.reruns == now.reruns && before.time_seconds == now.time_seconds && before.message == now.message;
}

/// True where they differ.
bool compare_cases(const std::vector<store::RunCase>& before, const std::vector<ReportCase>& now,
                   std::vector<std::string>& lines) {
  const auto [was, is] = std::mismatch(before.begin(), before.end(), now.begin(), now.end(), is_same);
  if (was == before.end() && is == now.end()) return false;
  const std::string_view name = is == now.end() ? std::string_view(was->key.name) : is->key.name.view();
  lines.push_back(fmt::format("cases: read otherwise, the first of them {}", name));
  return true;
}

/// Warnings without the mark of an unfinished reprocess, sorted: warnings may have been appended later.
std::vector<std::string> sorted_warnings(std::vector<std::string> warnings) {
  std::erase(warnings, reprocess_unfinished);
  std::sort(warnings.begin(), warnings.end());
  return warnings;
}

class Comparer {
 public:
  Comparer(db::Connection& connection, Id project, const store::Run& run, const Reading& reading)
      : connection_(connection), project_(project), run_(run), reading_(reading) {}

  ReprocessComparison compare() {
    compare_counts(run_.counts, reading_.report.counts, found_.lines);
    const auto cases = store::list_run_cases(connection_, run_.id, std::nullopt, -1, std::numeric_limits<int>::max());
    found_.cases_differ = compare_cases(cases, reading_.report.cases, found_.lines);
    compare_machine();
    compare_points();
    compare_warnings();
    const auto& warnings = run_.warnings;
    found_.unfinished = std::find(warnings.begin(), warnings.end(), reprocess_unfinished) != warnings.end();
    if (found_.unfinished) found_.lines.emplace_back("an earlier reprocess was ended before it was judged again");
    return std::move(found_);
  }

 private:
  void compare_machine() {
    const auto& now = reading_.measured.coordinates;
    if (run_.configuration_json != store::facts_text(now.configuration))
      found_.lines.emplace_back("configuration: read otherwise");
    if (run_.subject_json != store::facts_text(now.subject)) found_.lines.emplace_back("subject: read otherwise");
    if (run_.environment_json != store::facts_text(now.environment)) {
      found_.lines.emplace_back("environment: read otherwise");
      found_.judged_otherwise = true;
    }
    if (run_.suspect != now.suspect) {
      found_.lines.push_back(fmt::format("suspect: '{}' -> '{}'", run_.suspect, now.suspect));
      found_.judged_otherwise = true;
    }
  }

  void compare_points() {
    // Another configuration is another series.
    std::map<std::tuple<CaseKey, std::string, Id>, store::RunPoint> before;
    for (auto& point : store::list_run_points(connection_, run_.id)) {
      auto name = std::tuple(point.key, point.metric, point.configuration);
      before.emplace(std::move(name), std::move(point));
    }
    found_.points = before.size();
    const auto& metrics = reading_.measured.metrics;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const auto was = before.find({metrics[i].key, metrics[i].metric, configuration_of(metrics[i])});
      if (was == before.end()) {
        compare_new(i);
      } else {
        compare_point(was->second, i);
        before.erase(was);
      }
    }
    for (const auto& [name, point] : before) {
      found_.changes.push_back({PointChange::Kind::gone, point.series, 0, ""});
      found_.lines.push_back(fmt::format("{}: {} -> gone", series_text(point.key, point.metric), value_text(point)));
    }
  }

  /// 0 where the configuration is not stored.
  Id configuration_of(const MetricValue& metric) {
    const auto [known, is_new] = configurations_.try_emplace(metric.facts, 0);
    if (is_new) {
      const auto& measured = reading_.measured;
      known->second =
          store::find_facts(connection_, store::FactsTable::configuration, project_,
                            store::configuration_with(measured.coordinates, measured.case_facts, metric.facts));
    }
    return known->second;
  }

  void compare_new(std::size_t index) {
    const auto& metric_value = reading_.measured.metrics[index];
    const auto series = store::find_series_unit(
        connection_, project_, metric_value, {run_.testbed, run_.branch, configuration_of(metric_value), run_.purpose});
    if (series && series->unit != metric_value.unit) {
      found_.changes.push_back({PointChange::Kind::contradiction, series->series, index, series->unit});
      contradictions_.push_back(store::unit_contradiction(metric_value, series->unit));
      return;
    }
    found_.changes.push_back({PointChange::Kind::added, 0, index, ""});
    found_.lines.push_back(
        fmt::format("{}: added, {}", series_text(metric_value.key, metric_value.metric), value_text(metric_value)));
  }

  void compare_point(const store::RunPoint& before, std::size_t index) {
    const auto& now = reading_.measured.metrics[index];
    const bool unit_differs = before.unit != now.unit;
    if (unit_differs || before.samples != now.samples || before.value != now.value || before.min != now.min ||
        before.mad != now.mad) {
      found_.changes.push_back(
          {unit_differs ? PointChange::Kind::unit : PointChange::Kind::value, before.series, index, before.unit});
      found_.lines.push_back(
          fmt::format("{}: {} -> {}", series_text(now.key, now.metric), value_text(before), value_text(now)));
    }
    if (unit_differs || before.better == now.better || store::find_first_run(connection_, before.series) != run_.id) {
      return;
    }
    found_.changes.push_back({PointChange::Kind::direction, before.series, index, ""});
    found_.lines.push_back(fmt::format("{}: {} is better now", series_text(now.key, now.metric),
                                       now.better == Better::lower ? "lower" : "higher"));
  }

  void compare_warnings() {
    auto now = reading_.measured.warnings;
    now.insert(now.end(), contradictions_.begin(), contradictions_.end());
    const auto is = sorted_warnings(std::move(now));
    const auto was = sorted_warnings(run_.warnings);
    std::vector<std::string> news;
    std::set_difference(is.begin(), is.end(), was.begin(), was.end(), std::back_inserter(news));
    for (const auto& warning : news)
      found_.lines.push_back("warning: " + warning);
    if (news.empty() && is != was) found_.lines.emplace_back("warnings: there are fewer now");
  }

  db::Connection& connection_;
  Id project_;
  const store::Run& run_;
  const Reading& reading_;
  ReprocessComparison found_;
  std::vector<std::string> contradictions_;
  std::map<std::uint32_t, Id> configurations_;  ///< by MetricValue::facts
};

/// Whether the stored point is the value in the unit of its series.
bool is_converted(const MetricValue& value, const store::RunPoint& point, double factor) {
  return points::scaled(value.value, factor) == point.value && value.samples.size() == point.samples.size() &&
         std::equal(value.samples.begin(), value.samples.end(), point.samples.begin(),
                    [&](double sample, double stored) { return points::scaled(sample, factor) == stored; });
}

void take_stored(MetricValue& value, const store::RunPoint& point) {
  value.unit = point.unit;
  value.better = point.better;
  value.value = point.value;
  value.min = point.min;
  value.mad = point.mad;
  value.samples = point.samples;
}

void align_with_point(db::Connection& connection, const store::RunPoint& point, MetricValue& value) {
  if (store::is_unit_by_person(connection, point.series)) return take_stored(value, point);
  if (value.unit == point.unit) return;
  if (value.unit.view().empty()) value.unit = point.unit;
  const auto factor = store::conversion_factor(value.unit.view(), point.unit);
  if (factor && is_converted(value, point, *factor)) take_stored(value, point);
}

}  // namespace

void align_reading(db::Connection& connection, Id project, const store::Run& run, Reading& reading) {
  store::resolve_case_names(connection, project, reading.report.cases, reading.measured.metrics);
  store::set_unsteady_aside(store::list_unsteady_facts(connection, project), reading.measured.coordinates,
                            reading.measured.case_facts);
  std::map<std::pair<CaseKey, std::string>, store::RunPoint> stored;
  for (auto& point : store::list_run_points(connection, run.id)) {
    auto name = std::pair(point.key, point.metric);
    stored.emplace(std::move(name), std::move(point));
  }
  for (auto& value : reading.measured.metrics) {
    const auto found = stored.find({value.key, value.metric});
    if (found != stored.end()) align_with_point(connection, found->second, value);
  }
}

ReprocessComparison compare_reading(db::Connection& connection, Id project, const store::Run& run,
                                    const Reading& reading) {
  return Comparer(connection, project, run, reading).compare();
}

}  // namespace perftrend::intake
