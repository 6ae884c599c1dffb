#include "server/clock.h"
#include "server/http/json/dry_run_json.h"
#include "server/http/json/json_body.h"
#include "server/http/json/judgement_json.h"
#include "server/http/json/names.h"
#include "server/http/routes/project_access.h"
#include "server/store/projects.h"
#include "server/triage/dry_run.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

constexpr int versions_max = 100;

void write_version(JsonWriter& out, const store::PolicyVersion& policy) {
  out.member("version", policy.version);
  out.member("toml", policy.toml);
  out.member("author", policy.author);
  out.member("note", policy.note);
  out.time("created_at", policy.created_us);
}

/// Only what the rule sets; the other members are absent.
void write_settings(JsonWriter& out, const triage::Policies::Rule& rule) {
  const auto member = [&](std::string_view name, const auto& value) {
    if (value) out.member(name, *value);
  };
  member("window_points", rule.window_points);
  member("minimum_points", rule.minimum_points);
  member("minimum_effect", rule.minimum_effect);
  member("significance", rule.significance);
  member("floor", rule.floor);
  member("confirm_points", rule.confirm_points);
  member("confirm_within", rule.confirm_within);
  member("limit_low", rule.limit_low);
  member("limit_high", rule.limit_high);
  if (rule.better) out.member("better", better_name(*rule.better));
  if (rule.unit) out.member("unit", *rule.unit);
  member("alerting", rule.alerting);
}

/// The rules that apply, and the policy that results from them for each metric of the project.
void write_in_force(JsonWriter& out, const ProjectAccess& project, const triage::Policies& policies) {
  out.array("rules", policies.rules_for(project.name), [&](const triage::Policies::Rule& rule) {
    out.object([&] {
      out.member("source", rule.own ? "project" : "server");
      out.member("metric", rule.metric);
      out.object("sets", [&] { write_settings(out, rule); });
    });
  });
  out.array("metrics", store::list_metric_kinds(project.connection, project.id), [&](const store::MetricKind& kind) {
    out.object([&] {
      out.member("metric", kind.metric);
      out.member("unit", kind.unit);
      out.member("series", kind.series);
      out.member("alerting", policies.is_alerting(project.name, kind.metric));
      const auto policy = policies.find(project.name, kind.metric, kind.unit, kind.better);
      out.member("policy", VersionedPolicy{policy, policies.version()});
    });
  });
}

Answer list_policies(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto versions = store::list_policies(project.connection, project.id, versions_max);
    out.member("version", versions.empty() ? 0 : versions.front().version);
    out.array("versions", versions,
              [&](const store::PolicyVersion& version) { out.object([&] { write_version(out, version); }); });
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    out.object("in_force", [&] { write_in_force(out, project, policies); });
  });
}

Answer put_policy(const Context& context, Request& request) {
  const JsonBody body(request, {"toml", "note", "replaces"});
  const triage::NewPolicy policy{body.required_text("toml"), request.caller.name, body.text("note"),
                                 body.integer("replaces")};
  return write_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto stored =
        triage::put_policy(project.connection, context.policies, project.id, project.name, policy, now_us());
    if (!stored) throw problem_of(stored.error());
    write_version(out, stored->policy);
    out.object("judged_again", [&] {
      out.member("series", stored->judged.series);
      out.member("open_before", stored->judged.open_before);
      out.member("open_after", stored->judged.open_after);
    });
  });
}

Answer dry_run(const Context& context, Request& request) {
  const JsonBody body(request, {"toml", "since"});
  const auto since_us = body.time_us("since").value_or(INT64_MIN);
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto proposed = context.policies.with_project_rules(body.required_text("toml"), "policy", 0);
    if (!proposed) throw Problem(400, "bad-parameter", proposed.error());
    const auto present = triage::policies_of(project.connection, context.policies, project.id);
    write_members(out, triage::dry_run(project.connection, present, *proposed, project.id, project.name, since_us));
  });
}

}  // namespace

std::vector<Route> policy_routes() {
  return {{"GET", "/api/v1/projects/{project}/policies", store::Scope::read, list_policies},
          {"PUT", "/api/v1/projects/{project}/policies", store::Scope::admin, put_policy},
          {"POST", "/api/v1/projects/{project}/policies/dry-run", store::Scope::read, dry_run}};
}

}  // namespace perftrend::http
