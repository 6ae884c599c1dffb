#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "server/clock.h"
#include "server/http/json/json_body.h"
#include "server/http/json/names.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/directions.h"
#include "server/store/audit.h"
#include "server/triage/groups.h"
#include "server/triage/life.h"

namespace perftrend::http {
namespace {

const std::vector<FindingState> open_states = {FindingState::confirmed, FindingState::acknowledged};

// Regressions that are compared to form groups: enough for every open one of a large project.
constexpr int grouped_max = 10'000;
constexpr int audit_entries_max = 1000;

std::vector<FindingState> parse_states(const std::string& text) {
  if (text.empty() || text == "open") return open_states;
  if (text == "all") return {};
  const auto state = parse_state(text);
  if (!state) {
    throw bad_parameter("state",
                        "it must be open, all, suspected, confirmed, acknowledged, fixed, dismissed, closed or noted");
  }
  return {*state};
}

/// True: worse, false: better, nothing: both.
std::optional<bool> parse_direction(const std::string& text) {
  if (text.empty() || text == "worse") return true;
  if (text == "better") return false;
  if (text == "both") return std::nullopt;
  throw bad_parameter("direction", "it must be worse, better or both");
}

void write_common_shift(JsonWriter& out, db::Connection& connection, std::optional<Id> run) {
  out.member("common_shift", run ? store::find_common_shift(connection, *run) : std::nullopt);
}

void write_group(JsonWriter& out, db::Connection& connection, const triage::Group& group,
                 const std::vector<store::Regression>& regressions) {
  const auto& begin = regressions[group.last_good];
  const auto& end = regressions[group.first_bad];
  out.member("direction", direction_name(end.record.worse));
  out.member("branch", end.series.branch);
  out.member("last_good_run", begin.record.last_good);
  out.member("last_good_commit", begin.last_good_commit);
  out.member("first_run", end.record.first_run);
  out.member("first_commit", end.first_commit);
  out.time("first_at", end.record.first_at_us);
  std::optional<Id> common_shift_run;
  out.array("regressions", group.members, [&](std::size_t member) {
    const auto& record = regressions[member].record;
    out.value(record.id);
    if (record.common_shift_run) common_shift_run = record.common_shift_run;
  });
  write_common_shift(out, connection, common_shift_run);
}

Answer list_regressions(const Context& context, Request& request) {
  store::RegressionFilter filter;
  filter.states = parse_states(request.query_text("state"));
  filter.worse = parse_direction(request.query_text("direction"));
  filter.limit = static_cast<int>(request.query_integer("limit", 1, grouped_max, 200));
  if (request.query.contains("assignee")) filter.assignee = request.query_text("assignee");
  const auto series = request.query_integer("series", 1, INT64_MAX, 0);
  if (series != 0) filter.series = series;
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    auto found = store::list_regressions(project.connection, project.id, filter);
    Directions(context, project).apply(found);
    out.member("regressions", found);
    out.array("groups", triage::group_by_range(found), [&](const triage::Group& group) {
      out.object([&] { write_group(out, project.connection, group, found); });
    });
  });
}

store::Regression require_regression(const ProjectAccess& project, Id id) {
  auto found = store::find_regression(project.connection, project.id, id);
  if (!found) throw not_found(fmt::format("regression {} in project {}", id, project.name));
  return std::move(*found);
}

/// The regressions of the group that this one is in now, including itself.
std::vector<store::Regression> find_group(db::Connection& connection, const store::Regression& regression) {
  store::RegressionFilter alike;
  alike.states = store::is_open(regression.record.state) ? open_states : std::vector{regression.record.state};
  alike.worse = regression.record.worse;
  alike.limit = grouped_max;
  const auto all = store::list_regressions(connection, regression.record.project, alike);
  for (const auto& group : triage::group_by_range(all)) {
    std::vector<store::Regression> members;
    bool is_in_group = false;
    for (const auto member : group.members) {
      members.push_back(all[member]);
      is_in_group = is_in_group || all[member].record.id == regression.record.id;
    }
    if (is_in_group) return members;
  }
  return {regression};
}

void write_detail(JsonWriter& out, db::Connection& connection, const store::Regression& regression) {
  const auto& record = regression.record;
  write_members(out, regression);
  out.array("group", find_group(connection, regression),
            [&](const store::Regression& member) { out.value(member.record.id); });
  write_common_shift(out, connection, record.common_shift_run);
  out.member("audit", store::list_audit(connection, record.project, {"regression", record.id, 0, audit_entries_max}));
}

Answer get_regression(const Context& context, Request& request) {
  const Id id = path_id(request, "regression");
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    auto regression = require_regression(project, id);
    Directions(context, project).apply(regression.series);
    write_detail(out, project.connection, regression);
  });
}

/// The name of the state after the action; for a reopened regression "confirmed" would not say enough.
std::string audit_action(const triage::Action& action, const store::RegressionRecord& before,
                         const store::RegressionRecord& after) {
  if (action.action == "reopen") return "reopened";
  return after.state != before.state ? std::string(store::state_name(after.state)) : action.action;
}

/// What the action's name and the states do not say: the reason or the assignee, then the note.
std::string audit_note(const triage::Action& action, const store::RegressionRecord& before,
                       const store::RegressionRecord& after) {
  std::string detail;
  if (action.action == "dismiss") detail = action.reason;
  if (action.action == "assign") detail = action.assignee.empty() ? "unassigned" : action.assignee;
  if (action.action == "acknowledge" && after.assignee != before.assignee) detail = "assigned to " + after.assignee;
  if (detail.empty() || action.note.empty()) return detail + action.note;
  return detail + ": " + action.note;
}

void apply_action(db::Connection& connection, const store::RegressionRecord& record, const triage::Action& action,
                  const std::string& actor, std::int64_t now_us) {
  const auto after = triage::take_action(record, action, actor, store::newest_run_id(connection, record.project));
  if (!after) throw problem_of(after.error());
  // One audit entry describes the whole action, whether the state changed or not.
  store::save_regression(connection, *after, after->state, now_us, "");
  store::add_audit(connection,
                   {0, record.project, now_us, actor, "regression", record.id, audit_action(action, record, *after),
                    std::string(store::state_name(record.state)), std::string(store::state_name(after->state)),
                    audit_note(action, record, *after), action.link});
}

Answer take_regression_action(const Context& context, Request& request) {
  const Id id = path_id(request, "regression");
  const JsonBody body(request, {"action", "reason", "note", "link", "assignee", "whole_group"});
  const triage::Action action{body.text("action"), body.text("reason"), body.text("note"), body.text("link"),
                              body.text("action") == "assign" ? body.required_text("assignee") : body.text("assignee")};
  const bool whole_group = body.flag("whole_group");
  return write_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto regression = require_regression(project, id);
    const auto members = whole_group ? find_group(project.connection, regression) : std::vector{regression};
    const auto now_us = perftrend::now_us();
    for (const auto& member : members)
      apply_action(project.connection, member.record, action, request.caller.name, now_us);
    auto changed = require_regression(project, id);
    Directions(context, project).apply(changed.series);
    write_detail(out, project.connection, changed);
  });
}

Answer list_audit(const Context& context, Request& request) {
  store::AuditFilter filter;
  filter.subject = request.query_text("subject");
  static constexpr std::array<std::string_view, 10> subjects = {
      "regression", "quarantine", "policy", "run", "series", "case", "testbed", "branch", "metric", "project"};
  if (!filter.subject.empty() && std::find(subjects.begin(), subjects.end(), filter.subject) == subjects.end())
    throw bad_parameter("subject", fmt::format("it must be one of {}", fmt::join(subjects, ", ")));
  filter.subject_id = request.query_integer("subject_id", 1, INT64_MAX, 0);
  filter.before = request.query_integer("before", 1, INT64_MAX, 0);
  const auto limit = static_cast<std::size_t>(request.query_integer("limit", 1, audit_entries_max, 200));
  filter.limit = static_cast<int>(limit) + 1;  // one more than the page has shows whether there is a next page
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    auto entries = store::list_audit(project.connection, project.id, filter);
    if (entries.size() > limit) {
      entries.pop_back();
      out.member("next", entries.back().id);
    }
    out.member("audit", entries);
  });
}

}  // namespace

std::vector<Route> regression_routes() {
  return {{"GET", "/api/v1/projects/{project}/regressions", store::Scope::read, list_regressions},
          {"GET", "/api/v1/projects/{project}/regressions/{id}", store::Scope::read, get_regression},
          {"POST", "/api/v1/projects/{project}/regressions/{id}/actions", store::Scope::admin, take_regression_action},
          {"GET", "/api/v1/projects/{project}/audit", store::Scope::read, list_audit}};
}

}  // namespace perftrend::http
