#include <algorithm>

#include "core/stats/median.h"
#include "core/time/rfc3339.h"
#include "server/http/json/json.h"
#include "server/http/routes/routes.h"

namespace perftrend::http {
namespace {

constexpr std::size_t gaps_needed = 2;            // fewer say nothing of a rhythm
constexpr double overdue_gaps = 1.5;              // a missing night is one that did not come, not one that is late
constexpr double overdue_seconds_more = 60 * 60;  // …by less than this

Answer json_answer(const Json& json) {
  return {200, "application/json", dump(json), {}, {}};
}

/// Median gap between runs that came one after the other, in seconds.
std::optional<double> usual_gap_seconds(const store::Lane& lane) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < lane.started_us.size(); ++i) {
    gaps.push_back(static_cast<double>(lane.started_us[i - 1] - lane.started_us[i]) / 1e6);
  }
  if (gaps.size() < gaps_needed) return std::nullopt;
  return std::max(0.0, stats::select_median(gaps));
}

Json lane_json(const store::Lane& lane, std::int64_t now_us) {
  const auto gap = usual_gap_seconds(lane);
  const double age_seconds = static_cast<double>(now_us - lane.last_run.started_us) / 1e6;
  const bool overdue = gap && age_seconds > overdue_gaps * *gap && age_seconds > *gap + overdue_seconds_more;
  return {{"testbed", lane.testbed},
          {"branch", lane.branch},
          {"last_run", to_json(lane.last_run)},
          {"runs", lane.runs},
          {"open_regressions", lane.open_regressions},
          {"usual_gap_seconds", gap ? Json(*gap) : Json(nullptr)},
          {"overdue", overdue}};
}

std::vector<std::string> distinct(const std::vector<store::Lane>& lanes, std::string store::Lane::*name) {
  std::vector<std::string> names;
  names.reserve(lanes.size());
  for (const auto& lane : lanes)
    names.push_back(lane.*name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Answer list_projects(const Context& context, const Request& request) {
  Json projects = Json::array();
  context.database.read([&](db::Connection& connection) {
    for (const auto& project : store::list_projects(connection)) {
      if (request.caller.may(store::Scope::read, project.name)) projects.push_back(to_json(project));
    }
  });
  return json_answer({{"projects", std::move(projects)}});
}

Answer get_project(const Context& context, const Request& request) {
  const auto& name = request.path_parameter("project");
  Json json;
  context.database.read([&](db::Connection& connection) {
    const auto project = store::find_project(connection, name);
    if (!project) throw not_found("project " + name);
    json = to_json(*project);
    const auto lanes = store::list_lanes(connection, project->id);
    const auto now = times::now_us();
    json["lanes"] = Json::array();
    for (const auto& lane : lanes)
      json["lanes"].push_back(lane_json(lane, now));
    json["testbeds"] = distinct(lanes, &store::Lane::testbed);
    json["branches"] = distinct(lanes, &store::Lane::branch);
    json["metrics"] = store::list_metrics(connection, project->id);
  });
  return json_answer(json);
}

}  // namespace

void add_project_routes(std::vector<Route>& routes, const Context& context) {
  routes.push_back({"GET", "/api/v1/projects", store::Scope::read,
                    [&context](const Request& request) { return list_projects(context, request); }});
  routes.push_back({"GET", "/api/v1/projects/{project}", store::Scope::read,
                    [&context](const Request& request) { return get_project(context, request); }});
}

}  // namespace perftrend::http
