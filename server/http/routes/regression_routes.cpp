#include <fmt/format.h>

#include "core/time/rfc3339.h"
#include "server/http/json/body_json.h"
#include "server/http/json/json.h"
#include "server/http/routes/routes.h"
#include "server/store/audit.h"
#include "server/triage/groups.h"
#include "server/triage/life.h"

namespace perftrend::http {
namespace {

const std::vector<FindingState> open_states = {FindingState::suspected, FindingState::confirmed,
                                               FindingState::acknowledged};
const std::vector<FindingState> all_states = {FindingState::suspected, FindingState::confirmed,
                                              FindingState::acknowledged, FindingState::fixed, FindingState::dismissed};

// Groups are made of what is listed: enough for every open one of a large project.
constexpr int grouped_max = 10'000;

Id require_project(db::Connection& connection, const Request& request) {
  const auto& name = request.path_parameter("project");
  const auto project = store::find_project_id(connection, name);
  if (!project) throw not_found("project " + name);
  return *project;
}

std::vector<FindingState> parse_states(const std::string& text) {
  if (text.empty() || text == "open") return open_states;
  if (text == "all") return all_states;
  const auto state = parse_state(text);
  if (!state) {
    throw bad_parameter("state", "give open, all, suspected, confirmed, acknowledged, fixed or dismissed");
  }
  return {*state};
}

std::optional<bool> parse_direction(const std::string& text) {
  if (text.empty() || text == "worse") return true;
  if (text == "better") return false;
  if (text == "both") return std::nullopt;
  throw bad_parameter("direction", "give worse, better or both");
}

Json audit_json(const store::AuditEntry& entry) {
  return {{"id", entry.id},
          {"at", times::to_rfc3339(entry.at_us)},
          {"actor", entry.actor},
          {"subject", entry.subject},
          {"subject_id", entry.subject_id},
          {"action", entry.action},
          {"from_state", entry.from_state},
          {"to_state", entry.to_state},
          {"note", entry.note},
          {"link", entry.link}};
}

Json group_json(db::Connection& connection, const triage::Group& group,
                const std::vector<store::Regression>& regressions) {
  const auto& begin = regressions[group.last_good];
  const auto& end = regressions[group.first_bad];
  Json json = {{"direction", end.record.worse ? "worse" : "better"},
               {"branch", end.series.branch},
               {"last_good_run", begin.record.last_good ? Json(*begin.record.last_good) : Json(nullptr)},
               {"last_good_commit", begin.last_good_commit},
               {"first_run", end.record.first_run},
               {"first_commit", end.first_commit},
               {"first_at", times::to_rfc3339(end.record.first_at_us)},
               {"regressions", Json::array()},
               {"common_shift", nullptr}};
  std::optional<Id> common_shift_run;
  for (const auto member : group.members) {
    json["regressions"].push_back(regressions[member].record.id);
    if (regressions[member].record.common_shift_run) common_shift_run = regressions[member].record.common_shift_run;
  }
  if (!common_shift_run) return json;
  if (const auto common_shift = store::find_common_shift(connection, *common_shift_run))
    json["common_shift"] = to_json(*common_shift);
  return json;
}

Answer list_regressions(const Context& context, const Request& request) {
  store::RegressionFilter filter;
  filter.states = parse_states(request.query_text("state"));
  filter.worse = parse_direction(request.query_text("direction"));
  filter.limit = static_cast<int>(request.query_integer("limit", 1, grouped_max, 200));
  if (request.query.contains("assignee")) filter.assignee = request.query_text("assignee");
  const auto series = request.query_integer("series", 1, INT64_MAX, 0);
  if (series != 0) filter.series = series;
  Json json = {{"regressions", Json::array()}, {"groups", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    const auto found = store::list_regressions(connection, require_project(connection, request), filter);
    for (const auto& regression : found)
      json["regressions"].push_back(to_json(regression));
    for (const auto& group : triage::group_by_range(found))
      json["groups"].push_back(group_json(connection, group, found));
  });
  return {200, "application/json", dump(json), {}, {}};
}

store::Regression require_regression(db::Connection& connection, const Request& request, Id id) {
  const auto found = store::find_regression(connection, require_project(connection, request), id);
  if (!found) throw not_found(fmt::format("regression {} in project {}", id, request.path_parameter("project")));
  return *found;
}

/// The open regressions of the group it is in now, itself among them.
std::vector<store::Regression> find_group(db::Connection& connection, const store::Regression& regression) {
  store::RegressionFilter alike;
  alike.states = store::is_open(regression.record.state) ? open_states : std::vector{regression.record.state};
  alike.worse = regression.record.worse;
  alike.limit = grouped_max;
  const auto all = store::list_regressions(connection, regression.record.project, alike);
  for (const auto& group : triage::group_by_range(all)) {
    std::vector<store::Regression> members;
    bool here = false;
    for (const auto member : group.members) {
      members.push_back(all[member]);
      here = here || all[member].record.id == regression.record.id;
    }
    if (here) return members;
  }
  return {regression};
}

Json detail_json(db::Connection& connection, const store::Regression& regression) {
  Json json = to_json(regression);
  json["group"] = Json::array();
  for (const auto& member : find_group(connection, regression))
    json["group"].push_back(member.record.id);
  json["common_shift"] = nullptr;
  if (regression.record.common_shift_run) {
    if (const auto common_shift = store::find_common_shift(connection, *regression.record.common_shift_run)) {
      json["common_shift"] = to_json(*common_shift);
    }
  }
  json["audit"] = Json::array();
  for (const auto& entry :
       store::list_audit(connection, regression.record.project, {"regression", regression.record.id, 0, 1000})) {
    json["audit"].push_back(audit_json(entry));
  }
  return json;
}

Answer get_regression(const Context& context, const Request& request) {
  const Id id = path_id(request, "regression");
  Json json;
  context.database.read(
      [&](db::Connection& connection) { json = detail_json(connection, require_regression(connection, request, id)); });
  return {200, "application/json", dump(json), {}, {}};
}

/// The word of the state that a step brought; "confirmed" alone would not say that it was reopened.
std::string audit_action(const triage::Action& step, const store::RegressionRecord& before,
                         const store::RegressionRecord& after) {
  if (step.action == "reopen") return "reopened";
  return after.state != before.state ? std::string(state_name(after.state)) : step.action;
}

/// All of a step that its action and its states do not say.
std::string audit_note(const triage::Action& step, const store::RegressionRecord& before,
                       const store::RegressionRecord& after) {
  std::string said;
  if (step.action == "dismiss") said = step.reason;
  if (step.action == "assign") said = step.assignee.empty() ? "nobody" : step.assignee;
  if (step.action == "acknowledge" && after.assignee != before.assignee) said = "assigned to " + after.assignee;
  if (said.empty() || step.note.empty()) return said + step.note;
  return said + ": " + step.note;
}

void apply_action(db::Connection& connection, const store::RegressionRecord& record, const triage::Action& step,
                  const std::string& actor, std::int64_t now_us) {
  const auto after = triage::take_action(record, step, actor);
  if (!after) {
    throw Problem(after.error().conflict ? 409 : 400, after.error().conflict ? "conflict" : "bad-parameter",
                  after.error().cause);
  }
  // One entry says all of the step, whether the state changed or not.
  store::save_regression(connection, *after, after->state, now_us, "");
  store::add_audit(connection, {0, record.project, now_us, actor, "regression", record.id,
                                audit_action(step, record, *after), std::string(state_name(record.state)),
                                std::string(state_name(after->state)), audit_note(step, record, *after), step.link});
}

Answer take_action(const Context& context, const Request& request) {
  const Id id = path_id(request, "regression");
  const Body body(request, {"action", "reason", "note", "link", "assignee", "whole_group"});
  const triage::Action step{body.text("action"), body.text("reason"), body.text("note"), body.text("link"),
                            body.text("action") == "assign" ? body.required_text("assignee") : body.text("assignee")};
  const bool whole_group = body.flag("whole_group");
  Json json;
  context.database.write([&](db::Connection& connection) {
    const auto regression = require_regression(connection, request, id);
    const auto members = whole_group ? find_group(connection, regression) : std::vector{regression};
    const auto now_us = times::now_us();
    for (const auto& member : members)
      apply_action(connection, member.record, step, request.caller.name, now_us);
    json = detail_json(connection, require_regression(connection, request, id));
  });
  return {200, "application/json", dump(json), {}, {}};
}

Answer list_audit(const Context& context, const Request& request) {
  store::AuditFilter filter;
  filter.subject = request.query_text("subject");
  if (!filter.subject.empty() && filter.subject != "regression" && filter.subject != "quarantine" &&
      filter.subject != "policy") {
    throw bad_parameter("subject", "give regression, quarantine or policy");
  }
  filter.subject_id = request.query_integer("subject_id", 1, INT64_MAX, 0);
  filter.before = request.query_integer("before", 1, INT64_MAX, 0);
  const auto limit = static_cast<std::size_t>(request.query_integer("limit", 1, 1000, 200));
  filter.limit = static_cast<int>(limit) + 1;
  Json json = {{"audit", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    auto entries = store::list_audit(connection, require_project(connection, request), filter);
    if (entries.size() > limit) {
      entries.pop_back();
      json["next"] = entries.back().id;
    }
    for (const auto& entry : entries)
      json["audit"].push_back(audit_json(entry));
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_regression_routes(std::vector<Route>& routes, const Context& context) {
  const std::string base = "/api/v1/projects/{project}";
  routes.push_back({"GET", base + "/regressions", store::Scope::read,
                    [&context](const Request& request) { return list_regressions(context, request); }});
  routes.push_back({"GET", base + "/regressions/{id}", store::Scope::read,
                    [&context](const Request& request) { return get_regression(context, request); }});
  routes.push_back({"POST", base + "/regressions/{id}/actions", store::Scope::admin,
                    [&context](const Request& request) { return take_action(context, request); }});
  routes.push_back({"GET", base + "/audit", store::Scope::read,
                    [&context](const Request& request) { return list_audit(context, request); }});
}

}  // namespace perftrend::http
