#include "server/store/series.h"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "server/db/id_parts.h"
#include "server/points/points.h"
#include "server/store/like_pattern.h"

namespace perftrend::store {
namespace {

constexpr std::size_t sparkline_points = 30;

constexpr std::string_view matching =
    "FROM series s JOIN test_case c ON c.id = s.case_id JOIN configuration f ON f.id = s.configuration_id WHERE "
    "s.project_id = $1 "
    "AND (s.metric = $6 OR ($6 = '' AND lower(s.metric) LIKE lower($2) ESCAPE '\\')) "
    "AND (lower(c.suite) LIKE lower($3) ESCAPE '\\' OR lower(c.classname) LIKE lower($3) ESCAPE '\\' "
    "OR lower(c.name) LIKE lower($3) ESCAPE '\\') "
    "AND ($4 = '' OR s.testbed = $4) AND ($5 = '' OR s.branch = $5) AND ($7 < 0 OR s.purpose = $7)";

SeriesKey read_key(const db::Row& row) {
  return {row.integer(0),
          {row.string(1), row.string(2), row.string(3)},
          row.string(4),
          row.string(5),
          row.string(7),
          row.string(8),
          row.integer(6) == 1 ? Better::lower : Better::higher,
          static_cast<Purpose>(row.integer(9)),
          row.string(10)};
}

constexpr std::string_view key_columns =
    "SELECT s.id, c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, s.testbed, s.branch, s.purpose, "
    "f.parts_json ";

constexpr std::string_view page_order =
    " ORDER BY c.suite, c.classname, c.name, s.metric, s.testbed, s.branch, s.id LIMIT $8";

/// Those of the runs that were measured while the machine was not fit.
std::unordered_set<Id> find_suspect_runs(db::Connection& connection, std::span<const Id> runs) {
  std::unordered_set<Id> suspect;
  db::for_each_part(runs, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.query("SELECT id FROM run WHERE suspect <> '' AND id IN " + places, params,
                     [&](const db::Row& row) { suspect.insert(row.integer(0)); });
  });
  return suspect;
}

void read_sparklines(db::Connection& connection, std::vector<Series>& page) {
  std::vector<Id> ids;
  ids.reserve(page.size());
  for (const auto& series : page)
    ids.push_back(series.key.id);
  const auto newest = points::read_newest(connection, ids, sparkline_points);
  std::set<Id> runs;
  for (const auto& [id, points] : newest) {
    for (const auto& point : points)
      runs.insert(point.run);
  }
  const auto suspect = find_suspect_runs(connection, std::vector<Id>(runs.begin(), runs.end()));
  for (auto& series : page) {
    const auto found = newest.find(series.key.id);
    if (found == newest.end() || found->second.empty()) continue;
    const auto& last = found->second.back();
    series.last_at_us = last.at_us;
    series.last_run = last.run;
    series.last_value = last.value.median;
    series.last_suspect = suspect.contains(last.run);
    for (const auto& point : found->second) {
      if (!suspect.contains(point.run)) series.sparkline.push_back(point.value.median);
    }
    series.window_points = static_cast<int>(series.sparkline.size()) - (series.last_suspect ? 0 : 1);
  }
}

}  // namespace

SeriesPage list_series(db::Connection& connection, Id project, const SeriesFilter& filter) {
  static const std::string count_sql = "SELECT count(*) " + std::string(matching);
  static const std::string list_sql =
      std::string(key_columns) +
      ", s.points, (SELECT max(g.state) FROM regression g WHERE g.series_id = s.id AND g.worse = 1 "
      "AND g.state IN (1, 2)) " +
      std::string(matching) + std::string(page_order);
  const bool is_pattern = filter.metric.find_first_of("*?") != std::string::npos;
  const std::string metric = is_pattern ? like_pattern(filter.metric) : "%";
  const std::string exact = is_pattern ? "" : filter.metric;
  const std::string part = part_pattern(filter.case_text);
  SeriesPage page;
  const int purpose = filter.purpose ? static_cast<int>(*filter.purpose) : -1;
  page.total =
      connection.require_integer(count_sql, {project, metric, part, filter.testbed, filter.branch, exact, purpose});
  const std::vector<db::Param> params = {project,       metric, part,    filter.testbed,
                                         filter.branch, exact,  purpose, filter.limit};
  connection.query(list_sql, params, [&](const db::Row& row) {
    Series series;
    series.key = read_key(row);
    series.points = row.integer(11);
    if (!row.is_null(12)) series.open_regression = static_cast<FindingState>(row.integer(12));
    page.series.push_back(std::move(series));
  });
  read_sparklines(connection, page.series);
  return page;
}

std::optional<SeriesKey> find_series(db::Connection& connection, Id project, Id series) {
  static const std::string sql =
      std::string(key_columns) +
      "FROM series s JOIN test_case c ON c.id = s.case_id JOIN configuration f ON f.id = s.configuration_id "
      "WHERE s.project_id = $1 AND s.id = $2";
  std::optional<SeriesKey> found;
  connection.query(sql, {project, series}, [&](const db::Row& row) { found = read_key(row); });
  return found;
}

std::vector<RunSeries> list_run_series(db::Connection& connection, Id run) {
  static const std::string select = std::string(key_columns) +
                                    ", s.case_id, s.points FROM series s JOIN test_case c ON c.id = s.case_id JOIN "
                                    "configuration f ON f.id = s.configuration_id WHERE s.id IN ";
  const auto found = points::read_run(connection, run);
  std::vector<Id> ids;
  ids.reserve(found.size());
  for (const auto& point : found)
    ids.push_back(point.series);
  std::vector<RunSeries> series;
  series.reserve(found.size());
  db::for_each_part(ids, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.query(select + places + " ORDER BY s.id", params, [&](const db::Row& row) {
      series.push_back({read_key(row), row.integer(11), row.integer(12)});
    });
  });
  return series;
}

std::vector<RunSeries> list_series_keys(db::Connection& connection, Id project, Id case_id, Id series, int limit) {
  static const std::string sql =
      std::string(key_columns) +
      ", s.case_id, s.points FROM series s JOIN test_case c ON c.id = s.case_id JOIN configuration f ON f.id = "
      "s.configuration_id WHERE s.project_id = $1 AND s.purpose = 0 "
      "AND ($2 = 0 OR s.case_id = $2) AND ($3 = 0 OR s.id = $3) ORDER BY s.id LIMIT $4";
  std::vector<RunSeries> found;
  connection.query(sql, {project, case_id, series, limit}, [&](const db::Row& row) {
    found.push_back({read_key(row), row.integer(11), row.integer(12)});
  });
  return found;
}

std::vector<Id> list_lane_series(db::Connection& connection, Id project, std::string_view testbed,
                                 std::string_view branch) {
  std::vector<Id> ids;
  connection.query(
      "SELECT id FROM series WHERE project_id = $1 AND testbed = $2 AND branch = $3 AND purpose = 0 ORDER BY id",
      {project, testbed, branch}, [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::vector<Id> list_long_series(db::Connection& connection, Id project, std::size_t points_min) {
  std::vector<Id> ids;
  connection.query("SELECT id FROM series WHERE project_id = $1 AND points >= $2 AND purpose = 0 ORDER BY id",
                   {project, static_cast<std::int64_t>(points_min)},
                   [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::int64_t count_series_points(db::Connection& connection, Id series) {
  return connection.query_integer("SELECT points FROM series WHERE id = $1", {series}).value_or(0);
}

}  // namespace perftrend::store
