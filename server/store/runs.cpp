#include "server/store/runs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <list>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>

#include "server/db/id_parts.h"
#include "server/points/points.h"
#include "server/store/commits.h"
#include "server/store/lanes.h"
#include "server/store/run_parts.h"
#include "server/store/run_rows.h"

namespace perftrend::store {
namespace {

SeriesScope scope_of(const NewRun& run, const ResolvedRun& resolved, const MetricValue& metric) {
  const auto& where = run.coordinates;
  return {where.testbed, where.branch, resolved.configuration_of(metric), where.purpose};
}

/// The id of each configuration of the run, found or stored by `find`; 0 where it does not exist.
template <typename Find>
void set_configurations(const NewRun& run, ResolvedRun& resolved, const Find& find) {
  if (resolved.configuration == 0) resolved.configuration = find(run.coordinates.configuration);
  resolved.case_configurations.resize(run.case_facts.size());
  for (std::size_t i = 0; i < run.case_facts.size(); ++i) {
    Id& id = resolved.case_configurations[i];
    const bool is_of_run = run.case_facts[i].configuration.empty();
    if (id == 0) id = is_of_run ? resolved.configuration : find(run.configuration(static_cast<std::uint32_t>(i)));
  }
}

/// Looks up the series of a run's metrics, and counts their points.
class PointResolver {
 public:
  PointResolver(db::Connection& connection, const NewRun& run, const ResolvedRun& resolved, CaseIds& cases,
                points::SeriesDirectory& directory)
      : connection_(connection),
        run_(run),
        resolved_(resolved),
        project_(resolved.project.id),
        cases_(cases),
        directory_(directory) {}

  /// Fills in points, statements and warnings.
  void resolve(ResolvedRun& resolved) {
    auto& points = resolved.points;
    points.reserve(run_.metrics.size());
    for (std::size_t i = 0; i < run_.metrics.size(); ++i) {
      if (auto point = find(i, resolved)) points.push_back(std::move(*point));
    }
    // New series get the highest ids, in this order.
    const auto place = [](const ResolvedPoint& point) { return point.series == 0 ? INT64_MAX : point.series; };
    std::stable_sort(points.begin(), points.end(),
                     [&](const ResolvedPoint& a, const ResolvedPoint& b) { return place(a) < place(b); });
    drop_repeated(resolved);
  }

 private:
  /// Several values of a report may lead to one series, because a case was renamed or a fact is not part of the
  /// configuration any more: the first of them is the point.
  void drop_repeated(ResolvedRun& resolved) const {
    auto& points = resolved.points;
    const auto configurations = find_equal_configurations(run_.coordinates, run_.case_facts);
    std::set<std::tuple<Id, std::string_view, std::string_view, std::string_view, std::uint32_t, std::string_view>>
        of_new_series;  // the names are those of cases that are not stored
    for (std::size_t i = 0; i < points.size();) {
      const auto& point = points[i];
      const auto& metric_value = run_.metrics[point.metric];
      const CaseName unnamed;
      const CaseName& key = point.case_id == 0 ? metric_value.key : unnamed;
      const bool is_repeated =
          point.series != 0 ? i > 0 && point.series == points[i - 1].series
                            : !of_new_series
                                   .emplace(point.case_id, key.suite.view(), key.classname.view(), key.name.view(),
                                            configurations[metric_value.facts], metric_value.metric.view())
                                   .second;
      if (!is_repeated) {
        ++i;
        continue;
      }
      resolved.warnings.push_back(
          fmt::format("{} of {}: another case of this report has the same series, because one of them was renamed or a "
                      "setting is not part of the configuration any more; only the first is a point",
                      metric_value.metric.view(), metric_value.key.name.view()));
      points.erase(points.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  /// The point in a stored series; nullopt, with a warning, where it is another quantity.
  std::optional<ResolvedPoint> place(std::size_t index, Id case_id, points::KnownSeries& known, ResolvedRun& resolved) {
    const auto& metric_value = run_.metrics[index];
    const SeriesStatement before = {known.unit, known.unit_by, known.better, known.better_by};
    auto agreement = agree(metric_value, before);
    if (!agreement.factor && known.points == 0) {  // the only runs in the old unit are excluded
      agreement = agree(metric_value, {"", StatedBy::inferred, metric_value.better, StatedBy::inferred});
      agreement.warning = fmt::format(
          "{} of {} was in '{}' in excluded runs and is in '{}' from now on; its values of those runs are removed",
          metric_value.metric.view(), metric_value.key.name.view(), before.unit, metric_value.unit.view());
      resolved.in_another_unit.push_back(known.id);
    }
    if (!agreement.warning.empty()) resolved.warnings.push_back(std::move(agreement.warning));
    if (!agreement.factor) return std::nullopt;
    const auto& now = agreement.series;
    const Id series = known.id;
    const auto points = ++known.points;
    if (now != before) {
      resolved.statements.push_back({known.id, std::string(now.unit), now});
      // `known` stays as it is where the directory does not have the series.
      directory_.add_series(case_id, metric_value.metric, lane_of(scope_of(run_, resolved_, metric_value)),
                            {known.id, known.points, now.unit, now.better, now.unit_by, now.better_by});
    }
    ResolvedPoint point{series, index, case_id, now.better, points, *agreement.factor};
    if (now.unit != metric_value.unit.view()) point.other_unit = now.unit;
    return point;
  }

  std::optional<ResolvedPoint> find(std::size_t index, ResolvedRun& resolved) {
    const auto& metric_value = run_.metrics[index];
    const Id case_id = cases_.find(metric_value.key);
    if (case_id == 0) return ResolvedPoint{0, index, 0, metric_value.better, 1};
    const auto scope = scope_of(run_, resolved_, metric_value);
    const auto lane = lane_of(scope);
    auto* known = directory_.find_series(case_id, metric_value.metric, lane);
    points::KnownSeries row;
    std::optional<SeriesRow> stored;
    if (known == nullptr) {
      stored = find_series_row(connection_, project_, case_id, metric_value, scope);
      if (!stored) return ResolvedPoint{0, index, case_id, metric_value.better, 1};
      row = {stored->id, stored->points, stored->unit, stored->better, stored->unit_by, stored->better_by};
      directory_.add_series(case_id, metric_value.metric, lane, row);
      known = directory_.find_series(case_id, metric_value.metric, lane);
      if (known == nullptr) known = &row;  // the directory is full
    }
    return place(index, case_id, *known, resolved);
  }

  /// Neighbouring metrics mostly have the same configuration.
  std::size_t lane_of(const SeriesScope& scope) {
    if (!lane_ || lane_->first != scope.configuration) {
      lane_ = {scope.configuration, directory_.lane(scope.testbed, scope.branch, scope.configuration, scope.purpose)};
    }
    return lane_->second;
  }

  db::Connection& connection_;
  const NewRun& run_;
  const ResolvedRun& resolved_;
  const Id project_;
  CaseIds& cases_;
  points::SeriesDirectory& directory_;
  std::optional<std::pair<Id, std::size_t>> lane_;  ///< of the configuration that was looked up last
};

/// Stores the project, environment, cases and series that `resolved` lacks.
void insert_missing(db::Connection& connection, const NewRun& run, ResolvedRun& resolved) {
  if (resolved.project.id == 0) {
    resolved.project.id = connection.require_integer(
        "INSERT INTO project (name, created_us) VALUES ($1, $2) RETURNING id", {run.project, run.received_us});
  }
  const Id project = resolved.project.id;
  const auto& where = run.coordinates;
  if (resolved.environment == 0)
    resolved.environment = upsert_facts(connection, FactsTable::environment, project, where.environment);
  set_configurations(run, resolved, [&](const std::vector<Property>& parts) {
    return upsert_facts(connection, FactsTable::configuration, project, parts);
  });
  CaseIds cases(connection, project);
  for (auto& point : resolved.points) {
    const auto& metric_value = run.metrics[point.metric];
    if (point.case_id == 0) point.case_id = cases.upsert(metric_value.key);
    if (point.series == 0) {
      point.series =
          upsert_series(connection, project, point.case_id, metric_value, scope_of(run, resolved, metric_value)).id;
      ++resolved.new_series;
    }
  }
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    if (resolved.cases[i] == 0) resolved.cases[i] = cases.upsert(run.cases[i].key);
  }
}

void insert_documents(db::Connection& connection, Id run_id, const std::vector<Document>& documents) {
  std::int64_t ordinal = 0;
  for (const auto& document : documents) {
    connection.execute(
        "INSERT INTO document (run_id, ordinal, name, content_type, body_bytes, body_zstd) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {run_id, ordinal++, document.name, document.content_type, static_cast<std::int64_t>(document.body_bytes),
         std::as_bytes(std::span(document.body_zstd))});
  }
}

constexpr std::string_view run_columns =
    "r.id, r.branch, r.commit_id, r.testbed, r.ci_url, r.suspect, r.at_us, r.started_us, r.received_us, r.cases, "
    "r.passed, r.failed, r.errored, r.skipped, r.notrun, r.properties, r.points, r.time_seconds, r.warnings_json, "
    "(SELECT count(*) FROM regression g WHERE g.first_run = r.id AND g.worse = 1 AND g.state IN (1, 2, 3)), "
    "(SELECT count(*) FROM regression g WHERE g.first_run = r.id AND g.worse = 0 AND g.state IN (1, 2, 3)), "
    "e.parts_json, "
    "c.parts_json, r.subject_json, r.purpose, r.first_part, r.run_key, r.shard, r.base_branch, r.base_commit, "
    "r.parts_expected, r.complete, r.excluded, r.suspect_by FROM run r "
    "JOIN environment e ON e.id = r.environment_id JOIN configuration c ON c.id = r.configuration_id ";

Run read_run(const db::Row& row) {
  Run run;
  run.id = row.integer(0);
  run.branch = row.string(1);
  run.commit = row.string(2);
  run.testbed = row.string(3);
  run.ci_url = row.string(4);
  run.suspect = row.string(5);
  run.at_us = row.integer(6);
  run.started_us = row.integer(7);
  run.received_us = row.integer(8);
  run.counts = {row.integer(9),  row.integer(10), row.integer(11), row.integer(12),
                row.integer(13), row.integer(14), row.integer(15), row.real(17)};
  run.points = row.integer(16);
  run.warnings = read_texts(row.text(18));
  run.regressed = row.integer(19);
  run.improved = row.integer(20);
  run.environment_json = row.string(21);
  run.configuration_json = row.string(22);
  run.subject_json = row.string(23);
  run.purpose = static_cast<Purpose>(row.integer(24));
  run.first_part = row.integer(25);
  run.run_key = row.string(26);
  run.shard = row.string(27);
  run.base_branch = row.string(28);
  run.base_commit = row.string(29);
  run.parts_expected = row.integer(30);
  run.complete = row.integer(31) == 1;
  run.excluded = row.string(32);
  run.suspect_by = row.string(33);
  return run;
}

void count_in_lane(db::Connection& connection, const NewRun& run, const ResolvedRun& resolved, Id id) {
  const auto& where = run.coordinates;
  if (where.purpose != Purpose::trend) return;
  LaneUpload upload{.project = resolved.project.id, .testbed = where.testbed, .branch = where.branch, .id = id};
  connection.query("SELECT first_part, clock_ahead FROM run WHERE id = $1", {id}, [&](const db::Row& row) {
    upload.first_part = row.integer(0);
    upload.clock_ahead = row.integer(1) == 1;
  });
  upload.at_us = run.at_us;
  upload.started_us = where.started_us.value_or(run.received_us);
  upload.received_us = run.received_us;
  upload.points = static_cast<std::int64_t>(resolved.points.size());
  upload.new_series = resolved.new_series;
  upload.base_branch = where.base_branch;
  upload.ci_default_branch = where.default_branch;
  add_to_lane(connection, upload);
}

/// Of columns: id, suite, classname, name, metric, unit, better_lower, samples of the point in that run.
RunPoint read_point(const db::Row& row, const points::PointValue& value) {
  RunPoint point;
  point.series = row.integer(0);
  point.key = {row.string(1), row.string(2), row.string(3)};
  point.metric = row.string(4);
  point.unit = row.string(5);
  point.better = row.integer(6) == 1 ? Better::lower : Better::higher;
  point.configuration = row.integer(8);
  point.value = value.median;
  point.min = value.minimum;
  point.mad = value.mad;
  if (row.is_null(7)) {
    point.samples = {point.value};
  } else {
    const auto bytes = row.blob(7);
    point.samples.resize(bytes.size() / sizeof(double));
    std::memcpy(point.samples.data(), bytes.data(), point.samples.size() * sizeof(double));
  }
  return point;
}

}  // namespace

ProjectRevision find_project_revision(db::Connection& connection, std::string_view name) {
  ProjectRevision found;
  connection.query("SELECT id, revision FROM project WHERE name = $1", {name}, [&](const db::Row& row) {
    found = {row.integer(0), row.integer(1)};
  });
  return found;
}

std::optional<StoredRun> find_stored_run(db::Connection& connection, const NewRun& run) {
  std::optional<StoredRun> found;
  connection.query(
      "SELECT r.id, r.project_id, r.content_sha256 FROM run r JOIN project p ON p.id = r.project_id "
      "WHERE p.name = $1 AND r.identity = $2",
      {run.project, run.identity}, [&](const db::Row& row) {
        found = StoredRun{row.integer(1), row.integer(0), row.text(2) != run.content_sha256};
      });
  if (found) return found;
  connection.query(  // sent before with another key, or without one
      "SELECT r.id, r.project_id FROM run r JOIN project p ON p.id = r.project_id "
      "WHERE p.name = $1 AND r.content_sha256 = $2 ORDER BY r.id LIMIT 1",
      {run.project, run.content_sha256}, [&](const db::Row& row) {
        found = StoredRun{row.integer(1), row.integer(0), false};
      });
  return found;
}

std::vector<Property> NewRun::configuration(std::uint32_t facts) const {
  return configuration_with(coordinates, case_facts, facts);
}

const std::string& ResolvedRun::suspect(const NewRun& run) const {
  return joined.suspect_by.empty() ? run.coordinates.suspect : joined.suspect;
}

std::int64_t ResolvedRun::parts_expected(const NewRun& run) const {
  return std::max<std::int64_t>(joined.parts_expected, run.coordinates.parts_expected);
}

bool ResolvedRun::is_complete(const NewRun& run) const {
  const auto expected = parts_expected(run);
  if (expected == 0 || static_cast<std::int64_t>(joined.parts.size()) + 1 >= expected) return true;
  // A run that was completed by a request or after a quiet period stays complete.
  return joined.complete && joined.parts_expected != 0;
}

ResolvedRun resolve_run(db::Connection& connection, const NewRun& run, const ProjectRevision& project,
                        points::SeriesDirectory& directory) {
  ResolvedRun resolved;
  resolved.project = project;
  resolved.warnings = run.warnings;
  resolved.cases.reserve(run.cases.size());
  CaseIds cases(connection, project.id, &directory);
  const auto& where = run.coordinates;
  resolved.environment = find_facts(connection, FactsTable::environment, project.id, where.environment);
  set_configurations(run, resolved, [&](const std::vector<Property>& parts) {
    return find_facts(connection, FactsTable::configuration, project.id, parts);
  });
  PointResolver(connection, run, resolved, cases, directory).resolve(resolved);
  for (const auto& each : run.cases)
    resolved.cases.push_back(cases.find(each.key));
  resolve_parts(connection, run, resolved);
  return resolved;
}

Id insert_run(db::Connection& connection, const NewRun& run, ResolvedRun& resolved) {
  insert_missing(connection, run, resolved);
  for (const auto& statement : resolved.statements)
    set_statement(connection, statement.series, statement.whole());
  for (const Id series : resolved.in_another_unit)
    points::remove_all_excluded(connection, series);
  const auto& where = run.coordinates;
  const Id id = connection.require_integer(
      "INSERT INTO run (project_id, environment_id, testbed, branch, commit_id, ci_url, at_us, started_us, "
      "received_us, identity, content_sha256, suspect, suspect_reported, cases, passed, failed, errored, skipped, "
      "notrun, properties, "
      "points, time_seconds, warnings_json, first_part, configuration_id, subject_json, purpose, run_key, shard, "
      "parts_expected, complete, base_branch, base_commit, excluded, clock_ahead, suspect_by) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $34, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
      "$22, "
      "$32, $23, $24, $25, $26, $27, $28, $33, $29, $30, '', $31, $35) RETURNING id",
      {resolved.project.id,
       resolved.environment,
       where.testbed,
       where.branch,
       where.commit,
       where.ci_url,
       run.at_us,
       where.started_us,
       run.received_us,
       run.identity,
       run.content_sha256,
       where.suspect,
       run.counts.cases,
       run.counts.passed,
       run.counts.failed,
       run.counts.errored,
       run.counts.skipped,
       run.counts.notrun,
       run.counts.properties,
       static_cast<std::int64_t>(resolved.points.size()),
       run.counts.time_seconds,
       nlohmann::json(resolved.warnings).dump(),
       resolved.configuration,
       facts_text(where.subject),
       static_cast<int>(where.purpose),
       where.run_key,
       where.shard,
       where.parts_expected,
       where.base_branch,
       where.base_commit,
       run.clock_ahead ? 1 : 0,
       resolved.joined.first_part,
       resolved.joined.first_part != 0 || resolved.is_complete(run) ? 1 : 0,
       resolved.suspect(run),
       resolved.joined.suspect_by});
  if (const Id first = resolved.joined.first_part; first == 0) {
    connection.execute("UPDATE run SET first_part = id WHERE id = $1", {id});
  } else {
    connection.execute("UPDATE run SET parts_expected = $1, complete = $2 WHERE id = $3",
                       {resolved.parts_expected(run), resolved.is_complete(run) ? 1 : 0, first});
  }
  insert_documents(connection, id, run.documents);
  insert_cases(connection, id, run.cases, resolved.cases);
  return id;
}

std::int64_t insert_points(db::Connection& connection, const NewRun& run, const ResolvedRun& resolved, Id id) {
  std::vector<points::SampledPoint> points;
  points.reserve(resolved.points.size());
  std::list<MetricValue> in_other_units;  // what the points borrow
  for (const auto& point : resolved.points) {
    const auto* metric_value = &run.metrics[point.metric];
    if (point.factor != 1)
      metric_value = &in_other_units.emplace_back(converted(*metric_value, point.factor, point.other_unit));
    points.push_back(point_of(point.series, *metric_value));
  }
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.point.series < b.point.series; });
  const auto revision = points::append(connection, resolved.project.id, id, run.at_us, points);
  count_in_lane(connection, run, resolved, id);
  return revision;
}

FindingCounts count_findings(db::Connection& connection, Id run) {
  FindingCounts counts;
  connection.query(
      "SELECT worse, count(*) FROM regression WHERE first_run = $1 AND state IN (1, 2, 3) GROUP BY worse", {run},
      [&](const db::Row& row) { (row.integer(0) == 1 ? counts.regressed : counts.improved) = row.integer(1); });
  return counts;
}

Run as_stored(const NewRun& run, const ResolvedRun& resolved, Id id, const FindingCounts& findings) {
  const auto& where = run.coordinates;
  return {.id = id,
          .first_part = resolved.joined.first_part != 0 ? resolved.joined.first_part : id,
          .branch = where.branch,
          .commit = where.commit,
          .testbed = where.testbed,
          .ci_url = where.ci_url,
          .suspect = resolved.suspect(run),
          .at_us = run.at_us,
          .started_us = where.started_us.value(),
          .received_us = run.received_us,
          .counts = run.counts,
          .points = static_cast<std::int64_t>(resolved.points.size()),
          .warnings = resolved.warnings,
          .regressed = findings.regressed,
          .improved = findings.improved,
          .environment_json = facts_text(where.environment),
          .configuration_json = facts_text(where.configuration),
          .subject_json = facts_text(where.subject),
          .purpose = where.purpose,
          .suspect_by = resolved.joined.suspect_by,
          .run_key = where.run_key,
          .shard = where.shard,
          .base_branch = where.base_branch,
          .base_commit = where.base_commit,
          .parts_expected = resolved.parts_expected(run),
          .complete = resolved.is_complete(run)};
}

std::vector<Run> list_runs(db::Connection& connection, Id project, const RunFilter& filter) {
  static const std::string sql =
      "SELECT " + std::string(run_columns) +
      "WHERE r.project_id = $1 AND r.id = r.first_part AND ($2 = '' OR r.testbed = $2) AND ($3 = '' OR r.branch = $3) "
      "AND ($7 < 0 OR r.purpose = $7) "
      "AND (r.at_us < $4 OR (r.at_us = $4 AND r.id < $5)) ";
  static const std::string newest_first = "ORDER BY r.at_us DESC, r.id DESC LIMIT $6";
  constexpr std::int64_t end = INT64_MAX;
  const auto before = filter.before.value_or(std::pair(end, end));
  std::vector<Run> runs;
  const int purpose = filter.purpose ? static_cast<int>(*filter.purpose) : -1;
  std::vector<db::Param> params = {project,       filter.testbed, filter.branch, before.first,
                                   before.second, filter.limit,   purpose};
  CommitSpellings commit;
  std::string of_commit;
  if (!filter.commit.empty()) {  // any part may state it
    commit = find_spellings(connection, project, filter.commit);
    of_commit =
        fmt::format("AND r.id IN (SELECT p.first_part FROM run p WHERE p.project_id = $1 AND p.commit_id IN {}) ",
                    commit.places(8));
    params = commit.after(std::move(params));
  }
  connection.query(sql + of_commit + newest_first, params, [&](const db::Row& row) { runs.push_back(read_run(row)); });
  add_parts(connection, runs);
  return runs;
}

std::optional<Run> find_run(db::Connection& connection, Id project, Id run) {
  static const std::string sql = "SELECT " + std::string(run_columns) + "WHERE r.project_id = $1 AND r.id = $2";
  std::optional<Run> found;
  connection.query(sql, {project, run}, [&](const db::Row& row) { found = read_run(row); });
  return found;
}

std::map<Id, Run> find_runs(db::Connection& connection, Id project, std::span<const Id> runs) {
  static const std::string sql = "SELECT " + std::string(run_columns) + "WHERE r.project_id = $1 AND r.id IN ";
  std::vector<Run> read;
  db::for_each_part(runs, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {project};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(sql + places, params, [&](const db::Row& row) { read.push_back(read_run(row)); });
  });
  add_parts(connection, read);
  std::map<Id, Run> found;
  for (auto& run : read)
    found.emplace(run.id, std::move(run));
  return found;
}

std::vector<Run> list_later_parts(db::Connection& connection, const std::string& places, std::span<const Id> runs) {
  static const std::string sql =
      "SELECT " + std::string(run_columns) + "WHERE r.id <> r.first_part AND r.first_part IN ";
  const std::vector<db::Param> params(runs.begin(), runs.end());
  std::vector<Run> parts;
  connection.query(sql + places + " ORDER BY r.id", params,
                   [&](const db::Row& row) { parts.push_back(read_run(row)); });
  return parts;
}

std::vector<std::string> read_texts(std::string_view json) {
  return nlohmann::json::parse(json).get<std::vector<std::string>>();
}

std::vector<RunCase> list_run_cases(db::Connection& connection, Id run, std::optional<CaseStatus> status,
                                    std::int64_t after, int limit) {
  std::vector<RunCase> cases;
  const int wanted = status ? static_cast<int>(*status) : -1;
  connection.query(
      "SELECT rc.ordinal, c.suite, c.classname, c.name, rc.status, rc.flaky, rc.reruns, rc.time_seconds, rc.message "
      "FROM run_case rc JOIN test_case c ON c.id = rc.case_id "
      "WHERE rc.run_id = $1 AND rc.ordinal > $2 AND ($3 = -1 OR rc.status = $3) ORDER BY rc.ordinal LIMIT $4",
      {run, after, wanted, limit}, [&](const db::Row& row) {
        cases.push_back({row.integer(0),
                         {row.string(1), row.string(2), row.string(3)},
                         static_cast<CaseStatus>(row.integer(4)),
                         static_cast<int>(row.integer(5)),
                         static_cast<int>(row.integer(6)),
                         row.optional_real(7),
                         row.string(8)});
      });
  return cases;
}

std::vector<RunPoint> list_run_points(db::Connection& connection, Id run) {
  static const std::string select =
      "SELECT s.id, c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, m.values_le, s.configuration_id "
      "FROM series s JOIN test_case c ON c.id = s.case_id "
      "LEFT JOIN sample m ON m.run_id = $1 AND m.series_id = s.id WHERE s.id IN ";
  std::vector<Id> ids;
  std::unordered_map<Id, points::PointValue> values;
  for (const auto& point : points::read_run(connection, run)) {
    ids.push_back(point.series);
    values[point.series] = point.value;
  }
  std::vector<RunPoint> points;
  db::for_each_part(ids, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {run};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(select + places, params,
                     [&](const db::Row& row) { points.push_back(read_point(row, values.at(row.integer(0)))); });
  });
  std::sort(points.begin(), points.end(), [](const RunPoint& a, const RunPoint& b) {
    const auto order = [](const RunPoint& point) {
      return std::tie(point.key.suite, point.key.classname, point.key.name, point.metric);
    };
    return order(a) < order(b);
  });
  return points;
}

std::vector<Document> list_documents(db::Connection& connection, Id run) {
  std::vector<Document> documents;
  connection.query("SELECT name, content_type, body_bytes, redacted FROM document WHERE run_id = $1 ORDER BY ordinal",
                   {run}, [&](const db::Row& row) {
                     documents.push_back(
                         {row.string(0), row.string(1), static_cast<std::size_t>(row.integer(2)), "", row.string(3)});
                   });
  return documents;
}

std::optional<Document> find_document(db::Connection& connection, Id run, std::int64_t ordinal) {
  std::optional<Document> found;
  connection.query(
      "SELECT name, content_type, body_bytes, body_zstd, redacted FROM document WHERE run_id = $1 AND ordinal = $2",
      {run, ordinal}, [&](const db::Row& row) {
        const auto bytes = row.blob(3);
        found = Document{row.string(0), row.string(1), static_cast<std::size_t>(row.integer(2)),
                         std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), row.string(4)};
      });
  return found;
}

}  // namespace perftrend::store
