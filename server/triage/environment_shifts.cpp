#include "server/triage/environment_shifts.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "server/store/run_parts.h"
#include "server/store/run_rows.h"
#include "server/triage/judge.h"

namespace perftrend::triage {
namespace {

using points::EnvironmentShifts;
using points::LaneName;
using points::PointPlace;

/// Series of a run that are compared: more would make the estimate no better.
constexpr std::size_t compared_series_max = 400;

/// Points before the run among which the environment is found that it is compared with.
constexpr std::size_t points_before_max = 30;

/// The value of a series in the first run of an environment.
struct FirstValue {
  points::Quantity quantity;
  double value = 0;
};
/// By series.
using FirstValues = std::map<Id, FirstValue>;

/// The newest values of a series before a run, by environment, newest first.
using ValuesBefore = std::map<Id, std::vector<double>>;

ValuesBefore read_before(db::Connection& connection, Id series, const PointPlace& first, Id environment) {
  constexpr std::int64_t newest = points_before_max + 10;
  auto trend = points::read_trend(connection, series, newest);
  const bool begins_later = !trend.at_us.empty() && trend.at_us.front() >= first.at_us;
  if (static_cast<std::int64_t>(trend.at_us.size()) == newest && begins_later)
    trend = points::read_trend(connection, series, INT64_MAX);
  ValuesBefore found;
  std::size_t count = 0;
  for (std::size_t i = trend.at_us.size(); i-- > 0 && count < points_before_max;) {
    const PointPlace place = {trend.at_us[i], trend.run[i]};
    if (place >= first || place.run == first.run || trend.suspect[i] != 0 || trend.environment[i] == environment)
      continue;
    found[trend.environment[i]].push_back(trend.value[i]);
    ++count;
  }
  return found;
}

/// The environment that measured most of the points; of two, the one that has the larger id. 0: without points.
Id find_compared(const std::vector<std::pair<const FirstValue*, ValuesBefore>>& series) {
  std::map<Id, std::size_t> points;
  for (const auto& [value, before] : series) {
    for (const auto& [environment, values] : before)
      points[environment] += values.size();
  }
  const auto most =
      std::max_element(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.second <= b.second; });
  return most == points.end() ? 0 : most->first;
}

EnvironmentShifts estimate(db::Connection& connection, const PointPlace& first, Id environment,
                           const FirstValues& values) {
  std::vector<std::pair<const FirstValue*, ValuesBefore>> series;
  for (const auto& [id, value] : values) {
    if (series.size() >= compared_series_max) break;
    auto before = read_before(connection, id, first, environment);
    if (!before.empty()) series.emplace_back(&value, std::move(before));
  }
  EnvironmentShifts found{environment, first.run, first.at_us, find_compared(series), {}};
  std::map<std::string, std::vector<double>> shifts;
  for (auto& [value, before] : series) {
    auto& compared = before[found.from];
    compared.resize(std::min(compared.size(), detect::compared_points));
    if (const auto shift = detect::shift_of_series(compared, value->value))
      shifts[value->quantity.name].push_back(*shift * value->quantity.direction);
  }
  for (auto& [quantity, of_series] : shifts) {
    const auto common = detect::common_environment_shift(found.from, std::move(of_series));
    if (common.series > 0) found.by_quantity.emplace(quantity, common);
  }
  return found;
}

/// The first run in an environment that is judged, without the upload of this identity; run 0: it does not exist.
PointPlace find_first_run(db::Connection& connection, const LaneName& lane, Id environment,
                          std::string_view identity = "") {
  PointPlace first;
  connection.query(
      "SELECT at_us, first_part FROM run WHERE project_id = $1 AND testbed = $2 AND branch = $3 AND purpose = 0 "
      "AND excluded = '' AND suspect = '' AND environment_id = $4 AND identity <> $5 ORDER BY at_us, id LIMIT 1",
      {lane.project, lane.testbed, lane.branch, environment, identity}, [&](const db::Row& row) {
        first = {row.integer(0), row.integer(1)};
      });
  return first;
}

/// What the stored parts of a run measured in an environment.
FirstValues read_values(db::Connection& connection, Id run, Id environment) {
  FirstValues values;
  std::vector<Id> parts;
  connection.query(
      "SELECT id FROM run WHERE first_part = $1 AND environment_id = $2 AND excluded = '' AND suspect = '' ORDER BY id",
      {run, environment}, [&](const db::Row& row) { parts.push_back(row.integer(0)); });
  if (parts.empty()) return values;
  std::map<Id, points::Quantity> quantities;
  for (const auto& series : store::list_whole_run_series(connection, run))
    quantities.emplace(series.key.id, points::quantity_of(series.key.metric, series.key.unit));
  for (const Id part : parts) {
    for (const auto& point : points::read_run(connection, part)) {
      const auto quantity = quantities.find(point.series);
      if (quantity != quantities.end()) values.emplace(point.series, FirstValue{quantity->second, point.value.median});
    }
  }
  return values;
}

void add_values(const store::NewRun& run, const store::ResolvedRun& resolved, FirstValues& values) {
  for (const auto& point : resolved.points) {
    if (point.series == 0) continue;
    const auto& metric_value = run.metrics[point.metric];
    const std::string_view unit = point.other_unit.empty() ? metric_value.unit.view() : point.other_unit;
    const auto value = points::scaled(store::point_of(point.series, metric_value).point.value, point.factor);
    values.emplace(point.series, FirstValue{points::quantity_of(metric_value.metric.view(), unit), value.median});
  }
}

}  // namespace

detect::EnvironmentShift ShiftsOfRun::of(const store::SeriesKey& series) const {
  if (!shifts || shifts->by_quantity.empty()) return {};
  return shifts->of(points::quantity_of(series.metric, series.unit));
}

ShiftsOfRun find_shifts_of_new_run(db::Connection& connection, const store::NewRun& run,
                                   const store::ResolvedRun& resolved) {
  const LaneName lane = {resolved.project.id, run.coordinates.testbed, run.coordinates.branch};
  const Id environment = resolved.environment;
  const Id joined = resolved.joined.first_part;
  ShiftsOfRun found;
  if (environment != 0) found.shifts = points::find_environment_shifts(connection, lane, environment);
  if (!resolved.suspect(run).empty() || !resolved.joined.excluded.empty()) return found;
  PointPlace first = {run.at_us, joined != 0 ? joined : pending_id};
  bool is_first = true;
  if (found.shifts) {
    const PointPlace known = {found.shifts->first_at_us, found.shifts->first_run};
    is_first = known.run == joined || first < known;
    if (known.run == joined) first.at_us = std::min(first.at_us, known.at_us);
  } else if (environment != 0) {
    const auto stored = find_first_run(connection, lane, environment, run.identity);
    is_first = stored.run == 0 || stored.run == joined || first < stored;
    if (stored.run != 0 && (!is_first || stored.run == joined))
      first = {std::min(first.at_us, stored.at_us), stored.run};
    if (!is_first) {
      found = {estimate(connection, stored, environment, read_values(connection, stored.run, environment)), true};
      return found;
    }
  }
  if (!is_first) return found;
  auto values = joined != 0 ? read_values(connection, joined, environment) : FirstValues{};
  add_values(run, resolved, values);
  auto estimated = estimate(connection, first, environment, values);
  found.changed = found.shifts != estimated;
  found.shifts = std::move(estimated);
  return found;
}

void refresh_shifts(db::Connection& connection, const LaneName& lane, Id environment) {
  const auto first = find_first_run(connection, lane, environment);
  if (first.run == 0) return points::delete_environment_shifts(connection, lane, environment);
  const auto values = read_values(connection, first.run, environment);
  points::save_environment_shifts(connection, lane, estimate(connection, first, environment, values));
}

void refresh_shifts_of_run(db::Connection& connection, const LaneName& lane, Id run) {
  std::vector<Id> environments;
  connection.query("SELECT DISTINCT environment_id FROM run WHERE first_part = $1 ORDER BY environment_id", {run},
                   [&](const db::Row& row) { environments.push_back(row.integer(0)); });
  for (const Id environment : environments) {
    const auto known = points::find_environment_shifts(connection, lane, environment);
    if (!known) continue;  // a branch without a baseline of its own, or the next run estimates it
    if (known->first_run == run || find_first_run(connection, lane, environment).run != known->first_run)
      refresh_shifts(connection, lane, environment);
  }
}

}  // namespace perftrend::triage
