#include "server/store/series.h"

#include <algorithm>

namespace perftrend::store {
namespace {

constexpr int sparkline_points = 30;

/// A pattern with * and ? as LIKE's, with \ as its escape.
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
    "AND (s.metric = $6 OR ($6 = '' AND s.metric LIKE $2 ESCAPE '\\')) "
    "AND (c.suite LIKE $3 ESCAPE '\\' OR c.classname LIKE $3 ESCAPE '\\' OR c.name LIKE $3 ESCAPE '\\') "
    "AND ($4 = '' OR s.testbed = $4) AND ($5 = '' OR s.branch = $5)";

SeriesKey read_key(const db::Row& row) {
  return {
      row.integer(0), {row.string(1), row.string(2), row.string(3)},       row.string(4), row.string(5), row.string(7),
      row.string(8),  row.integer(6) == 1 ? Better::lower : Better::higher};
}

constexpr std::string_view key_columns =
    "SELECT s.id, c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, s.testbed, s.branch ";

void read_sparkline(db::Connection& connection, Series& series) {
  connection.query(
      "SELECT p.at_us, p.run_id, p.value, CASE WHEN r.suspect = '' THEN 0 ELSE 1 END "
      "FROM point p JOIN run r ON r.id = p.run_id WHERE p.series_id = $1 "
      "ORDER BY p.at_us DESC, p.run_id DESC LIMIT $2",
      {series.key.id, sparkline_points}, [&](const db::Row& row) {
        const bool suspect = row.integer(3) == 1;
        if (series.last_run == 0) {
          series.last_at_us = row.integer(0);
          series.last_run = row.integer(1);
          series.last_value = row.real(2);
          series.last_suspect = suspect;
        }
        if (!suspect) series.sparkline.push_back(row.real(2));
      });
  std::reverse(series.sparkline.begin(), series.sparkline.end());
}

}  // namespace

SeriesPage list_series(db::Connection& connection, Id project, const SeriesFilter& filter) {
  static const std::string count_sql = "SELECT count(*) " + std::string(matching);
  static const std::string list_sql =
      std::string(key_columns) +
      ", s.points, (SELECT max(g.state) FROM regression g WHERE g.series_id = s.id AND g.worse = 1 AND g.state <= 2) " +
      std::string(matching) + " ORDER BY c.suite, c.classname, c.name, s.metric, s.testbed, s.branch, s.id LIMIT $7";
  const bool is_pattern = filter.metric.find_first_of("*?") != std::string::npos;
  const std::string metric = is_pattern ? like_pattern(filter.metric) : "%";
  const std::string exact = is_pattern ? "" : filter.metric;
  const std::string part = part_pattern(filter.case_text);
  SeriesPage page;
  page.total = connection.require_integer(count_sql, {project, metric, part, filter.testbed, filter.branch, exact});
  connection.query(list_sql, {project, metric, part, filter.testbed, filter.branch, exact, filter.limit},
                   [&](const db::Row& row) {
                     Series series;
                     series.key = read_key(row);
                     series.points = row.integer(9);
                     if (!row.is_null(10)) series.open_regression = static_cast<FindingState>(row.integer(10));
                     page.series.push_back(std::move(series));
                   });
  for (auto& series : page.series)
    read_sparkline(connection, series);
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

std::vector<RunSeries> list_run_series(db::Connection& connection, Id run) {
  static const std::string sql = std::string(key_columns) +
                                 ", s.case_id FROM point p JOIN series s ON s.id = p.series_id "
                                 "JOIN test_case c ON c.id = s.case_id WHERE p.run_id = $1 ORDER BY s.id";
  std::vector<RunSeries> series;
  connection.query(sql, {run}, [&](const db::Row& row) { series.push_back({read_key(row), row.integer(9)}); });
  return series;
}

std::vector<RunSeries> list_series_keys(db::Connection& connection, Id project, Id case_id, Id series, int limit) {
  static const std::string sql =
      std::string(key_columns) +
      ", s.case_id FROM series s JOIN test_case c ON c.id = s.case_id WHERE s.project_id = $1 "
      "AND ($2 = 0 OR s.case_id = $2) AND ($3 = 0 OR s.id = $3) ORDER BY s.id LIMIT $4";
  std::vector<RunSeries> found;
  connection.query(sql, {project, case_id, series, limit}, [&](const db::Row& row) {
    found.push_back({read_key(row), row.integer(9)});
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
        trend.min.push_back(row.real(4));
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
