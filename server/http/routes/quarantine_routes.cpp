#include <fmt/format.h>

#include "core/time/rfc3339.h"
#include "server/http/json/body_json.h"
#include "server/http/json/json.h"
#include "server/http/routes/routes.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"

namespace perftrend::http {
namespace {

Id require_project(db::Connection& connection, const Request& request) {
  const auto& name = request.path_parameter("project");
  const auto project = store::find_project_id(connection, name);
  if (!project) throw not_found("project " + name);
  return *project;
}

Json optional_time(std::optional<std::int64_t> us) {
  return us ? Json(times::to_rfc3339(*us)) : Json(nullptr);
}

Json stay_json(const store::Quarantine& stay, std::int64_t now_us) {
  return {{"id", stay.id},
          {"case", to_json(stay.key)},
          {"source", stay.source},
          {"reason", stay.reason},
          {"owner", stay.owner},
          {"entered_at", times::to_rfc3339(stay.entered_us)},
          {"entered_by", stay.entered_by},
          {"expires_at", optional_time(stay.expires_us)},
          {"expired", !stay.left_us && stay.expires_us && *stay.expires_us < now_us},
          {"clean_runs_required", stay.clean_runs_required},
          {"left_at", optional_time(stay.left_us)},
          {"left_by", stay.left_by},
          {"left_reason", stay.left_reason}};
}

Json series_json(const triage::JudgedSeries& judged) {
  const auto& steady = judged.steadiness;
  const bool known = steady.window_points > 0;
  const bool relative = known && steady.centre != 0;
  return {{"series", to_json(judged.series.key)},
          {"points", judged.points},
          {"window_points", steady.window_points},
          {"centre", known ? Json(steady.centre) : Json(nullptr)},
          {"noise", relative ? Json(steady.spread / std::abs(steady.centre)) : Json(nullptr)},
          {"minimum_detectable_effect",
           steady.minimum_detectable_effect > 0 ? Json(steady.minimum_detectable_effect) : Json(nullptr)},
          {"clean_nights", steady.clean_runs.size()},
          {"flagged", steady.flagged},
          {"withdrawn", steady.withdrawn}};
}

Json measured_json(db::Connection& connection, const triage::Policies& policies, std::string_view project_name,
                   const store::Quarantine& stay, std::int64_t now_us) {
  Json json = stay_json(stay, now_us);
  const auto numbers = triage::measure_stay(connection, policies, project_name, stay);
  json["clean_nights"] = numbers.clean_nights;
  json["steady"] = numbers.steady;
  json["series"] = Json::array();
  for (const auto& judged : numbers.series)
    json["series"].push_back(series_json(judged));
  return json;
}

Problem problem_of(const triage::QuarantineRefusal& refusal) {
  return {refusal.conflict ? 409 : 400, refusal.conflict ? "conflict" : "bad-parameter", refusal.cause};
}

Answer list_quarantine(const Context& context, const Request& request) {
  const auto state = request.query_text("state");
  if (!state.empty() && state != "now" && state != "all") throw bad_parameter("state", "give now or all");
  // Every one that lasts is measured: some hundred judged series at most.
  const auto limit = static_cast<int>(request.query_integer("limit", 1, 100, 50));
  Json json = {{"quarantine", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    const auto& name = request.path_parameter("project");
    const Id project = require_project(connection, request);
    const auto policies = triage::policies_of(connection, context.policies, project);
    const auto now_us = times::now_us();
    for (const auto& stay : store::list_quarantine(connection, project, state != "all", limit)) {
      json["quarantine"].push_back(measured_json(connection, policies, name, stay, now_us));
    }
  });
  return {200, "application/json", dump(json), {}, {}};
}

triage::StayText read_text(const Body& body) {
  return {body.text("reason"), body.text("owner"), body.time_us("expires_at"),
          body.integer("clean_runs_required").value_or(triage::clean_nights_default)};
}

Answer enter(const Context& context, const Request& request) {
  const Body body(request, {"case", "reason", "owner", "expires_at", "clean_runs_required"});
  const Body of_case = body.object("case", {"suite", "classname", "name"});
  const CaseKey key{of_case.text("suite"), of_case.text("classname"), of_case.text("name")};
  const auto text = read_text(body);
  Json json;
  context.database.write([&](db::Connection& connection) {
    const Id project = require_project(connection, request);
    const auto now_us = times::now_us();
    const auto stay = triage::enter_by_hand(connection, project, key, text, request.caller.name, now_us);
    if (!stay) throw problem_of(stay.error());
    const auto policies = triage::policies_of(connection, context.policies, project);
    json = measured_json(connection, policies, request.path_parameter("project"), *stay, now_us);
  });
  return {201, "application/json", dump(json), {}, {}};
}

Answer take_action(const Context& context, const Request& request) {
  const Id id = path_id(request, "quarantine");
  const Body body(request, {"action", "reason", "owner", "expires_at", "clean_runs_required"});
  const auto action = body.text("action");
  if (action != "renew" && action != "leave") throw bad_parameter("action", "give renew or leave");
  const auto text = read_text(body);
  Json json;
  context.database.write([&](db::Connection& connection) {
    const Id project = require_project(connection, request);
    const auto stay = store::find_quarantine(connection, project, id);
    if (!stay) throw not_found(fmt::format("quarantine {} in project {}", id, request.path_parameter("project")));
    const auto now_us = times::now_us();
    const auto after = action == "renew" ? triage::renew(connection, *stay, text, request.caller.name, now_us)
                                         : triage::leave(connection, *stay, text.reason, request.caller.name, now_us);
    if (!after) throw problem_of(after.error());
    const auto policies = triage::policies_of(connection, context.policies, project);
    json = measured_json(connection, policies, request.path_parameter("project"), *after, now_us);
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_quarantine_routes(std::vector<Route>& routes, const Context& context) {
  const std::string base = "/api/v1/projects/{project}/quarantine";
  routes.push_back({"GET", base, store::Scope::read,
                    [&context](const Request& request) { return list_quarantine(context, request); }});
  routes.push_back(
      {"POST", base, store::Scope::admin, [&context](const Request& request) { return enter(context, request); }});
  routes.push_back({"POST", base + "/{id}/actions", store::Scope::admin,
                    [&context](const Request& request) { return take_action(context, request); }});
}

}  // namespace perftrend::http
