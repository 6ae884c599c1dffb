#include "server/points/blocks.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>

#include "server/db/id_parts.h"

namespace perftrend::points {
namespace {

db::Blob as_blob(const std::string& text) {
  return std::as_bytes(std::span(text));
}

void append_blocks(db::Connection& connection, Id series, std::span<const Block> made) {
  using db::ColumnType;
  static const db::Columns to = {"point_block",
                                 {{"series_id", ColumnType::integer},
                                  {"first_at_us", ColumnType::integer},
                                  {"first_run", ColumnType::integer},
                                  {"last_at_us", ColumnType::integer},
                                  {"points", ColumnType::integer},
                                  {"packed", ColumnType::blob}}};
  std::vector<db::Param> values;
  for (const auto& block : made) {
    values.insert(values.end(), {series, block.first_at_us, block.first_run, block.last_at_us,
                                 static_cast<std::int64_t>(block.points), as_blob(block.packed)});
  }
  connection.append(to, values);
}

/// The key of a stored block.
struct BlockKey {
  std::int64_t first_at_us = 0;
  Id first_run = 0;
};

void drop_block(db::Connection& connection, Id series, const BlockKey& block) {
  connection.execute("DELETE FROM point_block WHERE series_id = $1 AND first_at_us = $2 AND first_run = $3",
                     {series, block.first_at_us, block.first_run});
}

/// The newest block of each series of a group that has one; nullopt where one is damaged.
struct LastBlock {
  BlockKey key;
  std::vector<Point> points;
};
std::optional<std::map<Id, LastBlock>> read_last_blocks(db::Connection& connection, Id group) {
  std::map<Id, LastBlock> last;
  bool whole = true;
  connection.query(
      "SELECT s.id, b.first_at_us, b.first_run, b.packed FROM series s "
      "JOIN point_block b ON b.series_id = s.id "
      "AND b.first_at_us = (SELECT max(q.first_at_us) FROM point_block q WHERE q.series_id = s.id) "
      "WHERE s.id >= $1 AND s.id < $2 ORDER BY s.id, b.first_run",
      {group * series_in_a_group, (group + 1) * series_in_a_group}, [&](const db::Row& row) {
        LastBlock block{{row.integer(1), row.integer(2)}, {}};
        whole = unpack_block(row.blob(3), block.points) && whole;
        last[row.integer(0)] = std::move(block);
      });
  if (!whole) return std::nullopt;
  return last;
}

/// The group's points in rows of runs, by series and time; nullopt where a row is damaged.
std::optional<std::vector<std::pair<Id, Point>>> read_pending_rows(db::Connection& connection, Id group) {
  std::vector<std::pair<Id, Point>> pending;
  bool whole = true;
  connection.query("SELECT run_id, at_us, packed FROM run_points WHERE series_group = $1 ORDER BY at_us, run_id",
                   {group}, [&](const db::Row& row) {
                     const auto points = unpack_run(row.blob(2));
                     whole = whole && points.has_value();
                     if (!points) return;
                     for (const auto& point : *points)
                       pending.push_back({point.series, {row.integer(1), row.integer(0), point.value}});
                   });
  if (!whole) return std::nullopt;
  std::stable_sort(pending.begin(), pending.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return pending;
}

void merge(std::vector<Point>& points, std::span<const Point> more) {
  const auto middle = static_cast<std::ptrdiff_t>(points.size());
  points.insert(points.end(), more.begin(), more.end());
  std::inplace_merge(points.begin(), points.begin() + middle, points.end(), is_before);
}

/// Adds points of late runs to the blocks that cover their times, all points of one block at once. `points` ascending,
/// all before the end of the newest block.
void add_late(db::Connection& connection, Id series, std::span<const Point> points) {
  while (!points.empty()) {
    // The block that covers the first point ends where the next block begins.
    const auto next_us =
        connection.query_integer("SELECT min(first_at_us) FROM point_block WHERE series_id = $1 AND first_at_us > $2",
                                 {series, points.front().at_us});
    const auto end = std::find_if(points.begin(), points.end(),
                                  [&](const Point& point) { return next_us && point.at_us >= *next_us; });
    const std::vector<Point> here(points.begin(), end);
    change_blocks(connection, series, here.front().at_us, here.back().at_us, [&](std::vector<Point>& there) {
      merge(there, here);
      return true;
    });
    points = points.subspan(here.size());
  }
}

/// Adds `points`, ascending, to the series' blocks; `last` is its newest block, or null.
void add_to_blocks(db::Connection& connection, Id series, std::span<const Point> points, const LastBlock* last) {
  if (last == nullptr) return append_blocks(connection, series, pack_blocks(points));
  const auto first_new = std::find_if(points.begin(), points.end(),
                                      [&](const Point& point) { return !is_before(point, last->points.back()); });
  const auto late = static_cast<std::size_t>(first_new - points.begin());
  if (late > 0) {
    add_late(connection, series, points.first(late));
    // The newest block may have changed: the newer points get a block of their own.
    return append_blocks(connection, series, pack_blocks(points.subspan(late)));
  }
  if (last->points.size() >= block_points_max) return append_blocks(connection, series, pack_blocks(points));
  std::vector<Point> grown = last->points;
  grown.insert(grown.end(), points.begin(), points.end());
  drop_block(connection, series, last->key);
  append_blocks(connection, series, pack_blocks(grown));
}

}  // namespace

void throw_damaged(std::string_view what, Id id) {
  throw db::Unusable(fmt::format("points of {} {} are damaged: restore a backup", what, id));
}

void throw_where_own(db::Connection& connection, Id series, const std::vector<Id>& damaged_runs) {
  for (const Id run : damaged_runs) {
    const auto own = connection.require_integer(
        "SELECT count(*) FROM run r JOIN series s ON s.project_id = r.project_id WHERE r.id = $1 AND s.id = $2",
        {run, series});
    if (own > 0) throw_damaged("run", run);
  }
}

std::vector<Point> read_pending(db::Connection& connection, Id series) {
  std::vector<Point> points;
  std::vector<Id> damaged;
  connection.query("SELECT run_id, at_us, packed FROM run_points WHERE series_group = $1", {group_of(series)},
                   [&](const db::Row& row) {
                     const auto found = find_in_run(row.blob(2), series);
                     if (!found) damaged.push_back(row.integer(0));
                     if (found && *found) points.push_back({row.integer(1), row.integer(0), **found});
                   });
  throw_where_own(connection, series, damaged);
  return points;
}

void insert_run_rows(db::Connection& connection, std::int64_t at_us, Id run, std::span<const SeriesPoint> points) {
  using db::ColumnType;
  static const db::Columns to = {"run_points",
                                 {{"series_group", ColumnType::integer},
                                  {"run_id", ColumnType::integer},
                                  {"at_us", ColumnType::integer},
                                  {"packed", ColumnType::blob}}};
  std::vector<std::pair<Id, std::string>> rows;
  for (auto first = points.begin(); first != points.end();) {
    const Id group = group_of(first->series);
    const auto end =
        std::find_if(first, points.end(), [&](const SeriesPoint& point) { return group_of(point.series) != group; });
    rows.emplace_back(group, pack_run({first, end}));
    first = end;
  }
  std::vector<db::Param> values;
  for (const auto& [group, packed] : rows)
    values.insert(values.end(), {group, run, at_us, as_blob(packed)});
  connection.append(to, values);
}

std::vector<SeriesPoint> read_run_row(db::Connection& connection, Id group, Id run) {
  std::vector<SeriesPoint> points;
  connection.query("SELECT packed FROM run_points WHERE series_group = $1 AND run_id = $2", {group, run},
                   [&](const db::Row& row) {
                     auto unpacked = unpack_run(row.blob(0));
                     if (!unpacked) throw_damaged("run", run);
                     points = std::move(*unpacked);
                   });
  return points;
}

void set_run_row(db::Connection& connection, Id group, std::int64_t at_us, Id run,
                 std::span<const SeriesPoint> points) {
  connection.execute("DELETE FROM run_points WHERE series_group = $1 AND run_id = $2", {group, run});
  insert_run_rows(connection, at_us, run, points);
}

std::vector<std::pair<Id, PointValue>> read_excluded(db::Connection& connection, Id series) {
  std::vector<std::pair<Id, PointValue>> found;
  connection.query("SELECT run_id, packed FROM excluded_points WHERE series_group = $1", {group_of(series)},
                   [&](const db::Row& row) {
                     const auto point = find_in_run(row.blob(1), series);
                     if (point && *point) found.emplace_back(row.integer(0), **point);
                   });
  return found;
}

std::vector<SeriesPoint> read_excluded_row(db::Connection& connection, Id group, Id run) {
  std::vector<SeriesPoint> points;
  connection.query("SELECT packed FROM excluded_points WHERE run_id = $1 AND series_group = $2", {run, group},
                   [&](const db::Row& row) {
                     auto unpacked = unpack_run(row.blob(0));
                     if (!unpacked) throw_damaged("excluded run", run);
                     points = std::move(*unpacked);
                   });
  return points;
}

std::vector<SeriesPoint> read_excluded_run(db::Connection& connection, Id run) {
  std::vector<SeriesPoint> points;
  connection.query("SELECT packed FROM excluded_points WHERE run_id = $1 ORDER BY series_group", {run},
                   [&](const db::Row& row) {
                     const auto unpacked = unpack_run(row.blob(0));
                     if (!unpacked) throw_damaged("excluded run", run);
                     points.insert(points.end(), unpacked->begin(), unpacked->end());
                   });
  return points;
}

void set_excluded_row(db::Connection& connection, Id group, Id run, std::span<const SeriesPoint> points) {
  connection.execute("DELETE FROM excluded_points WHERE run_id = $1 AND series_group = $2", {run, group});
  if (points.empty()) return;
  const auto packed = pack_run(points);
  connection.execute("INSERT INTO excluded_points (run_id, series_group, packed) VALUES ($1, $2, $3)",
                     {run, group, as_blob(packed)});
}

std::vector<SeriesPoint>::iterator find_place(std::vector<SeriesPoint>& points, Id series) {
  return std::lower_bound(points.begin(), points.end(), series,
                          [](const SeriesPoint& point, Id id) { return point.series < id; });
}

bool is_at(const std::vector<SeriesPoint>& points, std::vector<SeriesPoint>::const_iterator place, Id series) {
  return place != points.end() && place->series == series;
}

void change_blocks(db::Connection& connection, Id series, std::int64_t from_us, std::int64_t to_us,
                   const std::function<bool(std::vector<Point>& points)>& change) {
  std::vector<Point> points;
  std::vector<BlockKey> stored;
  // The block that begins before from_us may end after it.
  connection.query(
      "SELECT first_at_us, first_run, packed FROM point_block WHERE series_id = $1 AND first_at_us <= $3 AND "
      "first_at_us >= coalesce((SELECT max(q.first_at_us) FROM point_block q WHERE q.series_id = $1 "
      "AND q.first_at_us < $2), $2) ORDER BY first_at_us, first_run",
      {series, from_us, to_us}, [&](const db::Row& row) {
        stored.push_back({row.integer(0), row.integer(1)});
        if (!unpack_block(row.blob(2), points)) throw_damaged("series", series);
      });
  if (!change(points)) return;
  for (const auto& block : stored)
    drop_block(connection, series, block);
  append_blocks(connection, series, pack_blocks(points));
}

bool compact_group(db::Connection& connection, Id group) {
  const auto pending = read_pending_rows(connection, group);
  const auto last = read_last_blocks(connection, group);
  if (!pending || !last) return false;
  for (auto first = pending->begin(); first != pending->end();) {
    const Id series = first->first;
    std::vector<Point> points;
    for (; first != pending->end() && first->first == series; ++first)
      points.push_back(first->second);
    const auto found = last->find(series);
    add_to_blocks(connection, series, points, found == last->end() ? nullptr : &found->second);
  }
  connection.execute("DELETE FROM run_points WHERE series_group = $1", {group});
  return true;
}

void compact_pending(db::Connection& connection, std::span<const Id> series) {
  std::vector<Id> groups;
  for (const Id id : series) {
    if (groups.empty() || groups.back() != group_of(id)) groups.push_back(group_of(id));
  }
  constexpr std::size_t share =
      16;  // one sixteenth of an upload's groups: all have their turn before they are due again
  std::size_t left = std::max<std::size_t>(1, groups.size() / share);
  std::vector<Id> due;
  db::for_each_part(groups, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.query("SELECT series_group FROM run_points WHERE series_group IN " + places +
                         " GROUP BY series_group HAVING count(*) >= " + std::to_string(pending_rows_max),
                     params, [&](const db::Row& row) { due.push_back(row.integer(0)); });
  });
  for (const Id group : due) {
    if (left == 0) return;
    if (compact_group(connection, group)) {
      --left;
    } else {  // other projects share the group: their uploads must go on
      spdlog::warn("points of series {} to {} are damaged and stay as they were uploaded: restore a backup",
                   group * series_in_a_group, (group + 1) * series_in_a_group - 1);
    }
  }
}

}  // namespace perftrend::points
