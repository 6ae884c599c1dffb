#include "server/store/runs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <tuple>
#include <unordered_map>

#include "server/store/id_lists.h"
#include "server/store/points.h"
#include "server/store/run_rows.h"
#include "server/store/run_series.h"
#include "server/store/stamps.h"

namespace perftrend::store {
namespace {

Id upsert_project(db::Connection& connection, std::string_view name, std::int64_t now_us) {
  if (const auto id = connection.query_integer("SELECT id FROM project WHERE name = $1", {name})) return *id;
  return connection.require_integer("INSERT INTO project (name, created_us) VALUES ($1, $2) RETURNING id",
                                    {name, now_us});
}

/// Finds or makes the series of a run's measures, and counts their points.
class SeriesOfRun {
 public:
  SeriesOfRun(db::Connection& connection, Id project, CaseIds& cases, const NewRun& run, SeriesDirectory* directory)
      : connection_(connection),
        project_(project),
        cases_(cases),
        run_(run),
        directory_(directory),
        lane_(directory != nullptr ? directory->lane(run.coordinates.testbed, run.coordinates.branch) : 0) {}

  std::vector<StoredPoint> resolve(std::vector<std::string>& warnings) {
    std::vector<StoredPoint> points;
    points.reserve(run_.measures.size());
    for (std::size_t i = 0; i < run_.measures.size(); ++i) {
      const auto& measure = run_.measures[i];
      const auto [point, unit] = find(measure, i);
      if (unit == measure.unit.view()) {
        points.push_back(point);
      } else {
        warnings.push_back(unit_contradiction(measure, unit));
      }
    }
    const auto by_series = [](const StoredPoint& a, const StoredPoint& b) { return a.series < b.series; };
    std::sort(points.begin(), points.end(), by_series);
    return points;
  }

 private:
  struct Found {
    StoredPoint point;
    std::string unit;  ///< that the series has had so far
  };

  Found find(const Measure& measure, std::size_t index) {
    const Id case_id = cases_.upsert(measure.key);
    if (auto* known = directory_ != nullptr ? directory_->find_series(case_id, measure.metric, lane_) : nullptr) {
      if (known->unit == measure.unit.view()) ++known->points;
      return {{known->id, index, case_id, known->better, known->points}, std::string(known->unit)};
    }
    auto row =
        upsert_series(connection_, project_, case_id, measure, run_.coordinates.testbed, run_.coordinates.branch);
    if (row.unit == measure.unit.view()) ++row.points;
    if (directory_ != nullptr && !row.is_new)  // as with cases: from the second time on
      directory_->add_series(case_id, measure.metric, lane_, row.id, row.unit, row.better, row.points);
    return {{row.id, index, case_id, row.better, row.points}, std::move(row.unit)};
  }

  db::Connection& connection_;
  const Id project_;
  CaseIds& cases_;
  const NewRun& run_;
  SeriesDirectory* const directory_;
  const std::size_t lane_;
};

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
    "(SELECT count(*) FROM regression g WHERE g.first_run = r.id AND g.worse = 1 AND g.state <> 4), "
    "(SELECT count(*) FROM regression g WHERE g.first_run = r.id AND g.worse = 0 AND g.state <> 4), e.parts_json "
    "FROM run r JOIN environment e ON e.id = r.environment_id ";

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
  run.warnings = nlohmann::json::parse(row.text(18)).get<std::vector<std::string>>();
  run.regressed = row.integer(19);
  run.improved = row.integer(20);
  run.environment_json = row.string(21);
  return run;
}

/// Of columns: id, suite, classname, name, metric, unit, better_lower, samples of the point in that run.
RunPoint read_point(const db::Row& row, const blocks::Measured& measured) {
  RunPoint point;
  point.series = row.integer(0);
  point.key = {row.string(1), row.string(2), row.string(3)};
  point.metric = row.string(4);
  point.unit = row.string(5);
  point.better = row.integer(6) == 1 ? Better::lower : Better::higher;
  point.value = measured.value;
  point.min = measured.minimum;
  point.mad = measured.mad;
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

InsertedRun insert_run(db::Connection& connection, const NewRun& run, const FindDirectory& find_directory) {
  InsertedRun inserted;
  const Id project = upsert_project(connection, run.project, run.received_us);
  bool found = false;
  const auto same_content = [&] {
    return connection.query_integer(
        "SELECT id FROM run WHERE project_id = $1 AND content_sha256 = $2 ORDER BY id LIMIT 1",
        {project, run.content_sha256});
  };
  connection.query("SELECT id, content_sha256 FROM run WHERE project_id = $1 AND identity = $2",
                   {project, run.identity}, [&](const db::Row& row) {
                     found = true;
                     const bool same = row.text(1) == run.content_sha256;
                     inserted.result = same ? InsertResult::already_there : InsertResult::conflict;
                     if (same) inserted.run = row.integer(0);
                     if (same) inserted.project = project;
                   });
  if (found) return inserted;
  if (const auto there = same_content()) {  // sent before with another key, or without one
    inserted.result = InsertResult::already_there;
    inserted.run = *there;
    inserted.project = project;
    return inserted;
  }

  inserted.project = project;
  inserted.stamp_before = find_stamp(connection, project);
  inserted.stamp = bump_revision(connection, project);
  inserted.warnings = run.warnings;
  auto* const directory = find_directory ? find_directory(project, inserted.stamp_before) : nullptr;
  CaseIds cases(connection, project, directory);
  inserted.points = SeriesOfRun(connection, project, cases, run, directory).resolve(inserted.warnings);
  const auto& where = run.coordinates;
  inserted.run = connection.require_integer(
      "INSERT INTO run (project_id, environment_id, testbed, branch, commit_id, ci_url, at_us, started_us, "
      "received_us, identity, content_sha256, suspect, cases, passed, failed, errored, skipped, notrun, properties, "
      "points, time_seconds, warnings_json) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) "
      "RETURNING id",
      {project,
       upsert_environment(connection, project, where.environment),
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
       static_cast<std::int64_t>(inserted.points.size()),
       run.counts.time_seconds,
       nlohmann::json(inserted.warnings).dump()});
  insert_documents(connection, inserted.run, run.documents);
  insert_cases(connection, cases, inserted.run, run.cases);
  std::vector<NewPoint> points;
  points.reserve(inserted.points.size());
  for (const auto& point : inserted.points)
    points.push_back({point.series, &run.measures[point.measure]});
  insert_points(connection, run.at_us, inserted.run, std::move(points));
  return inserted;
}

std::vector<Run> list_runs(db::Connection& connection, Id project, const RunFilter& filter) {
  static const std::string sql =
      "SELECT " + std::string(run_columns) +
      "WHERE r.project_id = $1 AND ($2 = '' OR r.testbed = $2) AND ($3 = '' OR r.branch = $3) "
      "AND (r.at_us < $4 OR (r.at_us = $4 AND r.id < $5)) ORDER BY r.at_us DESC, r.id DESC LIMIT $6";
  constexpr std::int64_t end = INT64_MAX;
  const auto before = filter.before.value_or(std::pair(end, end));
  std::vector<Run> runs;
  connection.query(sql, {project, filter.testbed, filter.branch, before.first, before.second, filter.limit},
                   [&](const db::Row& row) { runs.push_back(read_run(row)); });
  return runs;
}

std::optional<Run> find_run(db::Connection& connection, Id project, Id run) {
  static const std::string sql = "SELECT " + std::string(run_columns) + "WHERE r.project_id = $1 AND r.id = $2";
  std::optional<Run> found;
  connection.query(sql, {project, run}, [&](const db::Row& row) { found = read_run(row); });
  return found;
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
      "SELECT s.id, c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, m.values_le "
      "FROM series s JOIN test_case c ON c.id = s.case_id "
      "LEFT JOIN sample m ON m.run_id = $1 AND m.series_id = s.id WHERE s.id IN ";
  std::vector<Id> ids;
  std::unordered_map<Id, blocks::Measured> measured;
  for (const auto& point : read_points_of_run(connection, run, find_run_place(connection, run))) {
    ids.push_back(point.series);
    measured[point.series] = point.measured;
  }
  std::vector<RunPoint> points;
  for_each_part(ids, 2, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params = {run};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(select + places, params,
                     [&](const db::Row& row) { points.push_back(read_point(row, measured.at(row.integer(0)))); });
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
  connection.query("SELECT name, content_type, body_bytes FROM document WHERE run_id = $1 ORDER BY ordinal", {run},
                   [&](const db::Row& row) {
                     documents.push_back({row.string(0), row.string(1), static_cast<std::size_t>(row.integer(2)), ""});
                   });
  return documents;
}

std::optional<Document> find_document(db::Connection& connection, Id run, std::int64_t ordinal) {
  std::optional<Document> found;
  connection.query("SELECT name, content_type, body_bytes, body_zstd FROM document WHERE run_id = $1 AND ordinal = $2",
                   {run, ordinal}, [&](const db::Row& row) {
                     const auto bytes = row.blob(3);
                     found = Document{row.string(0), row.string(1), static_cast<std::size_t>(row.integer(2)),
                                      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
                   });
  return found;
}

}  // namespace perftrend::store
