#include <fmt/format.h>

#include "core/metrics/ci_variables.h"
#include "server/clock.h"
#include "server/corrections/lanes.h"
#include "server/corrections/projects.h"
#include "server/corrections/redaction.h"
#include "server/corrections/runs.h"
#include "server/http/json/json_body.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/correction_access.h"
#include "server/http/routes/project_access.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/triage/branch_records.h"
#include "server/triage/project_policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::http {
namespace {

constexpr int audit_entries_max = 1000;

/// The reason of `name`: empty where the member is null.
std::string reason_of(const JsonBody& body, std::string_view name) {
  auto reason = body.text(name);
  if (reason.empty() && !body.is_null(name)) throw bad_parameter(name, "it must be a reason, or null");
  return reason;
}

void write_deleted(JsonWriter& out, const store::DeletedRows& deleted) {
  out.member("cases", deleted.cases);
  out.member("documents", deleted.documents);
  out.member("series", deleted.series);
  out.member("regressions", deleted.regressions);
}

Answer change_run(const Context& context, Request& request) {
  const JsonBody body(request, {"excluded", "suspect", "note"});
  corrections::RunChange change;
  if (body.has("excluded")) change.excluded = reason_of(body, "excluded");
  if (body.has("suspect") && body.is_null("suspect")) change.suspect_as_reported = true;
  if (body.has("suspect") && !body.is_null("suspect")) change.suspect = body.text("suspect");
  if (!body.has("excluded") && !body.has("suspect"))
    throw Problem(400, "bad-parameter", "nothing to change: give excluded or suspect, a reason or null");
  const Id run = path_id(request, "run");
  const auto project = require_project_ref(context, request);
  require_done(corrections::change_run(site_of(context), project, run, change, person_of(request, body)));
  return read_project(context, request, [&](const ProjectAccess& access, JsonWriter& out) {
    write_members(out, require_run(access, request));
  });
}

Answer delete_run(const Context& context, Request& request) {
  const Id run = path_id(request, "run");
  const auto project = require_project_ref(context, request);
  const corrections::Person person = person_of(request);
  const auto deleted = require_done(corrections::delete_run(site_of(context), project, run, person));
  return json_answer([&](JsonWriter& out) {
    out.member("run", run);
    write_deleted(out, deleted);
  });
}

Answer delete_runs(const Context& context, Request& request) {
  const auto project = require_project_ref(context, request);
  corrections::RunsToDelete filter = {request.query_text("testbed"), request.query_text("branch")};
  context.database.read([&](db::Connection& connection) {
    resolve_lane(require_project(connection, request), filter.testbed, filter.branch);
  });
  const auto deleted = require_done(corrections::delete_runs(site_of(context), project, filter, person_of(request)));
  return json_answer([&](JsonWriter& out) {
    out.member("runs", deleted.runs);
    write_deleted(out, deleted);
  });
}

Answer redact_run(const Context& context, Request& request) {
  const JsonBody body(request, {"document", "case", "everything", "note"});
  corrections::RedactionTarget target;
  target.document = body.integer("document");
  target.case_ordinal = body.integer("case");
  const bool everything = body.flag("everything");
  if (everything == (target.document || target.case_ordinal))
    throw Problem(400, "bad-parameter", "say what to redact: document, case (their indices), or everything: true");
  const Id run = path_id(request, "run");
  const auto project = require_project_ref(context, request);
  const auto redacted =
      require_done(corrections::redact(site_of(context), project, run, target, person_of(request, body)));
  return json_answer([&](JsonWriter& out) {
    out.member("documents", redacted.documents);
    out.member("messages", redacted.messages);
  });
}

Answer delete_project(const Context& context, Request& request) {
  const auto project = require_project_ref(context, request);
  const corrections::Person person = person_of(request);
  const auto deleted = require_done(corrections::delete_project(site_of(context), project, person));
  return json_answer([&](JsonWriter& out) {
    out.member("project", project.name);
    out.member("runs", deleted.runs);
    out.member("series", deleted.series);
    out.member("points", deleted.points);
    out.member("tokens", deleted.tokens);
  });
}

Answer change_project(const Context& context, Request& request) {
  const JsonBody body(request, {"name", "default_branch", "note"});
  const auto project = require_project_ref(context, request);
  const auto name = body.has("name") ? body.required_text("name") : project.name;
  if (!intake::is_project_name(name))
    throw bad_parameter("name", "it must be 1 to 100 of A-Z a-z 0-9 . _ - and begin with a letter or a digit");
  if (!body.has("name") && !body.has("default_branch"))
    throw Problem(400, "bad-parameter", "nothing to change: give name, default_branch or both");
  if (body.has("default_branch")) {
    require_done(corrections::set_default_branch(site_of(context), project,
                                                 metrics::plain_branch(body.required_text("default_branch")),
                                                 person_of(request, body)));
  }
  require_done(corrections::rename_project(site_of(context), project, name, person_of(request, body)));
  return json_answer([&](JsonWriter& out) { out.member("name", name); });
}

/// A lane that has ended raises no alarm about missing runs.
Answer end_lane(const Context& context, Request& request) {
  const JsonBody body(request, {"testbed", "branch", "ended", "note"});
  if (!body.has("ended")) throw bad_parameter("ended", "it must be true or false");
  const bool ended = body.flag("ended");
  auto testbed = body.required_text("testbed");
  auto branch = body.required_text("branch");
  return write_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto now = now_us();
    resolve_lane(project, testbed, branch);
    const auto since = ended ? std::optional(now) : std::nullopt;
    if (!store::set_lane_ended(project.connection, project.id, testbed, branch, since, request.caller.name))
      throw not_found(fmt::format("testbed {} with branch {} in project {}", testbed, branch, project.name));
    store::add_audit(project.connection,
                     {0, project.id, now, request.caller.name, "branch", 0, ended ? "ended" : "expected again",
                      fmt::format("{} on {}", branch, testbed), "", body.text("note"), ""});
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    const auto followed = triage::follow_branches(project.connection, policies, project.id, project.name, now);
    triage::judge_series_again(project.connection, context.policies, project.id, project.name, followed.restored, now);
    out.member("ended", ended);
  });
}

Answer list_server_audit(const Context& context, Request& request) {
  if (request.caller.project != "*") throw Problem(403, "forbidden", "this request requires a token for all projects");
  store::AuditFilter filter;
  filter.limit = audit_entries_max;
  std::vector<store::AuditEntry> entries;
  context.database.read([&](db::Connection& connection) { entries = store::list_audit(connection, 0, filter); });
  return json_answer([&](JsonWriter& out) { out.member("audit", entries); });
}

}  // namespace

std::vector<Route> correction_routes() {
  return {{"PATCH", "/api/v1/projects/{project}", store::Scope::admin, change_project},
          {"DELETE", "/api/v1/projects/{project}", store::Scope::admin, delete_project},
          {"PATCH", "/api/v1/projects/{project}/runs/{id}", store::Scope::admin, change_run},
          {"DELETE", "/api/v1/projects/{project}/runs/{id}", store::Scope::admin, delete_run},
          {"DELETE", "/api/v1/projects/{project}/runs", store::Scope::admin, delete_runs},
          {"POST", "/api/v1/projects/{project}/runs/{id}/redact", store::Scope::admin, redact_run},
          {"PATCH", "/api/v1/projects/{project}/lanes", store::Scope::admin, end_lane},
          {"GET", "/api/v1/audit", store::Scope::admin, list_server_audit}};
}

}  // namespace perftrend::http
