#include "core/time/rfc3339.h"
#include "server/http/json/body_json.h"
#include "server/http/json/dry_run_json.h"
#include "server/http/json/json.h"
#include "server/http/json/judgement_json.h"
#include "server/http/routes/routes.h"
#include "server/store/projects.h"
#include "server/triage/dry_run.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

constexpr int versions_max = 100;

Id require_project(db::Connection& connection, const Request& request) {
  const auto& name = request.path_parameter("project");
  const auto project = store::find_project_id(connection, name);
  if (!project) throw not_found("project " + name);
  return *project;
}

Json version_json(const store::PolicyVersion& policy) {
  return {{"version", policy.version},
          {"toml", policy.toml},
          {"author", policy.author},
          {"note", policy.note},
          {"created_at", times::to_rfc3339(policy.created_us)}};
}

/// A rule as it was written: what it leaves alone is absent.
Json rule_json(const triage::Policies::Rule& rule) {
  Json sets = Json::object();
  const auto add = [&](const char* key, const auto& value) {
    if (value) sets[key] = *value;
  };
  add("window_points", rule.window_points);
  add("minimum_points", rule.minimum_points);
  add("minimum_effect", rule.minimum_effect);
  add("significance", rule.significance);
  add("floor", rule.floor);
  add("confirm_points", rule.confirm_points);
  add("confirm_within", rule.confirm_within);
  add("limit_low", rule.limit_low);
  add("limit_high", rule.limit_high);
  if (rule.better) sets["better"] = *rule.better == Better::lower ? "lower" : "higher";
  add("alerting", rule.alerting);
  return {{"source", rule.own ? "project" : "server"}, {"metric", rule.metric}, {"sets", std::move(sets)}};
}

/// The rules that apply, and what they come to for each metric the project has.
Json in_force_json(db::Connection& connection, const triage::Policies& policies, Id project, const std::string& name) {
  Json json = {{"rules", Json::array()}, {"metrics", Json::array()}};
  for (const auto& rule : policies.rules_for(name))
    json["rules"].push_back(rule_json(rule));
  for (const auto& kind : store::list_metric_kinds(connection, project)) {
    json["metrics"].push_back(
        {{"metric", kind.metric},
         {"unit", kind.unit},
         {"series", kind.series},
         {"alerting", policies.is_alerting(name, kind.metric)},
         {"policy", policy_json(policies.find(name, kind.metric, kind.better), policies.version())}});
  }
  return json;
}

Answer list_policies(const Context& context, const Request& request) {
  Json json = {{"version", 0}, {"versions", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    const Id project = require_project(connection, request);
    for (const auto& policy : store::list_policies(connection, project, versions_max)) {
      if (json["versions"].empty()) json["version"] = policy.version;
      json["versions"].push_back(version_json(policy));
    }
    const auto policies = triage::policies_of(connection, context.policies, project);
    json["in_force"] = in_force_json(connection, policies, project, request.path_parameter("project"));
  });
  return {200, "application/json", dump(json), {}, {}};
}

Answer put_policy(const Context& context, const Request& request) {
  const Body body(request, {"toml", "note", "replaces"});
  const triage::NewPolicy policy{body.required_text("toml"), request.caller.name, body.text("note"),
                                 body.integer("replaces")};
  Json json;
  context.database.write([&](db::Connection& connection) {
    const auto stored = triage::put_policy(connection, context.policies, require_project(connection, request),
                                           request.path_parameter("project"), policy, times::now_us());
    if (!stored) {
      throw Problem(stored.error().conflict ? 409 : 400, stored.error().conflict ? "conflict" : "bad-parameter",
                    stored.error().cause);
    }
    json = version_json(stored->policy);
    const auto& again = stored->judged;
    json["judged_again"] = {
        {"series", again.series}, {"open_before", again.open_before}, {"open_after", again.open_after}};
  });
  return {200, "application/json", dump(json), {}, {}};
}

Answer dry_run(const Context& context, const Request& request) {
  const Body body(request, {"toml", "since"});
  const auto since_us = body.time_us("since").value_or(INT64_MIN);
  Json json;
  context.database.read([&](db::Connection& connection) {
    const Id project = require_project(connection, request);
    const auto proposed = context.policies.with_project_rules(body.required_text("toml"), "policy", 0);
    if (!proposed) throw Problem(400, "bad-parameter", proposed.error());
    const auto present = triage::policies_of(connection, context.policies, project);
    json = dry_run_json(
        triage::dry_run(connection, present, *proposed, project, request.path_parameter("project"), since_us));
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_policy_routes(std::vector<Route>& routes, const Context& context) {
  const std::string base = "/api/v1/projects/{project}/policies";
  routes.push_back({"GET", base, store::Scope::read,
                    [&context](const Request& request) { return list_policies(context, request); }});
  routes.push_back(
      {"PUT", base, store::Scope::admin, [&context](const Request& request) { return put_policy(context, request); }});
  routes.push_back({"POST", base + "/dry-run", store::Scope::read,
                    [&context](const Request& request) { return dry_run(context, request); }});
}

}  // namespace perftrend::http
