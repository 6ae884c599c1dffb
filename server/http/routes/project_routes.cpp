#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "server/clock.h"
#include "server/http/json/json_body.h"
#include "server/http/json/lane_json.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/project_access.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/store/vanished.h"
#include "server/triage/lane_states.h"
#include "server/triage/project_policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::http {
namespace {

/// Names that a page offers for selection; other ones can be typed.
constexpr int names_max = 100;
constexpr int metrics_max = 1000;

std::map<Id, store::Run> last_runs(const ProjectAccess& project, const std::vector<triage::LaneState>& lanes) {
  std::vector<Id> ids;
  ids.reserve(lanes.size());
  for (const auto& state : lanes)
    ids.push_back(state.lane.last_run);
  return store::find_runs(project.connection, project.id, ids);
}

Answer list_projects(const Context& context, Request& request) {
  std::vector<store::Project> projects;
  std::map<Id, triage::Headline> headlines;
  context.database.read([&](db::Connection& connection) {
    projects = store::list_projects(connection);
    headlines = triage::list_headlines(connection, context.policies, projects, now_us());
  });
  std::erase_if(projects, [&](const auto& each) { return !request.caller.may(store::Scope::read, each.name); });
  return json_answer([&](JsonWriter& out) {
    out.array("projects", projects, [&](const store::Project& project) {
      out.object([&] {
        write_members(out, project);
        write_headline(out, headlines[project.id]);
      });
    });
  });
}

Answer get_project(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& access, JsonWriter& out) {
    auto project = store::find_project(access.connection, access.name);
    if (!project) throw not_found("project " + access.name);
    const auto policies = triage::policies_of(access.connection, context.policies, access.id);
    if (auto stated = policies.branch_rules().default_branch(access.name))
      project->default_branch.name = std::move(*stated);
    const auto list = triage::list_lane_states(access.connection, policies, access.id, access.name, now_us());
    write_members(out, *project);
    write_headline(out, list.headline);
    write_lanes(out, list.lanes, last_runs(access, list.lanes));
    out.member("vanished", store::list_vanished(access.connection, access.id, {"", "", triage::vanished_listed_max}));
    out.member("lanes_total", list.total);
    out.member("lanes_ended", list.ended);
    out.member("testbeds", store::list_testbeds(access.connection, access.id, names_max));
    out.member("branches", store::list_branches(access.connection, access.id, names_max));
    out.member("metrics", store::list_metrics(access.connection, access.id, metrics_max));
  });
}

triage::LaneQuestion read_lane_question(Request& request) {
  triage::LaneQuestion question;
  question.testbed = request.query_text("testbed");
  question.branch = request.query_text("branch");
  question.limit = static_cast<int>(request.query_integer("limit", 1, 1000, 100));
  question.offset = static_cast<int>(request.query_integer("after", 0, INT32_MAX, 0));
  const auto state = request.query.contains("state") ? request.query_text("state") : "all";
  if (state == "active") {
    question.ended = store::LaneFilter::Ended::no;
  } else if (state == "ended") {
    question.ended = store::LaneFilter::Ended::yes;
  } else if (state != "all") {
    throw bad_parameter("state", "it must be active, ended or all");
  }
  return question;
}

Answer list_lanes(const Context& context, Request& request) {
  auto question = read_lane_question(request);
  return read_project(context, request, [&](const ProjectAccess& access, JsonWriter& out) {
    resolve_lane(access, question.testbed, question.branch);
    const auto policies = triage::policies_of(access.connection, context.policies, access.id);
    const auto list = triage::find_lane_states(access.connection, policies, access.id, access.name, question, now_us());
    write_lanes(out, list.lanes, last_runs(access, list.lanes));
    out.member("total", list.total);
    const auto end = question.offset + static_cast<int>(list.lanes.size());
    if (end < list.total) out.member("next", end);
  });
}

/// A person says that a vanished series is not expected any more.
Answer end_series(const Context& context, Request& request) {
  const JsonBody body(request, {"note"});
  const Id series = path_id(request, "series");
  return write_project(context, request, [&](const ProjectAccess& access, JsonWriter& out) {
    const auto at_us = now_us();
    if (!store::end_vanished(access.connection, access.id, series, request.caller.name, at_us))
      throw not_found(fmt::format("vanished series {}", series));
    store::add_audit(access.connection, {0, access.id, at_us, request.caller.name, "series", series, "ended",
                                         "vanished", "ended", body.text("note"), ""});
    out.member("series", series);
    out.member("ended_by", request.caller.name);
  });
}

}  // namespace

std::vector<Route> project_routes() {
  return {{"GET", "/api/v1/projects", store::Scope::read, list_projects},
          {"GET", "/api/v1/projects/{project}", store::Scope::read, get_project},
          {"GET", "/api/v1/projects/{project}/lanes", store::Scope::read, list_lanes},
          {"POST", "/api/v1/projects/{project}/series/{id}/end", store::Scope::admin, end_series}};
}

}  // namespace perftrend::http
