#include <fmt/format.h>

#include <charconv>
#include <map>

#include "core/formats/json_text.h"
#include "server/http/json/json.h"
#include "server/http/routes/routes.h"

namespace perftrend::http {
namespace {

Id require_project(db::Connection& connection, const Request& request) {
  const auto& name = request.path_parameter("project");
  const auto id = store::find_project_id(connection, name);
  if (!id) throw not_found("project " + name);
  return *id;
}

store::Run require_run(db::Connection& connection, const Request& request) {
  const Id project = require_project(connection, request);
  const std::string& text = request.path_parameter("id");
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error == std::errc() && end == text.data() + text.size()) {
    if (auto run = store::find_run(connection, project, id)) return *run;
  }
  throw not_found(fmt::format("run {} in project {}", text, request.path_parameter("project")));
}

Answer json_answer(const Json& json) {
  return {200, "application/json", dump(json), {}, {}};
}

Problem problem_of(const intake::Refusal& refusal) {
  switch (refusal.kind) {
    case intake::Refusal::Kind::malformed:
      return Problem(400, "malformed-report", refusal.cause).at(refusal.line, refusal.column);
    case intake::Refusal::Kind::over_limit:
      return Problem(413, "over-limit", refusal.cause).at(refusal.line, refusal.column).limit(refusal.limit);
    case intake::Refusal::Kind::bad_parameter:
      return {400, "bad-parameter", refusal.cause};
    case intake::Refusal::Kind::conflict:
      return {409, "conflict", refusal.cause};
  }
  std::abort();
}

/// A run's answer, a JSON object, with its findings as the last member. Written one by one, for there may be as many as
/// the run has series.
std::string with_findings(std::string object, const triage::RunVerdict& verdict) {
  object.erase(object.rfind('}'));
  object += ",\"findings\":[";
  const char* separator = "";
  for (const auto& finding : verdict.findings) {
    if (!finding.is_reported()) continue;
    object += separator;
    object += to_json(finding, verdict.policy_version).dump(-1, ' ', false, Json::error_handler_t::replace);
    separator = ",";
  }
  return object += "]}\n";
}

Answer upload_run(const Context& context, Request& request) {
  const auto& project = request.path_parameter("project");
  const auto accepted =
      intake::take_upload(context.database, context.policies, context.intake,
                          {.project = project,
                           .branch = request.query_or_header("branch", "perftrend-branch"),
                           .commit = request.query_or_header("commit", "perftrend-commit"),
                           .testbed = request.query_or_header("testbed", "perftrend-testbed"),
                           .ci_url = request.query_or_header("ci_url", "perftrend-ci-url"),
                           .started_at = request.query_or_header("started_at", "perftrend-started-at"),
                           .commit_time = request.query_or_header("commit_time", "perftrend-commit-time"),
                           .idempotency_key = request.header("idempotency-key"),
                           .format = request.query.contains("format") ? request.query_text("format") : "auto",
                           .files = std::move(request.files)});
  if (!accepted) throw problem_of(accepted.error());
  const auto& run = accepted->run;
  const std::string url = fmt::format("/p/{}/runs/{}", project, run.id);
  const auto& verdict = accepted->verdict;
  const Json json = {{"id", run.id},
                     {"project", project},
                     {"url", url},
                     {"cases", run.counts.cases},
                     {"passed", run.counts.passed},
                     {"failed", run.counts.failed},
                     {"errored", run.counts.errored},
                     {"skipped", run.counts.skipped},
                     {"notrun", run.counts.notrun},
                     {"time_seconds", run.counts.time_seconds},
                     {"properties", run.counts.properties},
                     {"points", run.points},
                     {"suspect", run.suspect},
                     {"warnings", run.warnings},
                     {"common_shift", verdict.common_shift ? to_json(*verdict.common_shift) : Json(nullptr)},
                     {"judged", verdict.judged},
                     {"expected_by_chance", verdict.expected_by_chance}};
  Answer answer = json_answer(json);
  answer.body = with_findings(std::move(answer.body), verdict);
  answer.status = accepted->already_there ? 200 : 201;
  answer.headers.emplace_back("Location", fmt::format("/api/v1/projects/{}/runs/{}", project, run.id));
  return answer;
}

/// A page ends at (at_us, id); the cursor is both in digits.
std::pair<std::int64_t, Id> parse_cursor(const std::string& text) {
  std::pair<std::int64_t, Id> cursor;
  const char* const end = text.data() + text.size();
  const auto at = std::from_chars(text.data(), end, cursor.first);
  if (at.ec == std::errc() && at.ptr != end && *at.ptr == '-') {
    const auto id = std::from_chars(at.ptr + 1, end, cursor.second);
    if (id.ec == std::errc() && id.ptr == end) return cursor;
  }
  throw bad_parameter("before", "give the `next` of the page before");
}

Answer list_runs(const Context& context, Request& request) {
  store::RunFilter filter;
  filter.testbed = request.query_text("testbed");
  filter.branch = request.query_text("branch");
  filter.limit = static_cast<int>(request.query_integer("limit", 1, 1000, 100));
  if (request.query.contains("before")) filter.before = parse_cursor(request.query_text("before"));
  std::vector<store::Run> runs;
  context.database.read([&](db::Connection& connection) {
    auto asked = filter;
    ++asked.limit;  // one more than the page holds says whether there is a next one
    runs = store::list_runs(connection, require_project(connection, request), asked);
  });
  Json json = {{"runs", Json::array()}};
  if (runs.size() > static_cast<std::size_t>(filter.limit)) {
    runs.pop_back();
    json["next"] = fmt::format("{}-{}", runs.back().at_us, runs.back().id);
  }
  for (const auto& run : runs)
    json["runs"].push_back(to_json(run));
  return json_answer(json);
}

Answer get_run(const Context& context, Request& request) {
  Json json;
  context.database.read([&](db::Connection& connection) {
    const auto run = require_run(connection, request);
    json = to_json(run);
    json["environment"] = Json::parse(run.environment_json);
    json["warnings"] = run.warnings;
    json["findings"] = Json::array();
    store::RegressionFilter starting_here;
    starting_here.states = {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged,
                            FindingState::fixed, FindingState::dismissed};
    starting_here.first_run = run.id;
    starting_here.limit = 1000;
    const Id project = require_project(connection, request);
    for (const auto& regression : store::list_regressions(connection, project, starting_here)) {
      json["findings"].push_back(to_json(regression));
    }
    const auto common_shift = store::find_common_shift(connection, run.id);
    json["common_shift"] = common_shift ? to_json(*common_shift) : Json(nullptr);
  });
  return json_answer(json);
}

Answer list_cases(const Context& context, Request& request) {
  const auto limit = static_cast<int>(request.query_integer("limit", 1, 10000, 1000));
  const auto after = request.query_integer("after", 0, INT64_MAX, -1);
  std::optional<CaseStatus> status;
  if (request.query.contains("status")) {
    status = parse_status(request.query_text("status"));
    if (!status) throw bad_parameter("status", "give passed, failed, errored, skipped or notrun");
  }
  std::vector<store::RunCase> cases;
  context.database.read([&](db::Connection& connection) {
    cases = store::list_run_cases(connection, require_run(connection, request).id, status, after, limit + 1);
  });
  Json json = {{"cases", Json::array()}};
  if (cases.size() > static_cast<std::size_t>(limit)) {
    cases.pop_back();
    json["next"] = cases.back().ordinal;
  }
  for (const auto& run_case : cases)
    json["cases"].push_back(to_json(run_case));
  return json_answer(json);
}

Answer list_points(const Context& context, Request& request) {
  // Judging replays the history of every series: a page's worth, not a monorepo's.
  constexpr std::int64_t judged_points_max = 1000;
  const bool wanted = request.query_integer("judge", 0, 1, 0) == 1;
  Json json = {{"points", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    const auto run = require_run(connection, request);
    std::map<Id, Json> findings;
    const bool judged = wanted && run.points <= judged_points_max;
    if (judged) {
      const Id project = require_project(connection, request);
      const auto verdict =
          triage::find_verdict(connection, context.policies, project, request.path_parameter("project"), run.id);
      for (const auto& finding : verdict.findings)
        findings.emplace(finding.series.id, to_json(finding, verdict.policy_version));
    }
    for (const auto& point : store::list_run_points(connection, run.id)) {
      Json each = to_json(point);
      if (judged) each["finding"] = findings.contains(point.series) ? findings[point.series] : Json(nullptr);
      json["points"].push_back(std::move(each));
    }
  });
  return json_answer(json);
}

Answer list_documents(const Context& context, Request& request) {
  Json json = {{"documents", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    for (const auto& document : store::list_documents(connection, require_run(connection, request).id)) {
      json["documents"].push_back(
          {{"name", document.name}, {"content_type", document.content_type}, {"body_bytes", document.body_bytes}});
    }
  });
  return json_answer(json);
}

/// What a document is by its bytes, and the ending of such a file. Never the sender's own content type: a browser must
/// not render an uploaded page in our origin.
std::pair<std::string_view, std::string_view> type_of(std::string_view bytes, std::string_view name) {
  if (!formats::looks_like_json(bytes)) return {"application/xml", "xml"};
  if (name.ends_with(".jsonl")) return {"application/jsonl", "jsonl"};
  return {"application/json", "json"};
}

Answer get_junit(const Context& context, Request& request) {
  const auto ordinal = request.query_integer("file", 0, INT64_MAX, 0);
  std::optional<store::Document> document;
  context.database.read([&](db::Connection& connection) {
    document = store::find_document(connection, require_run(connection, request).id, ordinal);
  });
  if (!document) throw not_found(fmt::format("document {} of this run", ordinal));
  Answer answer;
  answer.body = intake::unpack(*document);
  const auto [type, ending] = type_of(answer.body, document->name);
  answer.content_type = type;
  answer.headers.emplace_back("Content-Disposition",
                              fmt::format("attachment; filename=\"{}-{}-{}.{}\"", request.path_parameter("project"),
                                          request.path_parameter("id"), ordinal, ending));
  return answer;
}

}  // namespace

void add_run_routes(std::vector<Route>& routes, const Context& context) {
  const auto add = [&](const char* method, const char* path, store::Scope needed,
                       Answer (*handler)(const Context&, Request&)) {
    routes.push_back({method, std::string("/api/v1/projects/{project}/runs") + path, needed,
                      [&context, handler](Request& request) { return handler(context, request); }});
  };
  add("POST", "", store::Scope::upload, upload_run);
  add("GET", "", store::Scope::read, list_runs);
  add("GET", "/{id}", store::Scope::read, get_run);
  add("GET", "/{id}/cases", store::Scope::read, list_cases);
  add("GET", "/{id}/points", store::Scope::read, list_points);
  add("GET", "/{id}/documents", store::Scope::read, list_documents);
  add("GET", "/{id}/junit", store::Scope::read, get_junit);
}

}  // namespace perftrend::http
