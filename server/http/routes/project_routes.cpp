#include <algorithm>
#include <optional>

#include "core/stats/median.h"
#include "server/clock.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/project_access.h"

namespace perftrend::http {
namespace {

// A nightly run that is late by less than both of these may still come.
constexpr std::size_t gaps_min = 2;  // fewer do not show how often runs come
constexpr double overdue_gaps = 1.5;
constexpr double overdue_seconds_more = 60 * 60;

/// Median time between consecutive runs, in seconds.
std::optional<double> usual_gap_seconds(const store::Lane& lane) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < lane.started_us.size(); ++i) {
    gaps.push_back(static_cast<double>(lane.started_us[i - 1] - lane.started_us[i]) / 1e6);
  }
  if (gaps.size() < gaps_min) return std::nullopt;
  return std::max(0.0, stats::select_median(gaps));
}

void write_lane(JsonWriter& out, const store::Lane& lane, std::int64_t now_us) {
  const auto gap = usual_gap_seconds(lane);
  const double age_seconds = static_cast<double>(now_us - lane.last_run.started_us) / 1e6;
  const bool overdue = gap && age_seconds > overdue_gaps * *gap && age_seconds > *gap + overdue_seconds_more;
  out.object([&] {
    out.member("testbed", lane.testbed);
    out.member("branch", lane.branch);
    out.member("last_run", lane.last_run);
    out.member("runs", lane.runs);
    out.member("open_regressions", lane.open_regressions);
    out.member("usual_gap_seconds", gap);
    out.member("overdue", overdue);
  });
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

Answer list_projects(const Context& context, Request& request) {
  std::vector<store::Project> projects;
  context.database.read([&](db::Connection& connection) { projects = store::list_projects(connection); });
  std::erase_if(projects, [&](const auto& each) { return !request.caller.may(store::Scope::read, each.name); });
  return json_answer([&](JsonWriter& out) { out.member("projects", projects); });
}

Answer get_project(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& access, JsonWriter& out) {
    const auto project = store::find_project(access.connection, access.name);
    if (!project) throw not_found("project " + access.name);
    write_members(out, *project);
    const auto lanes = store::list_lanes(access.connection, access.id);
    const auto now_us = perftrend::now_us();
    out.array("lanes", lanes, [&](const store::Lane& lane) { write_lane(out, lane, now_us); });
    out.member("testbeds", distinct(lanes, &store::Lane::testbed));
    out.member("branches", distinct(lanes, &store::Lane::branch));
    out.member("metrics", store::list_metrics(access.connection, access.id));
  });
}

}  // namespace

std::vector<Route> project_routes() {
  return {{"GET", "/api/v1/projects", store::Scope::read, list_projects},
          {"GET", "/api/v1/projects/{project}", store::Scope::read, get_project}};
}

}  // namespace perftrend::http
