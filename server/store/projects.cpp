#include "server/store/projects.h"

namespace perftrend::store {
namespace {

/// One row for each project. Costs a look at its lanes and at its open regressions.
std::string project_query(std::string_view lanes, std::string_view condition) {
  return "SELECT p.id, p.name, p.created_us, coalesce(l.runs, 0), coalesce(l.series, 0), coalesce(l.points, 0), "
         "(SELECT count(DISTINCT coalesce(-g.common_shift_run, g.id)) FROM regression g WHERE g.project_id = p.id "
         "AND g.worse = 1 AND g.alerting = 1 AND g.state IN (1, 2)), l.last_us, p.default_branch, "
         "p.default_branch_source "
         "FROM project p LEFT JOIN (SELECT project_id, CAST(sum(runs) AS BIGINT) AS runs, "
         "CAST(sum(series) AS BIGINT) AS series, CAST(sum(points) AS BIGINT) AS points, "
         "max(last_started_us) AS last_us FROM lane " +
         std::string(lanes) + " GROUP BY project_id) l ON l.project_id = p.id " + std::string(condition);
}

Project read_project(const db::Row& row) {
  return {row.integer(0), row.string(1),           row.integer(2),
          row.integer(3), row.integer(4),          row.integer(5),
          row.integer(6), row.optional_integer(7), {row.string(8), static_cast<DefaultBranchSource>(row.integer(9))}};
}

}  // namespace

std::vector<Project> list_projects(db::Connection& connection) {
  static const std::string sql = project_query("", "WHERE substr(p.name, 1, 1) <> '~' ORDER BY p.name");
  std::vector<Project> projects;
  connection.query(sql, {}, [&](const db::Row& row) { projects.push_back(read_project(row)); });
  return projects;
}

std::optional<Project> find_project(db::Connection& connection, std::string_view name) {
  static const std::string sql =
      project_query("WHERE project_id = (SELECT id FROM project WHERE name = $1)", "WHERE p.name = $1");
  std::optional<Project> found;
  connection.query(sql, {name}, [&](const db::Row& row) { found = read_project(row); });
  return found;
}

std::optional<Id> find_project_id(db::Connection& connection, std::string_view name) {
  return connection.query_integer("SELECT id FROM project WHERE name = $1", {name});
}

std::vector<std::string> list_metrics(db::Connection& connection, Id project, int limit) {
  std::vector<std::string> metrics;
  // One look at the index for each metric: a project may have a hundred thousand series of few metrics.
  connection.query(
      "WITH RECURSIVE m (metric) AS (SELECT min(metric) FROM series WHERE project_id = $1 UNION ALL "
      "SELECT (SELECT min(s.metric) FROM series s WHERE s.project_id = $1 AND s.metric > m.metric) FROM m "
      "WHERE m.metric IS NOT NULL) SELECT metric FROM m WHERE metric IS NOT NULL LIMIT $2",
      {project, limit}, [&](const db::Row& row) { metrics.push_back(row.string(0)); });
  return metrics;
}

std::vector<MetricKind> list_metric_kinds(db::Connection& connection, Id project) {
  std::vector<MetricKind> kinds;
  connection.query(
      "SELECT metric, unit, better_lower, count(*) FROM series WHERE project_id = $1 "
      "GROUP BY metric, unit, better_lower ORDER BY metric, unit, better_lower",
      {project}, [&](const db::Row& row) {
        kinds.push_back(
            {row.string(0), row.string(1), row.integer(2) == 1 ? Better::lower : Better::higher, row.integer(3)});
      });
  return kinds;
}

}  // namespace perftrend::store
