#include "server/http/json/shapes.h"

#include <array>
#include <cmath>
#include <string_view>

#include "core/metrics/coordinates.h"
#include "server/http/json/judgement_json.h"
#include "server/http/json/names.h"
#include "server/triage/life.h"

namespace perftrend::http {
namespace {

std::string_view point_state_name(triage::PointState state) {
  static constexpr std::array<std::string_view, 5> names = {"suspected", "confirmed", "closed", "noted", "compared"};
  return names.at(static_cast<std::size_t>(state));
}

std::string_view shift_state_name(store::CommonShift::State state) {
  static constexpr std::array<std::string_view, 3> names = {"suspected", "confirmed", "compared"};
  return names.at(static_cast<std::size_t>(state));
}

/// What was measured: the case, the metric and its unit.
template <class Of>
void write_metric(JsonWriter& out, const Of& of) {
  out.member("case", of.key);
  out.member("metric", of.metric);
  out.member("unit", of.unit);
}

}  // namespace

void write_members(JsonWriter& out, const CaseKey& key) {
  out.member("suite", key.suite);
  out.member("classname", key.classname);
  out.member("name", key.name);
}

void write_members(JsonWriter& out, const store::Project& project) {
  out.member("name", project.name);
  out.time("created_at", project.created_us);
  out.member("runs", project.runs);
  out.member("series", project.series);
  out.member("points", project.points);
  out.member("open_regressions", project.open_regressions);
  out.time("last_run_at", project.last_run_us);
  out.member("default_branch", project.default_branch.name);
}

void write_counts(JsonWriter& out, const Counts& counts, std::int64_t points) {
  out.member("cases", counts.cases);
  out.member("passed", counts.passed);
  out.member("failed", counts.failed);
  out.member("errored", counts.errored);
  out.member("skipped", counts.skipped);
  out.member("notrun", counts.notrun);
  out.member("time_seconds", counts.time_seconds);
  out.member("properties", counts.properties);
  out.member("points", points);
}

void write_members(JsonWriter& out, const store::Run& run) {
  out.member("id", run.id);
  out.member("branch", run.branch);
  out.member("commit", run.commit);
  out.member("testbed", run.testbed);
  out.time("started_at", run.started_us);
  out.time("at", run.at_us);
  out.time("received_at", run.received_us);
  out.member("ci_url", run.ci_url);
  write_counts(out, run.counts, run.points);
  out.member("suspect", run.suspect);
  out.member("suspect_by", run.suspect_by);
  out.member("excluded", run.excluded);
  out.member("warnings_count", run.warnings.size());
  out.member("purpose", metrics::purpose_name(run.purpose));
  out.member("base_branch", run.base_branch);
  out.member("base_commit", run.base_commit);
  out.member("parts_count", run.parts);
  out.member("parts_expected", run.parts_expected);
  out.member("complete", run.complete);
  out.member("regressed", run.regressed);
  out.member("improved", run.improved);
}

void write_members(JsonWriter& out, const store::RunPart& part) {
  out.member("id", part.id);
  out.member("shard", part.shard);
  out.time("received_at", part.received_us);
  out.member("cases", part.cases);
  out.member("points", part.points);
  out.member("documents", part.documents);
  out.member("warnings", part.warnings);
}

void write_members(JsonWriter& out, const store::RunCase& run_case) {
  write_members(out, run_case.key);
  out.member("status", status_name(run_case.status));
  out.member("time_seconds", run_case.time_seconds);
  out.member("message", run_case.message);
  out.member("flaky", run_case.flaky);
  out.member("reruns", run_case.reruns);
}

void write_members(JsonWriter& out, const store::RunPoint& point) {
  out.member("series", point.series);
  write_metric(out, point);
  out.member("better", better_name(point.better));
  out.member("value", point.value);
  out.member("min", point.min);
  out.member("mad", point.mad);
  out.member("n", point.samples.size());
  out.member("samples", point.samples);
}

void write_members(JsonWriter& out, const store::Document& document) {
  out.member("name", document.name);
  out.member("content_type", document.content_type);
  out.member("body_bytes", document.body_bytes);
  out.member("redacted", document.redacted);
}

void write_members(JsonWriter& out, const store::SeriesKey& series) {
  out.member("id", series.id);
  write_metric(out, series);
  out.member("better", better_name(series.better));
  out.member("testbed", series.testbed);
  out.member("branch", series.branch);
  out.member("purpose", metrics::purpose_name(series.purpose));
  out.json_member("configuration", series.configuration_json);
}

void write_members(JsonWriter& out, const ListedSeries& of) {
  const auto& series = of.series;
  write_members(out, series.key);
  out.member("points", series.points);
  out.time("last_at", series.last_at_us);
  out.member("last_value", series.last_value);
  out.member("last_run", series.last_run);
  out.member("last_suspect", series.last_suspect);
  out.member("sparkline", series.sparkline);
  out.member("window_points", series.window_points);
  out.member("minimum_points", of.minimum_points);
  if (series.open_regression) {
    out.member("open_regression", store::state_name(*series.open_regression));
  } else {
    out.member("open_regression", nullptr);
  }
}

void write_members(JsonWriter& out, const store::Regression& regression) {
  const auto& record = regression.record;
  out.member("id", record.id);
  out.member("series", regression.series);
  out.member("kind", store::kind_name(record.kind));
  out.member("state", store::state_name(record.state));
  out.member("reason", record.reason);
  out.member("reason_text", triage::describe_reason(record.reason));
  out.time("confirmed_at", record.confirmed_us);
  out.member("decided_by", record.decided_by);
  out.member("direction", direction_name(record.worse));
  out.member("first_run", record.first_run);
  out.time("first_at", record.first_at_us);
  out.member("first_commit", regression.first_commit);
  out.member("last_good_run", record.last_good);
  out.member("last_good_commit", regression.last_good_commit);
  out.member("same_commit", regression.is_same_commit());
  out.member("environment_changes", regression.environment_changes);
  out.member("subject_changes", regression.subject_changes);
  out.member("detection_delay_points", record.detection_delay_points);
  out.member("before", record.before);
  out.member("after", record.after);
  out.member("effect", detect::relative_change(record.before, record.after));
  out.member("alerting", record.alerting);
  out.member("policy_version", record.policy_version);
  out.member("common_shift_run", record.common_shift_run);
  out.member("assignee", record.assignee);
  out.member("note", record.note);
  out.member("link", record.link);
  out.time("created_at", record.created_us);
  out.time("updated_at", record.updated_us);
  out.member("explanation", store::explain(regression));
}

void write_members(JsonWriter& out, const store::CommonShift& common_shift) {
  out.member("run", common_shift.run);
  out.member("direction", direction_name(common_shift.worse));
  out.member("shifted", common_shift.shifted);
  out.member("judged", common_shift.judged);
  out.member("effect", common_shift.effect);
  out.member("state", shift_state_name(common_shift.state));
  out.member("explanation", triage::explain(common_shift));
}

void write_members(JsonWriter& out, const store::AuditEntry& entry) {
  out.member("id", entry.id);
  out.time("at", entry.at_us);
  out.member("actor", entry.actor);
  out.member("subject", entry.subject);
  out.member("subject_id", entry.subject_id);
  out.member("action", entry.action);
  out.member("from_state", entry.from_state);
  out.member("to_state", entry.to_state);
  out.member("note", entry.note);
  out.member("link", entry.link);
}

void write_members(JsonWriter& out, const triage::BranchBase& base) {
  out.member("branch", base.branch);
  out.member("run", base.run);
  out.member("commit", base.commit);
  out.member("is_merge_base", base.is_merge_base);
  out.member("explanation", base.note);
}

void write_members(JsonWriter& out, const store::VanishedSeries& vanished) {
  out.member("series", vanished.series);
  out.member("case", vanished.key);
  out.member("metric", vanished.metric);
  out.member("testbed", vanished.testbed);
  out.member("branch", vanished.branch);
  out.member("last_run", vanished.last_run);
  out.time("last_at", vanished.last_at_us);
  out.member("similar_case", vanished.similar);
}

void write_members(JsonWriter& out, const store::VanishedPage& vanished) {
  out.member("total", vanished.total);
  out.member("explanation", triage::explain(vanished));
  out.member("series", vanished.series);
}

void write_members(JsonWriter& out, const VersionedFinding& of) {
  const auto& finding = of.finding;
  out.member("series", finding.series.id);
  write_metric(out, finding.series);
  out.member("kind", finding.kind());
  out.member("verdict", verdict_name(finding.verdict));
  out.member("state", point_state_name(finding.state));
  out.member("value", finding.value);
  out.member("baseline", finding.baseline);
  out.member("effect", finding.effect);
  out.member("explanation", finding.explanation);
  out.member("alerting", finding.alerting);
  out.member("quarantined", finding.quarantined);
  out.member("expected_by_chance", finding.expected_by_chance);
  out.member("part_of_common_shift", finding.part_of_common_shift);
  out.member("judgement",
             ExplainedPoint{finding.judged, {finding.policy, of.version}, finding.value, finding.series.unit});
}

}  // namespace perftrend::http
