#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "server/clock.h"
#include "server/http/json/json_body.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/project_access.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"

namespace perftrend::http {
namespace {

void write_entry(JsonWriter& out, const store::QuarantineEntry& entry, std::int64_t now_us) {
  out.member("id", entry.id);
  out.member("case", entry.key);
  out.member("source", entry.source);
  out.member("reason", entry.reason);
  out.member("owner", entry.owner);
  out.time("entered_at", entry.entered_us);
  out.member("entered_by", entry.entered_by);
  out.time("expires_at", entry.expires_us);
  out.member("expired", !entry.left_us && entry.expires_us && *entry.expires_us < now_us);
  out.member("clean_runs_required", entry.clean_runs_required);
  out.time("left_at", entry.left_us);
  out.member("left_by", entry.left_by);
  out.member("left_reason", entry.left_reason);
}

void write_series(JsonWriter& out, const triage::JudgedSeries& judged) {
  const auto& steady = judged.steadiness;
  const auto only_if = [](bool condition, double number) { return condition ? std::optional(number) : std::nullopt; };
  const bool has_baseline = steady.window_points > 0;
  const bool has_noise = has_baseline && steady.centre != 0;
  out.member("series", judged.series.key);
  out.member("points", judged.points);
  out.member("window_points", steady.window_points);
  out.member("centre", only_if(has_baseline, steady.centre));
  out.member("noise", only_if(has_noise, steady.spread / std::abs(steady.centre)));
  out.member("minimum_detectable_effect",
             only_if(steady.minimum_detectable_effect > 0, steady.minimum_detectable_effect));
  out.member("clean_runs", steady.clean_runs.size());
  out.member("flagged", steady.flagged);
  out.member("withdrawn", steady.withdrawn);
}

/// The entry with how steady the series of its case are now.
void write_measured_entry(JsonWriter& out, const ProjectAccess& project, const triage::Policies& policies,
                          const store::QuarantineEntry& entry, std::int64_t now_us) {
  const auto numbers = triage::measure_entry(project.connection, policies, project.name, entry);
  write_entry(out, entry, now_us);
  out.member("clean_runs", numbers.clean_runs);
  out.member("steady", numbers.steady);
  out.array("series", numbers.series,
            [&](const triage::JudgedSeries& judged) { out.object([&] { write_series(out, judged); }); });
}

Answer list_quarantine(const Context& context, Request& request) {
  const auto state = request.query_text("state");
  if (!state.empty() && state != "now" && state != "all") throw bad_parameter("state", "it must be now or all");
  // Each entry is measured, so a page replays some hundred series at most.
  const auto limit = static_cast<int>(request.query_integer("limit", 1, 100, 50));
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    const auto now_us = perftrend::now_us();
    const auto entries = store::list_quarantine(project.connection, project.id, state != "all", limit);
    out.array("quarantine", entries, [&](const store::QuarantineEntry& entry) {
      out.object([&] { write_measured_entry(out, project, policies, entry, now_us); });
    });
  });
}

triage::EntryText read_text(const JsonBody& body) {
  return {body.text("reason"), body.text("owner"), body.time_us("expires_at"),
          body.integer("clean_runs_required").value_or(triage::clean_runs_default)};
}

Answer enter_quarantine(const Context& context, Request& request) {
  const JsonBody body(request, {"case", "reason", "owner", "expires_at", "clean_runs_required"});
  const JsonBody of_case = body.object("case", {"suite", "classname", "name"});
  const CaseKey key{of_case.text("suite"), of_case.text("classname"), of_case.text("name")};
  const auto text = read_text(body);
  const auto enter = [&](const ProjectAccess& project, JsonWriter& out) {
    const auto now_us = perftrend::now_us();
    const auto entry = triage::enter_by_hand(project.connection, project.id, key, text, request.caller.name, now_us);
    if (!entry) throw problem_of(entry.error());
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    write_measured_entry(out, project, policies, *entry, now_us);
  };
  return write_project(context, request, enter, 201);
}

Answer take_quarantine_action(const Context& context, Request& request) {
  const Id id = path_id(request, "quarantine");
  const JsonBody body(request, {"action", "reason", "owner", "expires_at", "clean_runs_required"});
  const auto action = body.text("action");
  if (action != "renew" && action != "leave") throw bad_parameter("action", "it must be renew or leave");
  const auto text = read_text(body);
  return write_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto entry = store::find_quarantine(project.connection, project.id, id);
    if (!entry) throw not_found(fmt::format("quarantine {} in project {}", id, project.name));
    const auto now_us = perftrend::now_us();
    const auto after = action == "renew"
                           ? triage::renew(project.connection, *entry, text, request.caller.name, now_us)
                           : triage::leave(project.connection, *entry, text.reason, request.caller.name, now_us);
    if (!after) throw problem_of(after.error());
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    write_measured_entry(out, project, policies, *after, now_us);
  });
}

}  // namespace

std::vector<Route> quarantine_routes() {
  return {{"GET", "/api/v1/projects/{project}/quarantine", store::Scope::read, list_quarantine},
          {"POST", "/api/v1/projects/{project}/quarantine", store::Scope::admin, enter_quarantine},
          {"POST", "/api/v1/projects/{project}/quarantine/{id}/actions", store::Scope::admin, take_quarantine_action}};
}

}  // namespace perftrend::http
