#include "server/store/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <unordered_set>

#include "server/store/id_lists.h"

namespace perftrend::store {
namespace {

using blocks::Point;
using blocks::SeriesPoint;

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

/// Rows of runs are shared by neighbouring series, of other projects too: a damaged one is told where it is one of the
/// project of `series`, and passed over elsewhere.
void tell_damaged(db::Connection& connection, Id series, const std::vector<Id>& damaged_runs) {
  for (const Id run : damaged_runs) {
    const auto own = connection.require_integer(
        "SELECT count(*) FROM run r JOIN series s ON s.project_id = r.project_id WHERE r.id = $1 AND s.id = $2",
        {run, series});
    if (own > 0) throw_damaged("run", run);
  }
}

/// The series' points that lie by run, in no order.
std::vector<Point> read_gathered(db::Connection& connection, Id series) {
  std::vector<Point> points;
  std::vector<Id> damaged;
  connection.query("SELECT run_id, at_us, packed FROM run_points WHERE series_group = $1", {group_of(series)},
                   [&](const db::Row& row) {
                     const auto found = blocks::find_in_run(row.blob(2), series);
                     if (!found) damaged.push_back(row.integer(0));
                     if (found && *found) points.push_back({row.integer(1), row.integer(0), **found});
                   });
  tell_damaged(connection, series, damaged);
  return points;
}

/// From when on the series' blocks hold its newest `last` points and at most a block more: each has one at least.
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
  if (!std::is_sorted(points.begin(), points.end(), blocks::is_before))
    std::sort(points.begin(), points.end(), blocks::is_before);
  if (points.size() > last) points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(last));
}

/// Points of the run that lie in blocks: those of `missing`, which it has no rows of its own for.
void read_from_blocks(db::Connection& connection, Id run, std::int64_t at_us, std::span<const Id> missing,
                      std::vector<SeriesPoint>& found) {
  static const std::string sql =
      "SELECT s.id, b.packed FROM series s JOIN point_block b ON b.series_id = s.id AND b.first_at_us <= $1 AND "
      "b.first_at_us >= coalesce((SELECT max(q.first_at_us) FROM point_block q WHERE q.series_id = s.id "
      "AND q.first_at_us < $1), $1) WHERE s.id IN ";
  std::vector<Point> points;
  for_each_part(missing, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {at_us};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(sql + places, params, [&](const db::Row& row) {
      points.clear();
      if (!blocks::unpack_block(row.blob(1), points)) throw_damaged("series", row.integer(0));
      const Point wanted = {at_us, run, {}};
      const auto place = std::lower_bound(points.begin(), points.end(), wanted, blocks::is_before);
      if (place != points.end() && place->at_us == at_us && place->run == run)
        found.push_back({row.integer(0), place->measured});
    });
  });
}

/// What lies by run, of some groups.
template <typename OnRow>
void for_each_run_row(db::Connection& connection, std::span<const Id> groups, const OnRow& on_row) {
  for_each_part(groups, 1, [&](const std::string& places, std::span<const Id> part) {
    query_part(connection, "SELECT run_id, at_us, packed FROM run_points WHERE series_group IN " + places, part,
               [&](const db::Row& row) { on_row(row.integer(0), row.integer(1), row.blob(2)); });
  });
}

constexpr std::string_view last_blocks =
    "FROM series s JOIN point_block b ON b.series_id = s.id AND b.first_at_us = "
    "(SELECT max(q.first_at_us) FROM point_block q WHERE q.series_id = s.id) WHERE s.id IN ";

std::vector<SeriesPoint>::iterator find_series(std::vector<SeriesPoint>& points, Id series) {
  return std::lower_bound(points.begin(), points.end(), series,
                          [](const SeriesPoint& point, Id id) { return point.series < id; });
}

}  // namespace

void insert_points_of_run(db::Connection& connection, std::int64_t at_us, Id run, std::span<const SeriesPoint> points) {
  insert_run_rows(connection, at_us, run, points);
  std::vector<Id> series;
  series.reserve(points.size());
  for (const auto& point : points)
    series.push_back(point.series);
  compact_pending(connection, series);
}

std::vector<Point> read_points(db::Connection& connection, Id series, std::int64_t last) {
  std::vector<Point> points;
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(0, last));
  connection.query(
      "SELECT packed FROM point_block WHERE series_id = $1 AND first_at_us >= $2 ORDER BY first_at_us, first_run",
      {series, find_since(connection, series, last)}, [&](const db::Row& row) {
        if (!blocks::unpack_block(row.blob(0), points)) throw_damaged("series", series);
      });
  auto gathered = read_gathered(connection, series);
  points.insert(points.end(), gathered.begin(), gathered.end());
  keep_newest(points, wanted);
  return points;
}

std::vector<SeriesPoint> read_points_of_run(db::Connection& connection, Id run, const RunPlace& place) {
  std::vector<SeriesPoint> found;
  std::vector<Id> missing;
  for (auto first = place.series.begin(); first != place.series.end();) {
    const Id group = group_of(*first);
    auto row = read_run_row(connection, group, run);
    for (; first != place.series.end() && group_of(*first) == group; ++first) {
      const auto point = store::find_series(row, *first);
      if (point != row.end() && point->series == *first) {
        found.push_back(*point);
      } else {
        missing.push_back(*first);
      }
    }
  }
  const auto by_run = static_cast<std::ptrdiff_t>(found.size());
  read_from_blocks(connection, run, place.at_us, missing, found);
  const auto by_series = [](const SeriesPoint& a, const SeriesPoint& b) { return a.series < b.series; };
  std::sort(found.begin() + by_run, found.end(), by_series);
  std::inplace_merge(found.begin(), found.begin() + by_run, found.end(), by_series);
  return found;
}

std::unordered_map<Id, std::vector<Point>> read_newest_points(db::Connection& connection, std::span<const Id> series,
                                                              std::size_t last) {
  std::unordered_map<Id, std::vector<Point>> newest;
  std::unordered_map<Id, Point> first_of_block;
  static const std::string sql = "SELECT s.id, b.packed " + std::string(last_blocks);
  for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    query_part(connection, sql + places, part, [&](const db::Row& row) {
      auto& points = newest[row.integer(0)];
      if (!blocks::unpack_block(row.blob(1), points)) throw_damaged("series", row.integer(0));
      first_of_block.try_emplace(row.integer(0), points.front());
    });
  });
  const std::unordered_set<Id> wanted(series.begin(), series.end());
  std::vector<Id> damaged;
  for_each_run_row(connection, groups_of(series), [&](Id run, std::int64_t at_us, db::Blob packed) {
    const auto points = blocks::unpack_run(packed);
    if (!points) return damaged.push_back(run);
    for (const auto& point : *points) {
      if (wanted.contains(point.series)) newest[point.series].push_back({at_us, run, point.measured});
    }
  });
  if (!series.empty()) tell_damaged(connection, series.front(), damaged);
  for (auto& [id, points] : newest) {
    keep_newest(points, last);
    // Of what lies before its last block no more is known than late runs.
    const auto first = first_of_block.find(id);
    if (first == first_of_block.end()) continue;
    const bool reaches = points.size() == last && !blocks::is_before(points.front(), first->second);
    if (!reaches) points = read_points(connection, id, static_cast<std::int64_t>(last));
  }
  return newest;
}

std::map<Id, std::int64_t> find_newest_times(db::Connection& connection, std::span<const Id> series) {
  std::map<Id, std::int64_t> newest;
  const auto see = [&](Id id, std::int64_t at_us) {
    const auto [place, is_new] = newest.try_emplace(id, at_us);
    if (!is_new) place->second = std::max(place->second, at_us);
  };
  static const std::string sql = "SELECT s.id, b.last_at_us " + std::string(last_blocks);
  for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    query_part(connection, sql + places, part, [&](const db::Row& row) { see(row.integer(0), row.integer(1)); });
  });
  std::vector<Id> damaged;
  for_each_run_row(connection, groups_of(series), [&](Id run, std::int64_t at_us, db::Blob packed) {
    const auto ids = blocks::unpack_series_of_run(packed);
    if (!ids) return damaged.push_back(run);
    for (const Id id : *ids) {
      if (std::binary_search(series.begin(), series.end(), id)) see(id, at_us);
    }
  });
  if (!series.empty()) tell_damaged(connection, series.front(), damaged);
  return newest;
}

bool set_point_of_run(db::Connection& connection, std::int64_t at_us, Id run, const SeriesPoint& point) {
  auto row = read_run_row(connection, group_of(point.series), run);
  const auto place = store::find_series(row, point.series);
  const bool by_run = place != row.end() && place->series == point.series;
  if (by_run) {
    place->measured = point.measured;
    set_run_row(connection, group_of(point.series), at_us, run, row);
    return true;
  }
  bool in_block = false;
  change_blocks(connection, point.series, at_us, at_us, [&](std::vector<Point>& points) {
    const Point wanted = {at_us, run, point.measured};
    const auto found = std::lower_bound(points.begin(), points.end(), wanted, blocks::is_before);
    in_block = found != points.end() && found->at_us == at_us && found->run == run;
    if (in_block) *found = wanted;
    return in_block;
  });
  if (in_block) return true;
  row.insert(place, point);
  set_run_row(connection, group_of(point.series), at_us, run, row);
  return false;
}

std::int64_t remove_points(db::Connection& connection, Id series, std::span<const PointPlace> places) {
  if (places.empty()) return 0;
  std::int64_t removed = 0;
  const auto is_wanted = [&](std::int64_t at_us, Id run) {
    const auto before = [](const PointPlace& a, const PointPlace& b) {
      return std::tie(a.at_us, a.run) < std::tie(b.at_us, b.run);
    };
    return std::binary_search(places.begin(), places.end(), PointPlace{at_us, run}, before);
  };
  for (const auto& point : read_gathered(connection, series)) {
    if (!is_wanted(point.at_us, point.run)) continue;
    auto row = read_run_row(connection, group_of(series), point.run);
    row.erase(store::find_series(row, series));
    set_run_row(connection, group_of(series), point.at_us, point.run, row);
    ++removed;
  }
  change_blocks(connection, series, places.front().at_us, places.back().at_us, [&](std::vector<Point>& points) {
    const auto gone = std::erase_if(points, [&](const Point& point) { return is_wanted(point.at_us, point.run); });
    removed += static_cast<std::int64_t>(gone);
    return gone > 0;
  });
  return removed;
}

std::map<Id, std::int64_t> count_all_points(db::Connection& connection, std::vector<std::string>& damaged) {
  std::map<Id, std::int64_t> counts;
  std::vector<Point> points;
  connection.query("SELECT series_id, first_at_us, points, packed FROM point_block", {}, [&](const db::Row& row) {
    points.clear();
    const bool whole = blocks::unpack_block(row.blob(3), points);
    counts[row.integer(0)] += row.integer(2);
    if (whole && static_cast<std::int64_t>(points.size()) == row.integer(2)) return;
    damaged.push_back(fmt::format("points of series {} from {} us on cannot be read", row.integer(0), row.integer(1)));
  });
  connection.query("SELECT run_id, packed FROM run_points", {}, [&](const db::Row& row) {
    const auto of_run = blocks::unpack_run(row.blob(1));
    if (!of_run) {
      damaged.push_back(fmt::format("points of run {} cannot be read", row.integer(0)));
      return;
    }
    for (const auto& point : *of_run)
      ++counts[point.series];
  });
  return counts;
}

}  // namespace perftrend::store
