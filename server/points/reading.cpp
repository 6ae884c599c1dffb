#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <unordered_set>

#include "server/db/id_parts.h"
#include "server/points/blocks.h"
#include "server/points/points.h"
#include "server/points/run_series.h"

namespace perftrend::points {
namespace {

std::vector<Id> groups_of(std::span<const Id> series) {
  std::set<Id> groups;
  for (const Id id : series)
    groups.insert(group_of(id));
  return {groups.begin(), groups.end()};
}

void query_part(db::Connection& connection, const std::string& sql, std::span<const Id> part,
                const std::function<void(const db::Row&)>& on_row) {
  const std::vector<db::Param> params(part.begin(), part.end());
  connection.query(sql, params, on_row);
}

/// The first time of the blocks that hold the newest `last` points of the series. A block has at least one point.
std::int64_t find_since(db::Connection& connection, Id series, std::int64_t last) {
  std::int64_t counted = 0;
  std::int64_t since_us = std::numeric_limits<std::int64_t>::max();
  connection.query(
      "SELECT first_at_us, points FROM point_block WHERE series_id = $1 ORDER BY first_at_us DESC, first_run DESC "
      "LIMIT $2",
      {series, std::max<std::int64_t>(0, last)}, [&](const db::Row& row) {
        if (counted >= last) return;
        counted += row.integer(1);
        since_us = row.integer(0);
      });
  return since_us;
}

void keep_newest(std::vector<Point>& points, std::size_t last) {
  if (!std::is_sorted(points.begin(), points.end(), is_before)) std::sort(points.begin(), points.end(), is_before);
  if (points.size() > last) points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(last));
}

/// Finds the run's points of the series `missing` in blocks.
void read_from_blocks(db::Connection& connection, Id run, std::int64_t at_us, std::span<const Id> missing,
                      std::vector<SeriesPoint>& found) {
  static const std::string sql =
      "SELECT s.id, b.packed FROM series s JOIN point_block b ON b.series_id = s.id AND b.first_at_us <= $1 AND "
      "b.first_at_us >= coalesce((SELECT max(q.first_at_us) FROM point_block q WHERE q.series_id = s.id "
      "AND q.first_at_us < $1), $1) WHERE s.id IN ";
  std::vector<Point> points;
  db::for_each_part(missing, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {at_us};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(sql + places, params, [&](const db::Row& row) {
      points.clear();
      if (!unpack_block(row.blob(1), points)) throw_damaged("series", row.integer(0));
      const Point wanted = {at_us, run, {}};
      const auto place = std::lower_bound(points.begin(), points.end(), wanted, is_before);
      if (place != points.end() && place->at_us == at_us && place->run == run)
        found.push_back({row.integer(0), place->value});
    });
  });
}

/// All rows of runs of some groups.
template <typename OnRow>
void for_each_run_row(db::Connection& connection, std::span<const Id> groups, const OnRow& on_row) {
  db::for_each_part(groups, 1, [&](const std::string& places, std::span<const Id> part) {
    query_part(connection, "SELECT run_id, at_us, packed FROM run_points WHERE series_group IN " + places, part,
               [&](const db::Row& row) { on_row(row.integer(0), row.integer(1), row.blob(2)); });
  });
}

constexpr std::string_view last_blocks =
    "FROM series s JOIN point_block b ON b.series_id = s.id AND b.first_at_us = "
    "(SELECT max(q.first_at_us) FROM point_block q WHERE q.series_id = s.id) WHERE s.id IN ";

}  // namespace

std::vector<Point> read_history(db::Connection& connection, Id series, std::int64_t last) {
  std::vector<Point> points;
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(0, last));
  connection.query(
      "SELECT packed FROM point_block WHERE series_id = $1 AND first_at_us >= $2 ORDER BY first_at_us, first_run",
      {series, find_since(connection, series, last)}, [&](const db::Row& row) {
        if (!unpack_block(row.blob(0), points)) throw_damaged("series", series);
      });
  auto pending = read_pending(connection, series);
  points.insert(points.end(), pending.begin(), pending.end());
  keep_newest(points, wanted);
  return points;
}

std::vector<Id> list_series_of_run(db::Connection& connection, Id run) {
  return find_run_place(connection, run).series;
}

std::vector<SeriesPoint> read_run(db::Connection& connection, Id run) {
  const auto place = find_run_place(connection, run);
  std::vector<SeriesPoint> found;
  std::vector<Id> missing;
  for (auto first = place.series.begin(); first != place.series.end();) {
    const Id group = group_of(*first);
    auto row = read_run_row(connection, group, run);
    for (; first != place.series.end() && group_of(*first) == group; ++first) {
      const auto point = find_place(row, *first);
      if (is_at(row, point, *first)) {
        found.push_back(*point);
      } else {
        missing.push_back(*first);
      }
    }
  }
  const auto by_run = static_cast<std::ptrdiff_t>(found.size());
  const auto excluded = read_excluded_run(connection, run);
  found.insert(found.end(), excluded.begin(), excluded.end());
  read_from_blocks(connection, run, place.at_us, missing, found);
  const auto by_series = [](const SeriesPoint& a, const SeriesPoint& b) { return a.series < b.series; };
  std::sort(found.begin() + by_run, found.end(), by_series);
  std::inplace_merge(found.begin(), found.begin() + by_run, found.end(), by_series);
  return found;
}

std::unordered_map<Id, std::vector<Point>> read_newest(db::Connection& connection, std::span<const Id> series,
                                                       std::size_t last) {
  std::unordered_map<Id, std::vector<Point>> newest;
  std::unordered_map<Id, Point> first_of_block;
  static const std::string sql = "SELECT s.id, b.packed " + std::string(last_blocks);
  db::for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    query_part(connection, sql + places, part, [&](const db::Row& row) {
      auto& points = newest[row.integer(0)];
      if (!unpack_block(row.blob(1), points)) throw_damaged("series", row.integer(0));
      first_of_block.try_emplace(row.integer(0), points.front());
    });
  });
  const std::unordered_set<Id> wanted(series.begin(), series.end());
  std::vector<Id> damaged;
  for_each_run_row(connection, groups_of(series), [&](Id run, std::int64_t at_us, db::Blob packed) {
    const auto points = unpack_run(packed);
    if (!points) return damaged.push_back(run);
    for (const auto& point : *points) {
      if (wanted.contains(point.series)) newest[point.series].push_back({at_us, run, point.value});
    }
  });
  if (!series.empty()) throw_where_own(connection, series.front(), damaged);
  for (auto& [id, points] : newest) {
    keep_newest(points, last);
    // Earlier blocks were not read: only late runs are known from before the newest block.
    const auto first = first_of_block.find(id);
    if (first == first_of_block.end()) continue;
    const bool complete = points.size() == last && !is_before(points.front(), first->second);
    if (!complete) points = read_history(connection, id, static_cast<std::int64_t>(last));
  }
  return newest;
}

std::map<Id, std::int64_t> find_newest_times(db::Connection& connection, std::span<const Id> series) {
  std::map<Id, std::int64_t> newest;
  const auto note = [&](Id id, std::int64_t at_us) {
    const auto [place, is_new] = newest.try_emplace(id, at_us);
    if (!is_new) place->second = std::max(place->second, at_us);
  };
  static const std::string sql = "SELECT s.id, b.last_at_us " + std::string(last_blocks);
  db::for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    query_part(connection, sql + places, part, [&](const db::Row& row) { note(row.integer(0), row.integer(1)); });
  });
  std::vector<Id> damaged;
  for_each_run_row(connection, groups_of(series), [&](Id run, std::int64_t at_us, db::Blob packed) {
    const auto ids = unpack_series_of_run(packed);
    if (!ids) return damaged.push_back(run);
    for (const Id id : *ids) {
      if (std::binary_search(series.begin(), series.end(), id)) note(id, at_us);
    }
  });
  if (!series.empty()) throw_where_own(connection, series.front(), damaged);
  return newest;
}

}  // namespace perftrend::points
