#include "server/triage/watch.h"

#include <algorithm>

#include "server/store/regressions.h"
#include "server/store/series.h"

namespace perftrend::triage {
namespace {

/// Evenly spread over the series that have enough points.
std::vector<store::RunSeries> choose_series(db::Connection& connection, Id project) {
  const auto ids = store::list_long_series(connection, project, detect::own_noise_points_min);
  std::vector<store::RunSeries> chosen;
  const std::size_t count = std::min(ids.size(), watched_series_max);
  for (std::size_t i = 0; i < count; ++i) {
    auto found = store::list_series_keys(connection, project, 0, ids[i * ids.size() / count], 1);
    chosen.insert(chosen.end(), found.begin(), found.end());
  }
  return chosen;
}

/// Unsuspect values of the newest environment.
std::vector<double> newest_values(const store::TrendColumns& trend) {
  std::vector<double> values;
  for (std::size_t i = trend.value.size(); i-- > 0 && trend.environment[i] == trend.environment.back();) {
    if (trend.suspect[i] == 0) values.push_back(trend.value[i]);
  }
  std::reverse(values.begin(), values.end());
  return values;
}

void add_test(const detect::SelfCheck& test, Watch& watch) {
  ++watch.series;
  watch.aa_judged += test.judged;
  watch.aa_flagged += test.flagged;
  watch.aa_confirmed += test.confirmed;
  for (std::size_t s = 0; s < test.steps.size(); ++s) {
    auto& recall = watch.recall.at(s);
    ++recall.injected;
    if (!test.steps.at(s).found) continue;
    ++recall.found;
    recall.late_points.push_back(test.steps.at(s).late_points);
  }
}

}  // namespace

Watch watch_project(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name) {
  Watch watch;
  const auto record = store::count_track_record(connection, project);
  watch.told = record.told;
  watch.false_alarms = record.false_alarms;
  watch.acknowledged = record.acknowledged;
  watch.suspected = record.suspected;
  watch.withdrawn = record.withdrawn;
  if (watch.told > 0) {
    watch.precision = 1 - static_cast<double>(watch.false_alarms) / static_cast<double>(watch.told);
  }
  watch.late_points = store::list_lateness(connection, project, watched_findings_max);
  std::sort(watch.late_points.begin(), watch.late_points.end());
  for (std::size_t s = 0; s < detect::step_sizes.size(); ++s)
    watch.recall.at(s).effect = detect::step_sizes.at(s);
  for (const auto& series : choose_series(connection, project)) {
    const auto values = newest_values(store::read_trend(connection, series.key.id, watched_points));
    if (values.size() < detect::own_noise_points_min) continue;
    const auto policy = policies.find(project_name, series.key.metric, series.key.better);
    add_test(detect::check_on_own_noise(detect::own_noise(values), policy, static_cast<std::uint64_t>(series.key.id)),
             watch);
  }
  for (auto& recall : watch.recall)
    std::sort(recall.late_points.begin(), recall.late_points.end());
  return watch;
}

}  // namespace perftrend::triage
