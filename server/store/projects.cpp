#include "server/store/projects.h"

#include <algorithm>

namespace perftrend::store {
namespace {

constexpr int gap_runs = 20;  // how many of the newest runs say what the usual gap between two is

const std::string project_columns =
    "SELECT p.id, p.name, p.created_us, "
    "(SELECT count(*) FROM run r WHERE r.project_id = p.id), "
    "(SELECT count(*) FROM series s WHERE s.project_id = p.id), "
    "(SELECT coalesce(sum(s.points), 0) FROM series s WHERE s.project_id = p.id), "
    "(SELECT count(DISTINCT coalesce(-g.common_shift_run, g.id)) FROM regression g WHERE g.project_id = p.id AND "
    "g.worse = 1 "
    "AND g.alerting = 1 AND g.state <= 2), "
    "(SELECT max(r.started_us) FROM run r WHERE r.project_id = p.id) FROM project p ";

Project read_project(const db::Row& row) {
  return {row.integer(0), row.string(1),  row.integer(2), row.integer(3),
          row.integer(4), row.integer(5), row.integer(6), row.optional_integer(7)};
}

}  // namespace

std::vector<Project> list_projects(db::Connection& connection) {
  static const std::string sql = project_columns + "ORDER BY p.name";
  std::vector<Project> projects;
  connection.query(sql, {}, [&](const db::Row& row) { projects.push_back(read_project(row)); });
  return projects;
}

std::optional<Project> find_project(db::Connection& connection, std::string_view name) {
  static const std::string sql = project_columns + "WHERE p.name = $1";
  std::optional<Project> found;
  connection.query(sql, {name}, [&](const db::Row& row) { found = read_project(row); });
  return found;
}

std::optional<Id> find_project_id(db::Connection& connection, std::string_view name) {
  return connection.query_integer("SELECT id FROM project WHERE name = $1", {name});
}

std::vector<Lane> list_lanes(db::Connection& connection, Id project) {
  std::vector<Lane> lanes;
  connection.query("SELECT testbed, branch, count(*) FROM run WHERE project_id = $1 GROUP BY testbed, branch",
                   {project}, [&](const db::Row& row) {
                     Lane lane;
                     lane.testbed = row.string(0);
                     lane.branch = row.string(1);
                     lane.runs = row.integer(2);
                     lanes.push_back(std::move(lane));
                   });
  for (auto& lane : lanes) {
    RunFilter newest;
    newest.testbed = lane.testbed;
    newest.branch = lane.branch;
    newest.limit = 1;
    lane.last_run = list_runs(connection, project, newest).at(0);
    connection.query(
        "SELECT started_us FROM run WHERE project_id = $1 AND testbed = $2 AND branch = $3 "
        "ORDER BY at_us DESC, id DESC LIMIT $4",
        {project, lane.testbed, lane.branch, gap_runs},
        [&](const db::Row& row) { lane.started_us.push_back(row.integer(0)); });
    lane.open_regressions = connection.require_integer(
        "SELECT count(DISTINCT coalesce(-g.common_shift_run, g.id)) FROM regression g JOIN series s ON s.id = "
        "g.series_id "
        "WHERE g.project_id = $1 AND s.testbed = $2 AND s.branch = $3 AND g.worse = 1 AND g.alerting = 1 "
        "AND g.state <= 2",
        {project, lane.testbed, lane.branch});
  }
  std::sort(lanes.begin(), lanes.end(),
            [](const Lane& a, const Lane& b) { return a.last_run.started_us > b.last_run.started_us; });
  return lanes;
}

std::vector<std::string> list_metrics(db::Connection& connection, Id project) {
  std::vector<std::string> metrics;
  connection.query("SELECT DISTINCT metric FROM series WHERE project_id = $1 ORDER BY metric", {project},
                   [&](const db::Row& row) { metrics.push_back(row.string(0)); });
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
