#include "server/triage/accuracy.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/stats/median.h"
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

using ValuesByEnvironment = std::map<Id, std::vector<std::pair<std::size_t, double>>>;  ///< place in the trend, value

/// The noise of one environment around the level `level`: timing noise is relative, so it is scaled along, except where
/// levels have no ratio.
std::vector<double> noise_around(const std::vector<std::pair<std::size_t, double>>& points, double level) {
  std::vector<double> values;
  values.reserve(points.size());
  for (const auto& [place, value] : points)
    values.push_back(value);
  auto noise = detect::own_noise(values);
  const double own = stats::median(noise);
  const bool has_ratio = own * level > 0;
  for (double& value : noise)
    value = has_ratio ? value * (level / own) : value + (level - own);
  return noise;
}

/// Noise of the newest environment, wherever its points lie in time. If it has fewer than own_noise_points_min, that of
/// all environments with a block of points or more, each without its own levels, at the newest one's level, in time
/// order. Empty: too few points.
std::vector<double> noise_of(const points::TrendColumns& trend) {
  ValuesByEnvironment all;
  for (std::size_t i = 0; i < trend.value.size(); ++i) {
    if (trend.suspect[i] == 0) all[trend.environment[i]].emplace_back(i, trend.value[i]);
  }
  if (all.empty()) return {};
  const auto newest = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.second.back().first < b.second.back().first;
  });
  std::vector<double> levels;
  for (const auto& [place, value] : newest->second)
    levels.push_back(value);
  const double level = stats::median(levels);
  if (levels.size() >= detect::own_noise_points_min) return noise_around(newest->second, level);
  std::map<std::size_t, double> in_time_order;
  for (const auto& [environment, points] : all) {
    if (points.size() < detect::block_points) continue;
    const auto noise = noise_around(points, level);
    for (std::size_t i = 0; i < points.size(); ++i)
      in_time_order.emplace(points[i].first, noise[i]);
  }
  if (in_time_order.size() < detect::own_noise_points_min) return {};
  std::vector<double> noise;
  for (const auto& [place, value] : in_time_order)
    noise.push_back(value);
  return noise;
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
  accuracy.reviewed = record.reviewed;
  accuracy.false_alarms = record.false_alarms;
  accuracy.acknowledged = record.acknowledged;
  accuracy.suspected = record.suspected;
  accuracy.withdrawn = record.withdrawn;
  if (accuracy.reviewed > 0) {
    accuracy.precision = 1 - static_cast<double>(accuracy.false_alarms) / static_cast<double>(accuracy.reviewed);
  }
  accuracy.detection_delay_points = store::list_detection_delays(connection, project, accuracy_findings_max);
  std::sort(accuracy.detection_delay_points.begin(), accuracy.detection_delay_points.end());
  for (std::size_t s = 0; s < detect::step_sizes.size(); ++s)
    accuracy.recall.at(s).effect = detect::step_sizes.at(s);
  for (const auto& series : choose_series(connection, project)) {
    const auto noise = noise_of(points::read_trend(connection, series.key.id, accuracy_points_max));
    if (noise.empty()) continue;
    const auto policy = policies.find(project_name, series.key.metric, series.key.unit, series.key.better);
    add_test(detect::check_on_own_noise(noise, policy, static_cast<std::uint64_t>(series.key.id)), accuracy);
  }
  for (auto& recall : accuracy.recall)
    std::sort(recall.detection_delay_points.begin(), recall.detection_delay_points.end());
  return accuracy;
}

}  // namespace perftrend::triage
