#include <algorithm>
#include <cstring>
#include <limits>
#include <set>
#include <vector>

#include "server/db/id_parts.h"
#include "server/points/blocks.h"
#include "server/points/points.h"
#include "server/points/run_series.h"

namespace perftrend::points {
namespace {

constexpr std::int64_t first_time = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t last_time = std::numeric_limits<std::int64_t>::max();

/// Calls `work(group, part)` for each part of `series` (ascending) that lies in one group.
template <typename Work>
void for_each_group(std::span<const Id> series, const Work& work) {
  while (!series.empty()) {
    const Id group = group_of(series.front());
    const auto end = std::find_if(series.begin(), series.end(), [&](Id id) { return group_of(id) != group; });
    const auto count = static_cast<std::size_t>(end - series.begin());
    work(group, series.first(count));
    series = series.subspan(count);
  }
}

/// Takes the points of `series` out of `row`.
std::vector<SeriesPoint> take_from_row(std::vector<SeriesPoint>& row, std::span<const Id> series) {
  std::vector<SeriesPoint> taken;
  std::erase_if(row, [&](const SeriesPoint& point) {
    const bool is_wanted = std::binary_search(series.begin(), series.end(), point.series);
    if (is_wanted) taken.push_back(point);
    return is_wanted;
  });
  return taken;
}

/// Takes the run's point out of the series' blocks; adds it to `taken`.
void take_from_blocks(db::Connection& connection, Id series, const PointPlace& place, std::vector<SeriesPoint>& taken) {
  change_blocks(connection, series, place.at_us, place.at_us, [&](std::vector<Point>& points) {
    const auto found = std::find_if(points.begin(), points.end(), [&](const Point& point) {
      return point.at_us == place.at_us && point.run == place.run;
    });
    if (found == points.end()) return false;
    taken.push_back({series, found->value});
    points.erase(found);
    return true;
  });
}

void add_to_counts(db::Connection& connection, std::span<const SeriesPoint> points, int more) {
  std::vector<Id> series;
  series.reserve(points.size());
  for (const auto& point : points)
    series.push_back(point.series);
  db::for_each_part(series, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {more};
    params.insert(params.end(), part.begin(), part.end());
    connection.execute("UPDATE series SET points = points + $1 WHERE id IN " + places, db::Params(params));
  });
}

/// Takes the run's points in `series`, all of one group, out of rows of runs and blocks. Ascending by series.
std::vector<SeriesPoint> take_out(db::Connection& connection, Id group, const PointPlace& place,
                                  std::span<const Id> series) {
  auto row = read_run_row(connection, group, place.run);
  auto taken = take_from_row(row, series);
  if (!taken.empty()) set_run_row(connection, group, place.at_us, place.run, row);
  std::set<Id> found;
  for (const auto& point : taken)
    found.insert(point.series);
  for (const Id id : series) {
    if (!found.contains(id)) take_from_blocks(connection, id, place, taken);
  }
  std::sort(taken.begin(), taken.end(), [](const SeriesPoint& a, const SeriesPoint& b) { return a.series < b.series; });
  add_to_counts(connection, taken, -1);
  return taken;
}

void bump_revision_of_run(db::Connection& connection, Id run) {
  const auto project = connection.query_integer("SELECT project_id FROM run WHERE id = $1", {run});
  if (project) bump_revision(connection, *project);
}

void rescale_samples(db::Connection& connection, Id series, Id run, double factor) {
  std::vector<double> samples;
  connection.query("SELECT values_le FROM sample WHERE run_id = $1 AND series_id = $2", {run, series},
                   [&](const db::Row& row) {
                     const auto bytes = row.blob(0);
                     samples.resize(bytes.size() / sizeof(double));
                     std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(double));
                   });
  if (samples.empty()) return;
  for (double& sample : samples)
    sample = scaled(sample, factor);
  connection.execute("UPDATE sample SET values_le = $1 WHERE run_id = $2 AND series_id = $3",
                     {std::as_bytes(std::span(samples)), run, series});
}

void drop_samples(db::Connection& connection, Id run, std::span<const Id> series) {
  db::for_each_part(series, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {run};
    params.insert(params.end(), part.begin(), part.end());
    connection.execute("DELETE FROM sample WHERE run_id = $1 AND series_id IN " + places, db::Params(params));
  });
}

/// Takes all points of the series out of its blocks and rows of runs; ascending. Its count is 0 afterwards.
std::vector<Point> take_all(db::Connection& connection, Id series) {
  auto points = read_history(connection, series, last_time);
  for (const auto& point : read_pending(connection, series)) {
    auto row = read_run_row(connection, group_of(series), point.run);
    row.erase(find_place(row, series));
    set_run_row(connection, group_of(series), point.at_us, point.run, row);
  }
  connection.execute("DELETE FROM point_block WHERE series_id = $1", {series});
  connection.execute("UPDATE series SET points = 0 WHERE id = $1", {series});
  return points;
}

/// Takes the series' points out of the rows of excluded runs.
std::vector<std::pair<Id, PointValue>> take_excluded(db::Connection& connection, Id series) {
  auto taken = read_excluded(connection, series);
  for (const auto& [run, value] : taken) {
    auto row = read_excluded_row(connection, group_of(series), run);
    row.erase(find_place(row, series));
    set_excluded_row(connection, group_of(series), run, row);
  }
  return taken;
}

/// Moves or removes what a run says of series `from` besides its point.
void move_samples(db::Connection& connection, Id run, Id from, Id to) {
  connection.execute("UPDATE sample SET series_id = $1 WHERE run_id = $2 AND series_id = $3", {to, run, from});
  add_run_series(connection, run, to);
}

std::int64_t join_excluded(db::Connection& connection, Id from, Id to) {
  std::int64_t removed = 0;
  for (const auto& [run, value] : take_excluded(connection, from)) {
    auto row = read_excluded_row(connection, group_of(to), run);
    const auto place = find_place(row, to);
    if (is_at(row, place, to)) {
      drop_samples(connection, run, {&from, 1});
      ++removed;
      continue;
    }
    row.insert(place, SeriesPoint{to, value});
    set_excluded_row(connection, group_of(to), run, row);
    move_samples(connection, run, from, to);
  }
  return removed;
}

}  // namespace

void exclude(db::Connection& connection, Id run, std::span<const Id> series) {
  const PointPlace place = {find_run_place(connection, run).at_us, run};
  for_each_group(series, [&](Id group, std::span<const Id> part) {
    const auto taken = take_out(connection, group, place, part);
    if (taken.empty()) return;
    auto row = read_excluded_row(connection, group, run);
    for (const auto& point : taken)
      row.insert(find_place(row, point.series), point);
    set_excluded_row(connection, group, run, row);
  });
  bump_revision_of_run(connection, run);
}

std::vector<Id> include(db::Connection& connection, Id run) {
  const auto at_us = find_run_place(connection, run).at_us;
  const auto points = read_excluded_run(connection, run);
  std::vector<Id> series;
  series.reserve(points.size());
  for (const auto& point : points)
    series.push_back(point.series);
  for_each_group(series, [&](Id group, std::span<const Id> part) {
    auto row = read_run_row(connection, group, run);
    for (const auto& point : points) {
      if (std::binary_search(part.begin(), part.end(), point.series)) row.insert(find_place(row, point.series), point);
    }
    set_run_row(connection, group, at_us, run, row);
  });
  connection.execute("DELETE FROM excluded_points WHERE run_id = $1", {run});
  add_to_counts(connection, points, 1);
  bump_revision_of_run(connection, run);
  return series;
}

void remove_run(db::Connection& connection, Id run, std::span<const Id> series) {
  const PointPlace place = {find_run_place(connection, run).at_us, run};
  for_each_group(series, [&](Id group, std::span<const Id> part) {
    take_out(connection, group, place, part);
    auto row = read_excluded_row(connection, group, run);
    if (!take_from_row(row, part).empty()) set_excluded_row(connection, group, run, row);
  });
  drop_samples(connection, run, series);
  bump_revision_of_run(connection, run);
}

bool has_excluded(db::Connection& connection, Id series) {
  return !read_excluded(connection, series).empty();
}

void remove_excluded(db::Connection& connection, Id series, const std::set<Id>& runs) {
  for (const auto& [run, value] : read_excluded(connection, series)) {
    if (!runs.contains(run)) continue;
    auto row = read_excluded_row(connection, group_of(series), run);
    row.erase(find_place(row, series));
    set_excluded_row(connection, group_of(series), run, row);
    drop_samples(connection, run, {&series, 1});
  }
}

void remove_all_excluded(db::Connection& connection, Id series) {
  for (const auto& [run, value] : take_excluded(connection, series))
    drop_samples(connection, run, {&series, 1});
}

void clear_series(db::Connection& connection, Id series) {
  for (const auto& point : take_all(connection, series))
    drop_samples(connection, point.run, {&series, 1});
  remove_all_excluded(connection, series);
  bump_revision_of_series(connection, series);
}

void drop_run_rows(db::Connection& connection, Id run) {
  for_each_group(find_run_place(connection, run).series, [&](Id group, std::span<const Id>) {
    connection.execute("DELETE FROM run_points WHERE series_group = $1 AND run_id = $2", {group, run});
  });
}

void drop_series_rows(db::Connection& connection, Id series) {
  connection.execute("DELETE FROM point_block WHERE series_id = $1", {series});
}

void rescale(db::Connection& connection, Id series, double factor) {
  const Id group = group_of(series);
  for (const auto& point : read_history(connection, series, last_time)) {
    if (point.value.samples > 1) rescale_samples(connection, series, point.run, factor);
  }
  change_blocks(connection, series, first_time, last_time, [&](std::vector<Point>& points) {
    for (auto& point : points)
      point.value = scaled(point.value, factor);
    return !points.empty();
  });
  for (const auto& point : read_pending(connection, series)) {
    auto row = read_run_row(connection, group, point.run);
    find_place(row, series)->value = scaled(point.value, factor);
    set_run_row(connection, group, point.at_us, point.run, row);
  }
  for (const auto& [run, value] : read_excluded(connection, series)) {
    auto row = read_excluded_row(connection, group, run);
    find_place(row, series)->value = scaled(value, factor);
    set_excluded_row(connection, group, run, row);
    rescale_samples(connection, series, run, factor);
  }
  bump_revision_of_series(connection, series);
}

std::int64_t join(db::Connection& connection, Id from, Id to) {
  const auto moved = take_all(connection, from);
  auto points = take_all(connection, to);
  std::set<Id> own;
  for (const auto& point : points)
    own.insert(point.run);
  std::int64_t removed = 0;
  const auto middle = static_cast<std::ptrdiff_t>(points.size());
  for (const auto& point : moved) {
    if (own.contains(point.run)) {
      drop_samples(connection, point.run, {&from, 1});
      ++removed;
      continue;
    }
    points.push_back(point);
    move_samples(connection, point.run, from, to);
  }
  std::inplace_merge(points.begin(), points.begin() + middle, points.end(), is_before);
  change_blocks(connection, to, first_time, last_time, [&](std::vector<Point>& stored) {
    stored = points;
    return !points.empty();
  });
  connection.execute("UPDATE series SET points = $1 WHERE id = $2", {static_cast<std::int64_t>(points.size()), to});
  removed += join_excluded(connection, from, to);
  bump_revision_of_series(connection, to);
  return removed;
}

}  // namespace perftrend::points
