#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/formats/json_text.h"
#include "core/metrics/coordinates.h"
#include "server/clock.h"
#include "server/http/json/names.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/directions.h"
#include "server/http/routes/project_access.h"
#include "server/http/routes/upload_parameters.h"
#include "server/intake/complete_run.h"
#include "server/store/run_parts.h"
#include "server/triage/lane_states.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

Problem problem_of_upload(const intake::Refusal& refusal) {
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

/// What the run as a whole shows so far.
void write_verdict(JsonWriter& out, const triage::RunVerdict& verdict) {
  out.member("common_shift", verdict.common_shift);
  out.member("base", verdict.base);
  out.member("vanished", verdict.vanished);
  out.member("judged", verdict.judged);
  out.member("expected_by_chance", verdict.expected_by_chance);
  const auto write = [&](bool suspected) {
    return [&out, &verdict, suspected](const triage::Finding& finding) {
      const bool is_listed = suspected ? finding.is_suspected() : finding.is_asserted();
      if (is_listed) out.value(VersionedFinding{finding, verdict.policy_version});
    };
  };
  out.array("findings", verdict.findings, write(false));
  out.array("suspected", verdict.findings, write(true));
}

void write_uploaded(JsonWriter& out, const std::string& project, const intake::Accepted& accepted) {
  const auto& run = accepted.run;
  out.member("id", accepted.run_id);
  out.member("part", run.id);
  out.member("project", project);
  out.member("url", fmt::format("/p/{}/runs/{}", project, accepted.run_id));
  write_counts(out, run.counts, run.points);
  out.member("purpose", metrics::purpose_name(run.purpose));
  out.member("complete", run.complete);
  out.member("suspect", run.suspect);
  out.member("warnings", run.warnings);
  write_verdict(out, accepted.verdict);
}

Answer upload_run(const Context& context, Request& request) {
  const auto& project = request.path_parameter("project");
  const auto accepted = intake::take_upload(context.database, context.policies, context.intake, read_upload(request));
  if (!accepted) throw problem_of_upload(accepted.error());
  auto answer = json_answer([&](JsonWriter& out) { write_uploaded(out, project, *accepted); },
                            accepted->already_there ? 200 : 201);
  answer.headers.emplace_back("Location", fmt::format("/api/v1/projects/{}/runs/{}", project, accepted->run_id));
  return answer;
}

/// The cursor of a page is the (at_us, id) of its last run: "1767225600000000-17".
std::pair<std::int64_t, Id> parse_cursor(const std::string& text) {
  std::pair<std::int64_t, Id> cursor;
  const char* const end = text.data() + text.size();
  const auto at = std::from_chars(text.data(), end, cursor.first);
  if (at.ec == std::errc() && at.ptr != end && *at.ptr == '-') {
    const auto id = std::from_chars(at.ptr + 1, end, cursor.second);
    if (id.ec == std::errc() && id.ptr == end) return cursor;
  }
  throw bad_parameter("before", "it must be the `next` of the previous page");
}

Answer list_runs(const Context& context, Request& request) {
  store::RunFilter filter;
  filter.testbed = request.query_text("testbed");
  filter.branch = request.query_text("branch");
  filter.commit = request.query_text("commit");
  filter.purpose = read_purpose(request);
  const auto limit = static_cast<std::size_t>(request.query_integer("limit", 1, 1000, 100));
  filter.limit = static_cast<int>(limit) + 1;  // one more than the page has shows whether there is a next page
  if (request.query.contains("before")) filter.before = parse_cursor(request.query_text("before"));
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    resolve_lane(project, filter.testbed, filter.branch);
    auto runs = store::list_runs(project.connection, project.id, filter);
    if (runs.size() > limit) {
      runs.pop_back();
      out.member("next", fmt::format("{}-{}", runs.back().at_us, runs.back().id));
    }
    out.member("runs", runs);
  });
}

/// The common shift of a run, and for a run on a short-lived branch, which has no records, what it was judged against
/// and what was found.
void write_branch_verdict(JsonWriter& out, const Context& context, const ProjectAccess& project,
                          const store::Run& run) {
  const auto policies = triage::policies_of(project.connection, context.policies, project.id);
  const auto long_lived = triage::find_long_lived(project.connection, policies, project.id, project.name);
  triage::RunVerdict verdict;
  if (long_lived.is_short_lived(run.branch)) {
    verdict = triage::find_verdict(project.connection, context.policies, project.id, project.name, run.id);
  } else {
    verdict.common_shift = store::find_common_shift(project.connection, run.id);
  }
  out.member("common_shift", verdict.common_shift);
  out.member("base", verdict.base);
  out.member("unjudged", verdict.unjudged);
  out.array("branch_findings", verdict.findings, [&](const triage::Finding& finding) {
    if (finding.is_reported()) out.value(VersionedFinding{finding, verdict.policy_version});
  });
}

/// Records that begin with a run: those that were ever confirmed and what is noted, then mere suspicions.
void write_records(JsonWriter& out, const Context& context, const ProjectAccess& project,
                   const store::RegressionFilter& starting_here) {
  auto findings = store::list_regressions(project.connection, project.id, starting_here);
  Directions(context, project).apply(findings);
  const auto first_suspicion = std::stable_partition(findings.begin(), findings.end(), [](const auto& each) {
    return each.record.confirmed_us || each.record.kind == store::FindingKind::environment;
  });
  out.member("findings", std::vector(findings.begin(), first_suspicion));
  out.member("suspicions", std::vector(first_suspicion, findings.end()));
}

Answer get_run(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto run = require_run(project, request);
    store::RegressionFilter starting_here;
    starting_here.first_run = run.id;
    starting_here.limit = 1000;
    write_members(out, run);
    out.json_member("environment", run.environment_json);
    out.json_member("configuration", run.configuration_json);
    out.json_member("subject", run.subject_json);
    out.member("run_key", run.run_key);
    out.member("parts", store::list_parts(project.connection, run.id));
    out.member("warnings", run.warnings);
    write_records(out, context, project, starting_here);
    write_branch_verdict(out, context, project, run);
  });
}

/// Judges a run that waits for parts with those it has.
Answer complete_run(const Context& context, Request& request) {
  const auto at_us = now_us();
  return write_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const Id run = require_run(project, request).id;
    const auto verdict =
        intake::complete_run(project.connection, context.policies, project.id, project.name, run, at_us);
    out.member("id", run);
    out.member("complete", true);
    out.member("parts_count", store::list_part_ids(project.connection, run).size());
    write_verdict(out, verdict);
  });
}

Answer list_cases(const Context& context, Request& request) {
  const auto limit = static_cast<int>(request.query_integer("limit", 1, 10000, 1000));
  const auto after = request.query_integer("after", 0, INT64_MAX, -1);
  std::optional<CaseStatus> status;
  if (request.query.contains("status")) {
    status = parse_status(request.query_text("status"));
    if (!status) throw bad_parameter("status", "it must be passed, failed, errored, skipped or notrun");
  }
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const Id run = require_run(project, request).id;
    auto cases = store::list_whole_run_cases(project.connection, run, status, after, limit + 1);
    if (cases.size() > static_cast<std::size_t>(limit)) {
      cases.pop_back();
      out.member("next", cases.back().ordinal);
    }
    out.member("cases", cases);
  });
}

Answer list_points(const Context& context, Request& request) {
  // Judging replays the history of every series, so it is only done for runs that fit on a page.
  constexpr std::int64_t judged_points_max = 1000;
  const bool requested = request.query_integer("judge", 0, 1, 0) == 1;
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto run = require_run(project, request);
    const bool is_judged = requested && run.points <= judged_points_max && run.excluded.empty();
    triage::RunVerdict verdict;
    if (is_judged)
      verdict = triage::find_verdict(project.connection, context.policies, project.id, project.name, run.id);
    std::map<Id, const triage::Finding*> findings;
    for (const auto& finding : verdict.findings)
      findings.emplace(finding.series.id, &finding);
    const auto write_point = [&](const store::RunPoint& point) {
      write_members(out, point);
      if (!is_judged) return;
      if (const auto found = findings.find(point.series); found != findings.end()) {
        out.member("finding", VersionedFinding{*found->second, verdict.policy_version});
      } else {
        out.member("finding", nullptr);
      }
    };
    auto points = store::list_whole_run_points(project.connection, run.id);
    Directions(context, project).apply(points);
    out.array("points", points, [&](const store::RunPoint& point) { out.object([&] { write_point(point); }); });
  });
}

Answer list_documents(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    out.member("documents", store::list_whole_run_documents(project.connection, require_run(project, request).id));
  });
}

/// The content type of a document and the extension of its file, by its bytes. The content type that the client sent is
/// never used: a browser must not render an uploaded page in the origin of the dashboard.
std::pair<std::string_view, std::string_view> type_of(std::string_view bytes, std::string_view name) {
  if (!formats::looks_like_json(bytes)) return {"application/xml", "xml"};
  if (name.ends_with(".jsonl")) return {"application/jsonl", "jsonl"};
  return {"application/json", "json"};
}

Answer get_junit(const Context& context, Request& request) {
  const auto ordinal = request.query_integer("file", 0, INT64_MAX, 0);
  std::optional<store::Document> document;
  context.database.read([&](db::Connection& connection) {
    const auto run = require_run(require_project(connection, request), request);
    document = store::find_whole_run_document(connection, run.id, ordinal);
  });
  if (!document) throw not_found(fmt::format("document {} of this run", ordinal));
  if (!document->redacted.empty())
    throw Problem(410, "redacted", fmt::format("document {} was redacted by {}", ordinal, document->redacted));
  Answer answer;
  answer.body = intake::unpack(*document);
  const auto [type, extension] = type_of(answer.body, document->name);
  answer.content_type = type;
  answer.headers.emplace_back("Content-Disposition",
                              fmt::format("attachment; filename=\"{}-{}-{}.{}\"", request.path_parameter("project"),
                                          request.path_parameter("id"), ordinal, extension));
  return answer;
}

}  // namespace

std::vector<Route> run_routes() {
  return {{"POST", "/api/v1/projects/{project}/runs", store::Scope::upload, upload_run},
          {"GET", "/api/v1/projects/{project}/runs", store::Scope::read, list_runs},
          {"GET", "/api/v1/projects/{project}/runs/{id}", store::Scope::read, get_run},
          {"POST", "/api/v1/projects/{project}/runs/{id}/complete", store::Scope::upload, complete_run},
          {"GET", "/api/v1/projects/{project}/runs/{id}/cases", store::Scope::read, list_cases},
          {"GET", "/api/v1/projects/{project}/runs/{id}/points", store::Scope::read, list_points},
          {"GET", "/api/v1/projects/{project}/runs/{id}/documents", store::Scope::read, list_documents},
          {"GET", "/api/v1/projects/{project}/runs/{id}/junit", store::Scope::read, get_junit}};
}

}  // namespace perftrend::http
