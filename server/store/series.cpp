#include "server/store/series.h"

#include <algorithm>
#include <unordered_map>

#include "server/store/id_lists.h"
#include "server/store/run_rows.h"
#include "server/store/run_series.h"

namespace perftrend::store {
namespace {

constexpr int sparkline_points = 30;

/// A pattern with * and ? as LIKE's, with \ as its escape. SQLite's LIKE takes no notice of case, PostgreSQL's does:
/// both sides are lowered where it is used.
std::string like_pattern(std::string_view pattern) {
  std::string like;
  for (const char c : pattern) {
    if (c == '*') {
      like += '%';
    } else if (c == '?') {
      like += '_';
    } else {
      if (c == '%' || c == '_' || c == '\\') like += '\\';
      like += c;
    }
  }
  return like;
}

std::string part_pattern(std::string_view text) {
  const bool is_pattern = text.find_first_of("*?") != std::string_view::npos;
  return is_pattern ? like_pattern(text) : "%" + like_pattern(text) + "%";
}

constexpr std::string_view matching =
    "FROM series s JOIN test_case c ON c.id = s.case_id WHERE s.project_id = $1 "
    "AND (s.metric = $6 OR ($6 = '' AND lower(s.metric) LIKE lower($2) ESCAPE '\\')) "
    "AND (lower(c.suite) LIKE lower($3) ESCAPE '\\' OR lower(c.classname) LIKE lower($3) ESCAPE '\\' "
    "OR lower(c.name) LIKE lower($3) ESCAPE '\\') "
    "AND ($4 = '' OR s.testbed = $4) AND ($5 = '' OR s.branch = $5)";

SeriesKey read_key(const db::Row& row) {
  return {
      row.integer(0), {row.string(1), row.string(2), row.string(3)},       row.string(4), row.string(5), row.string(7),
      row.string(8),  row.integer(6) == 1 ? Better::lower : Better::higher};
}

constexpr std::string_view key_columns =
    "SELECT s.id, c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, s.testbed, s.branch ";

/// The same series as `matching`, of the page that $7 and the order cut out.
constexpr std::string_view page_order =
    " ORDER BY c.suite, c.classname, c.name, s.metric, s.testbed, s.branch, s.id LIMIT $7";

/// The newest points of every series of a page in one query: those not older than its sparkline_points-th. Several may
/// stand at one time, so there can be a few too many.
std::string sparklines_sql() {
  return "SELECT n.id, p.at_us, p.run_id, p.value, CASE WHEN r.suspect = '' THEN 0 ELSE 1 END "
         "FROM (SELECT s.id AS id, coalesce((SELECT q.at_us FROM point q WHERE q.series_id = s.id "
         "ORDER BY q.at_us DESC LIMIT 1 OFFSET $8), -9223372036854775807) AS since_us " +
         std::string(matching) + std::string(page_order) +
         ") n JOIN point p ON p.series_id = n.id AND p.at_us >= n.since_us JOIN run r ON r.id = p.run_id "
         "ORDER BY n.id, p.at_us DESC, p.run_id DESC";
}

/// Adds the next older point.
void add_to_sparkline(Series& series, const db::Row& row, int place) {
  const bool suspect = row.integer(4) == 1;
  if (place == 0) {
    series.last_at_us = row.integer(1);
    series.last_run = row.integer(2);
    series.last_value = row.real(3);
    series.last_suspect = suspect;
  }
  if (!suspect) series.sparkline.push_back(row.real(3));
}

void read_sparklines(db::Connection& connection, db::Params of_the_page, std::vector<Series>& page) {
  static const std::string sql = sparklines_sql();
  std::unordered_map<Id, Series*> by_id;
  for (auto& series : page)
    by_id[series.key.id] = &series;
  std::vector<db::Param> params(of_the_page.begin(), of_the_page.end());
  params.emplace_back(sparkline_points - 1);
  Id current = 0;
  int place = 0;
  connection.query(sql, params, [&](const db::Row& row) {
    place = row.integer(0) == current ? place + 1 : 0;
    current = row.integer(0);
    const auto found = by_id.find(current);
    if (found != by_id.end() && place < sparkline_points) add_to_sparkline(*found->second, row, place);
  });
  for (auto& series : page)
    std::reverse(series.sparkline.begin(), series.sparkline.end());
}

}  // namespace

SeriesPage list_series(db::Connection& connection, Id project, const SeriesFilter& filter) {
  static const std::string count_sql = "SELECT count(*) " + std::string(matching);
  static const std::string list_sql =
      std::string(key_columns) +
      ", s.points, (SELECT max(g.state) FROM regression g WHERE g.series_id = s.id AND g.worse = 1 AND g.state <= 2) " +
      std::string(matching) + std::string(page_order);
  const bool is_pattern = filter.metric.find_first_of("*?") != std::string::npos;
  const std::string metric = is_pattern ? like_pattern(filter.metric) : "%";
  const std::string exact = is_pattern ? "" : filter.metric;
  const std::string part = part_pattern(filter.case_text);
  SeriesPage page;
  page.total = connection.require_integer(count_sql, {project, metric, part, filter.testbed, filter.branch, exact});
  const std::vector<db::Param> params = {project, metric, part, filter.testbed, filter.branch, exact, filter.limit};
  connection.query(list_sql, params, [&](const db::Row& row) {
    Series series;
    series.key = read_key(row);
    series.points = row.integer(9);
    if (!row.is_null(10)) series.open_regression = static_cast<FindingState>(row.integer(10));
    page.series.push_back(std::move(series));
  });
  read_sparklines(connection, params, page.series);
  return page;
}

std::optional<SeriesKey> find_series(db::Connection& connection, Id project, Id series) {
  static const std::string sql = std::string(key_columns) +
                                 "FROM series s JOIN test_case c ON c.id = s.case_id "
                                 "WHERE s.project_id = $1 AND s.id = $2";
  std::optional<SeriesKey> found;
  connection.query(sql, {project, series}, [&](const db::Row& row) { found = read_key(row); });
  return found;
}

std::vector<RunSeries> list_run_series(db::Connection& connection, Id run, std::vector<PointOfRun>* points) {
  static const std::string select =
      std::string(key_columns) +
      ", s.case_id, s.points, p.value, p.minimum, p.mad, p.samples FROM series s JOIN test_case c ON c.id = s.case_id "
      "JOIN point p ON p.series_id = s.id AND p.at_us = $1 AND p.run_id = $2 WHERE s.id IN ";
  const auto place = find_run_place(connection, run);
  std::vector<RunSeries> series;
  for_each_part(place.series, 3, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {place.at_us, run};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(select + places + " ORDER BY s.id", params, [&](const db::Row& row) {
      series.push_back({read_key(row), row.integer(9), row.integer(10)});
      if (points == nullptr) return;
      const auto samples = row.integer(14);
      const double value = row.real(11);
      points->push_back({value, point_minimum(value, row.real(12), samples), row.real(13), samples});
    });
  });
  return series;
}

std::vector<RunSeries> list_series_keys(db::Connection& connection, Id project, Id case_id, Id series, int limit) {
  static const std::string sql =
      std::string(key_columns) +
      ", s.case_id, s.points FROM series s JOIN test_case c ON c.id = s.case_id WHERE s.project_id = $1 "
      "AND ($2 = 0 OR s.case_id = $2) AND ($3 = 0 OR s.id = $3) ORDER BY s.id LIMIT $4";
  std::vector<RunSeries> found;
  connection.query(sql, {project, case_id, series, limit}, [&](const db::Row& row) {
    found.push_back({read_key(row), row.integer(9), row.integer(10)});
  });
  return found;
}

std::vector<Id> list_long_series(db::Connection& connection, Id project, std::size_t points_min) {
  std::vector<Id> ids;
  connection.query("SELECT id FROM series WHERE project_id = $1 AND points >= $2 ORDER BY id",
                   {project, static_cast<std::int64_t>(points_min)},
                   [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::int64_t count_series_points(db::Connection& connection, Id series) {
  return connection.query_integer("SELECT points FROM series WHERE id = $1", {series}).value_or(0);
}

TrendColumns read_trend(db::Connection& connection, Id series, std::int64_t last) {
  TrendColumns trend;
  connection.query(
      "SELECT p.at_us, p.run_id, r.commit_id, p.value, p.minimum, p.mad, p.samples, r.environment_id, "
      "CASE WHEN r.suspect = '' THEN 0 ELSE 1 END "
      "FROM point p JOIN run r ON r.id = p.run_id WHERE p.series_id = $1 "
      "ORDER BY p.at_us DESC, p.run_id DESC LIMIT $2",
      {series, last}, [&](const db::Row& row) {
        trend.at_us.push_back(row.integer(0));
        trend.run.push_back(row.integer(1));
        trend.commit.push_back(row.string(2));
        trend.value.push_back(row.real(3));
        trend.min.push_back(point_minimum(row.real(3), row.real(4), row.integer(6)));
        trend.mad.push_back(row.real(5));
        trend.samples.push_back(row.integer(6));
        trend.environment.push_back(row.integer(7));
        trend.suspect.push_back(static_cast<char>(row.integer(8)));
      });
  const auto turn = [](auto&... columns) { (std::reverse(columns.begin(), columns.end()), ...); };
  turn(trend.at_us, trend.run, trend.commit, trend.value, trend.min, trend.mad, trend.samples, trend.environment,
       trend.suspect);
  return trend;
}

}  // namespace perftrend::store
