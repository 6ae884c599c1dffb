#include <algorithm>
#include <set>
#include <vector>

#include "server/db/id_parts.h"
#include "server/points/blocks.h"
#include "server/points/points.h"
#include "server/points/run_series.h"

namespace perftrend::points {
namespace {

void insert_samples(db::Connection& connection, Id run, std::span<const SampledPoint> points) {
  using db::ColumnType;
  static const db::Columns to = {
      "sample", {{"run_id", ColumnType::integer}, {"series_id", ColumnType::integer}, {"values_le", ColumnType::blob}}};
  std::vector<db::Param> values;
  for (const auto& [point, samples] : points) {
    if (samples.size() > 1) values.insert(values.end(), {run, point.series, std::as_bytes(samples)});
  }
  connection.append(to, values);
}

/// Replaces the point where it lies in a block. False where it does not.
bool set_in_block(db::Connection& connection, Id series, const Point& point) {
  bool found = false;
  change_blocks(connection, series, point.at_us, point.at_us, [&](std::vector<Point>& there) {
    const auto place = std::lower_bound(there.begin(), there.end(), point, is_before);
    found = place != there.end() && place->at_us == point.at_us && place->run == point.run;
    if (found) *place = point;
    return found;
  });
  return found;
}

/// Replaces the point where the run has one in the series, else adds it. False where it was added.
bool set_value(db::Connection& connection, Id run, std::int64_t at_us, const SeriesPoint& point) {
  const Id group = group_of(point.series);
  auto row = read_run_row(connection, group, run);
  const auto place = find_place(row, point.series);
  const bool in_row = is_at(row, place, point.series);
  if (!in_row && set_in_block(connection, point.series, {at_us, run, point.value})) return true;
  if (in_row) {
    *place = point;
  } else {
    row.insert(place, point);
  }
  set_run_row(connection, group, at_us, run, row);
  return in_row;
}

bool is_excluded(db::Connection& connection, Id run) {
  return connection.require_integer("SELECT count(*) FROM run WHERE id = $1 AND excluded <> ''", {run}) > 0;
}

/// Replaces the point of an excluded run in the series, or adds one.
void set_excluded(db::Connection& connection, Id run, const SeriesPoint& point) {
  const Id group = group_of(point.series);
  auto row = read_excluded_row(connection, group, run);
  const auto place = find_place(row, point.series);
  if (is_at(row, place, point.series)) {
    *place = point;
  } else {
    row.insert(place, point);
  }
  set_excluded_row(connection, group, run, row);
  add_run_series(connection, run, point.series);
}

}  // namespace

std::int64_t append(db::Connection& connection, Id project, Id run, std::int64_t at_us,
                    std::span<const SampledPoint> points) {
  std::vector<Id> series;
  std::vector<SeriesPoint> values;
  series.reserve(points.size());
  values.reserve(points.size());
  for (const auto& [point, samples] : points) {
    series.push_back(point.series);
    values.push_back(point);
  }
  insert_run_rows(connection, at_us, run, values);
  compact_pending(connection, series);
  insert_samples(connection, run, points);
  insert_run_series(connection, run, series);
  db::for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.execute("UPDATE series SET points = points + 1 WHERE id IN " + places, db::Params(params));
  });
  return bump_revision(connection, project);
}

void set(db::Connection& connection, Id run, std::int64_t at_us, const SampledPoint& point) {
  const Id series = point.point.series;
  connection.execute("DELETE FROM sample WHERE run_id = $1 AND series_id = $2", {run, series});
  if (is_excluded(connection, run)) {
    set_excluded(connection, run, point.point);
  } else if (!set_value(connection, run, at_us, point.point)) {
    connection.execute("UPDATE series SET points = points + 1 WHERE id = $1", {series});
    add_run_series(connection, run, series);
  }
  insert_samples(connection, run, {&point, 1});
  bump_revision_of_series(connection, series);
}

std::int64_t remove(db::Connection& connection, Id series, std::span<const PointPlace> places) {
  if (places.empty()) return 0;
  std::int64_t removed = 0;
  const auto is_wanted = [&](const PointPlace& place) {
    return std::binary_search(places.begin(), places.end(), place);
  };
  for (const auto& point : read_pending(connection, series)) {
    if (!is_wanted({point.at_us, point.run})) continue;
    auto row = read_run_row(connection, group_of(series), point.run);
    row.erase(find_place(row, series));
    set_run_row(connection, group_of(series), point.at_us, point.run, row);
    ++removed;
  }
  change_blocks(connection, series, places.front().at_us, places.back().at_us, [&](std::vector<Point>& points) {
    const auto gone = std::erase_if(points, [&](const Point& point) { return is_wanted({point.at_us, point.run}); });
    removed += static_cast<std::int64_t>(gone);
    return gone > 0;
  });
  std::set<Id> runs;
  for (const auto& place : places)
    runs.insert(place.run);
  remove_excluded(connection, series, runs);
  remove_samples(connection, series, places);
  connection.execute("UPDATE series SET points = points - $1 WHERE id = $2", {removed, series});
  bump_revision_of_series(connection, series);
  return removed;
}

void remove_samples(db::Connection& connection, Id series, std::span<const PointPlace> places) {
  for (const auto& place : places)
    connection.execute("DELETE FROM sample WHERE series_id = $1 AND run_id = $2", {series, place.run});
}

}  // namespace perftrend::points
