#include "server/triage/accuracy.h"

#include <algorithm>

#include "server/points/points.h"
#include "server/store/regressions.h"
#include "server/store/series.h"

namespace perftrend::triage {
namespace {

/// Evenly spread over the series that have enough points.
std::vector<store::RunSeries> choose_series(db::Connection& connection, Id project) {
  const auto ids = store::list_long_series(connection, project, detect::own_noise_points_min);
  std::vector<store::RunSeries> chosen;
  const std::size_t count = std::min(ids.size(), accuracy_series_max);
  for (std::size_t i = 0; i < count; ++i) {
    auto found = store::list_series_keys(connection, project, 0, ids[i * ids.size() / count], 1);
    chosen.insert(chosen.end(), found.begin(), found.end());
  }
  return chosen;
}

/// Unsuspect values of the newest environment.
std::vector<double> newest_values(const points::TrendColumns& trend) {
  std::vector<double> values;
  for (std::size_t i = trend.value.size(); i-- > 0 && trend.environment[i] == trend.environment.back();) {
    if (trend.suspect[i] == 0) values.push_back(trend.value[i]);
  }
  std::reverse(values.begin(), values.end());
  return values;
}

void add_test(const detect::SelfCheck& test, Accuracy& accuracy) {
  ++accuracy.series;
  accuracy.aa_judged += test.judged;
  accuracy.aa_flagged += test.flagged;
  accuracy.aa_confirmed += test.confirmed;
  for (std::size_t s = 0; s < test.steps.size(); ++s) {
    auto& recall = accuracy.recall.at(s);
    ++recall.injected;
    if (!test.steps.at(s).found) continue;
    ++recall.found;
    recall.detection_delay_points.push_back(test.steps.at(s).detection_delay_points);
  }
}

}  // namespace

Accuracy measure_accuracy(db::Connection& connection, const Policies& policies, Id project,
                          std::string_view project_name) {
  Accuracy accuracy;
  const auto record = store::count_track_record(connection, project);
  accuracy.reported = record.reported;
  accuracy.false_alarms = record.false_alarms;
  accuracy.acknowledged = record.acknowledged;
  accuracy.suspected = record.suspected;
  accuracy.withdrawn = record.withdrawn;
  if (accuracy.reported > 0) {
    accuracy.precision = 1 - static_cast<double>(accuracy.false_alarms) / static_cast<double>(accuracy.reported);
  }
  accuracy.detection_delay_points = store::list_detection_delays(connection, project, accuracy_findings_max);
  std::sort(accuracy.detection_delay_points.begin(), accuracy.detection_delay_points.end());
  for (std::size_t s = 0; s < detect::step_sizes.size(); ++s)
    accuracy.recall.at(s).effect = detect::step_sizes.at(s);
  for (const auto& series : choose_series(connection, project)) {
    const auto values = newest_values(points::read_trend(connection, series.key.id, accuracy_points_max));
    if (values.size() < detect::own_noise_points_min) continue;
    const auto policy = policies.find(project_name, series.key.metric, series.key.unit, series.key.better);
    add_test(detect::check_on_own_noise(detect::own_noise(values), policy, static_cast<std::uint64_t>(series.key.id)),
             accuracy);
  }
  for (auto& recall : accuracy.recall)
    std::sort(recall.detection_delay_points.begin(), recall.detection_delay_points.end());
  return accuracy;
}

}  // namespace perftrend::triage
