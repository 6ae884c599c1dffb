#include "server/store/readings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <span>

#include "server/points/points.h"
#include "server/store/run_rows.h"
#include "server/store/series.h"

namespace perftrend::store {
namespace {

std::vector<Id> list_ids(db::Connection& connection, std::string_view sql, std::initializer_list<db::Param> params) {
  std::vector<Id> ids;
  connection.query(sql, params, [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::optional<SeriesUnit> find_unit(db::Connection& connection, std::string_view sql,
                                    std::initializer_list<db::Param> params) {
  std::optional<SeriesUnit> found;
  connection.query(sql, params, [&](const db::Row& row) {
    found = SeriesUnit{row.integer(0), row.string(1), row.integer(2)};
  });
  return found;
}

}  // namespace

std::vector<Id> list_run_ids(db::Connection& connection, Id project, Id after, int limit) {
  return list_ids(connection, "SELECT id FROM run WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3",
                  {project, after, limit});
}

std::optional<SeriesUnit> find_series_unit(db::Connection& connection, Id project, const MetricValue& metric_value,
                                           const SeriesScope& scope) {
  return find_unit(
      connection,
      "SELECT s.id, s.unit, s.points FROM series s JOIN test_case c ON c.id = s.case_id "
      "WHERE c.project_id = $1 AND c.name = $2 AND c.classname = $3 AND c.suite = $4 "
      "AND s.project_id = $1 AND s.metric = $5 AND s.testbed = $6 AND s.branch = $7 "
      "AND s.configuration_id = $8 AND s.purpose = $9",
      {project, metric_value.key.name.view(), metric_value.key.classname.view(), metric_value.key.suite.view(),
       metric_value.metric.view(), scope.testbed, scope.branch, scope.configuration, static_cast<int>(scope.purpose)});
}

std::optional<SeriesUnit> find_series_unit(db::Connection& connection, Id series) {
  return find_unit(connection, "SELECT id, unit, points FROM series WHERE id = $1", {series});
}

bool is_unit_by_person(db::Connection& connection, Id series) {
  return connection.query_integer("SELECT unit_source FROM series WHERE id = $1", {series}) ==
         static_cast<std::int64_t>(StatedBy::person);
}

std::optional<Id> find_first_run(db::Connection& connection, Id series) {
  const auto points = points::read_history(connection, series, std::numeric_limits<std::int64_t>::max());
  const auto first = std::min_element(points.begin(), points.end(),
                                      [](const points::Point& a, const points::Point& b) { return a.run < b.run; });
  return first == points.end() ? std::nullopt : std::optional(first->run);
}

void set_point(db::Connection& connection, Id series, std::int64_t at_us, Id run, const MetricValue& metric_value) {
  points::set(connection, run, at_us, point_of(series, metric_value));
}

void remove_point(db::Connection& connection, Id series, std::int64_t at_us, Id run) {
  const points::PointPlace place = {at_us, run};
  points::remove(connection, series, {&place, 1});
}

void set_series_unit(db::Connection& connection, Id series, std::string_view unit, Better better) {
  connection.execute("UPDATE series SET unit = $1, better_lower = $2 WHERE id = $3",
                     {unit, better == Better::lower ? 1 : 0, series});
  points::bump_revision_of_series(connection, series);
}

void drop_unused_series(db::Connection& connection, Id series) {
  if (points::has_excluded(connection, series)) return;
  points::bump_revision_of_series(connection, series);
  connection.execute(
      "DELETE FROM series WHERE id = $1 AND points = 0 "
      "AND NOT EXISTS (SELECT 1 FROM regression WHERE regression.series_id = series.id)",
      {series});
}

void set_cases(db::Connection& connection, Id project, Id run, const std::vector<ReportCase>& cases) {
  connection.execute("DELETE FROM run_case WHERE run_id = $1", {run});
  CaseIds ids(connection, project);
  std::vector<Id> case_ids;
  case_ids.reserve(cases.size());
  for (const auto& each : cases)
    case_ids.push_back(ids.upsert(each.key));
  insert_cases(connection, run, cases, case_ids);
}

void set_warnings(db::Connection& connection, Id run, const std::vector<std::string>& warnings) {
  connection.execute("UPDATE run SET warnings_json = $1 WHERE id = $2", {nlohmann::json(warnings).dump(), run});
}

void set_reading(db::Connection& connection, Id project, Id run, const Counts& counts, const Coordinates& where) {
  connection.execute(
      "UPDATE run SET environment_id = $1, suspect = CASE WHEN suspect_by = '' THEN $2 ELSE suspect END, "
      "suspect_reported = $2, cases = $3, passed = $4, failed = $5, errored = $6, "
      "skipped = $7, notrun = $8, properties = $9, time_seconds = $10, configuration_id = $11, subject_json = $12 "
      "WHERE id = $13",
      {upsert_facts(connection, FactsTable::environment, project, where.environment), where.suspect, counts.cases,
       counts.passed, counts.failed, counts.errored, counts.skipped, counts.notrun, counts.properties,
       counts.time_seconds, upsert_facts(connection, FactsTable::configuration, project, where.configuration),
       facts_text(where.subject), run});
  count_points(connection, run);
  points::bump_revision(connection, project);
}

void count_points(db::Connection& connection, Id run) {
  connection.execute("UPDATE run SET points = $1 WHERE id = $2",
                     {static_cast<std::int64_t>(list_run_series(connection, run).size()), run});
}

}  // namespace perftrend::store
