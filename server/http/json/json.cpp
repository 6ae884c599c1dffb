#include "server/http/json/json.h"

#include <array>

#include "core/time/rfc3339.h"
#include "server/http/json/judgement_json.h"

namespace perftrend::http {
namespace {

using times::to_rfc3339;

constexpr std::array<std::string_view, 5> status_names = {"passed", "failed", "errored", "skipped", "notrun"};
constexpr std::array<std::string_view, 5> verdict_names = {"ok", "improved", "regressed", "suspect", "too_few"};

template <typename Enum>
std::optional<Enum> parse(const std::array<std::string_view, 5>& names, std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names.at(i) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

std::string_view better_name(Better better) {
  return better == Better::lower ? "lower" : "higher";
}

void add_counts(Json& json, const Counts& counts, std::int64_t points) {
  json["cases"] = counts.cases;
  json["passed"] = counts.passed;
  json["failed"] = counts.failed;
  json["errored"] = counts.errored;
  json["skipped"] = counts.skipped;
  json["notrun"] = counts.notrun;
  json["time_seconds"] = counts.time_seconds;
  json["properties"] = counts.properties;
  json["points"] = points;
}

Json optional_time(std::optional<std::int64_t> us) {
  return us ? Json(to_rfc3339(*us)) : Json(nullptr);
}

}  // namespace

std::string_view status_name(CaseStatus status) {
  return status_names.at(static_cast<std::size_t>(status));
}
std::optional<CaseStatus> parse_status(std::string_view name) {
  return parse<CaseStatus>(status_names, name);
}
std::string_view verdict_name(Verdict verdict) {
  return verdict_names.at(static_cast<std::size_t>(verdict));
}
std::optional<FindingState> parse_state(std::string_view name) {
  for (const auto state : {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged,
                           FindingState::fixed, FindingState::dismissed}) {
    if (state_name(state) == name) return state;
  }
  return std::nullopt;
}

Json to_json(const CaseKey& key) {
  return {{"suite", key.suite}, {"classname", key.classname}, {"name", key.name}};
}

Json to_json(const store::Project& project) {
  return {{"name", project.name},
          {"created_at", to_rfc3339(project.created_us)},
          {"runs", project.runs},
          {"series", project.series},
          {"points", project.points},
          {"open_regressions", project.open_regressions},
          {"last_run_at", optional_time(project.last_run_us)}};
}

Json to_json(const store::Run& run) {
  Json json = {{"id", run.id},
               {"branch", run.branch},
               {"commit", run.commit},
               {"testbed", run.testbed},
               {"started_at", to_rfc3339(run.started_us)},
               {"at", to_rfc3339(run.at_us)},
               {"received_at", to_rfc3339(run.received_us)},
               {"ci_url", run.ci_url}};
  add_counts(json, run.counts, run.points);
  json["suspect"] = run.suspect;
  json["warnings_count"] = run.warnings.size();
  json["regressed"] = run.regressed;
  json["improved"] = run.improved;
  return json;
}

Json to_json(const store::RunCase& run_case) {
  Json json = to_json(run_case.key);
  json["status"] = status_name(run_case.status);
  json["time_seconds"] = run_case.time_seconds ? Json(*run_case.time_seconds) : Json(nullptr);
  json["message"] = run_case.message;
  json["flaky"] = run_case.flaky;
  json["reruns"] = run_case.reruns;
  return json;
}

Json to_json(const store::RunPoint& point) {
  return {{"series", point.series},
          {"case", to_json(point.key)},
          {"metric", point.metric},
          {"unit", point.unit},
          {"better", better_name(point.better)},
          {"value", point.value},
          {"min", point.min},
          {"mad", point.mad},
          {"n", point.samples.size()},
          {"samples", point.samples}};
}

Json to_json(const store::SeriesKey& series) {
  return {{"id", series.id},        {"case", to_json(series.key)},          {"metric", series.metric},
          {"unit", series.unit},    {"better", better_name(series.better)}, {"testbed", series.testbed},
          {"branch", series.branch}};
}

Json to_json(const store::Series& series) {
  Json json = to_json(series.key);
  json["points"] = series.points;
  json["last_at"] = to_rfc3339(series.last_at_us);
  json["last_value"] = series.last_value;
  json["last_run"] = series.last_run;
  json["last_suspect"] = series.last_suspect;
  json["sparkline"] = series.sparkline;
  json["open_regression"] = series.open_regression ? Json(state_name(*series.open_regression)) : Json(nullptr);
  return json;
}

Json to_json(const store::Regression& regression) {
  const auto& record = regression.record;
  const double effect = record.before == 0 ? 0 : (record.after - record.before) / std::abs(record.before);
  return {{"id", record.id},
          {"series", to_json(regression.series)},
          {"kind", record.kind == store::FindingKind::drift ? "drift" : "level"},
          {"state", state_name(record.state)},
          {"reason", record.reason},
          {"decided_by", record.decided_by},
          {"direction", record.worse ? "worse" : "better"},
          {"first_run", record.first_run},
          {"first_at", to_rfc3339(record.first_at_us)},
          {"first_commit", regression.first_commit},
          {"last_good_run", record.last_good ? Json(*record.last_good) : Json(nullptr)},
          {"last_good_commit", regression.last_good_commit},
          {"detection_delay_points", record.detection_delay_points},
          {"before", record.before},
          {"after", record.after},
          {"effect", effect},
          {"alerting", record.alerting},
          {"policy_version", record.policy_version},
          {"common_shift_run", record.common_shift_run ? Json(*record.common_shift_run) : Json(nullptr)},
          {"assignee", record.assignee},
          {"note", record.note},
          {"link", record.link},
          {"created_at", to_rfc3339(record.created_us)},
          {"updated_at", to_rfc3339(record.updated_us)},
          {"explanation", record.explanation}};
}

Json to_json(const store::CommonShift& common_shift) {
  return {{"run", common_shift.run},         {"direction", common_shift.worse ? "worse" : "better"},
          {"shifted", common_shift.shifted}, {"judged", common_shift.judged},
          {"effect", common_shift.effect},   {"explanation", triage::explain(common_shift)}};
}

Json to_json(const triage::Finding& finding, std::int64_t version) {
  return {{"series", finding.series.id},
          {"case", to_json(finding.series.key)},
          {"metric", finding.series.metric},
          {"unit", finding.series.unit},
          {"verdict", verdict_name(finding.verdict)},
          {"value", finding.value},
          {"baseline", finding.baseline},
          {"effect", finding.effect},
          {"explanation", finding.explanation},
          {"alerting", finding.alerting},
          {"quarantined", finding.quarantined},
          {"expected_by_chance", finding.expected_by_chance},
          {"part_of_common_shift", finding.part_of_common_shift},
          {"judgement", judgement_json(finding.judged, finding.policy, finding.value, finding.series.unit, version)}};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace perftrend::http
