#include "server/store/run_rows.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <span>

#include "core/text/sha256.h"
#include "server/store/id_lists.h"
#include "server/store/points.h"
#include "server/store/run_series.h"

namespace perftrend::store {

static_assert(std::endian::native == std::endian::little, "samples are stored little-endian, as they lie in memory");

blocks::Measured measured_of(const Measure& measure) {
  assert(!measure.samples.empty());
  return {measure.value, measure.min, measure.mad, static_cast<std::int64_t>(measure.samples.size())};
}

std::string environment_text(const std::vector<Property>& parts) {
  nlohmann::json object = nlohmann::json::object();  // std::map below: sorted names, so that equal parts hash equal
  for (const auto& part : parts)
    object[part.name] = part.value;
  return object.dump();
}

Id upsert_environment(db::Connection& connection, Id project, const std::vector<Property>& parts) {
  const std::string text = environment_text(parts);
  const std::string hash = text::sha256_hex({text});
  if (const auto id = connection.query_integer("SELECT id FROM environment WHERE project_id = $1 AND sha256 = $2",
                                               {project, hash})) {
    return *id;
  }
  return connection.require_integer(
      "INSERT INTO environment (project_id, sha256, parts_json) VALUES ($1, $2, $3) RETURNING id",
      {project, hash, text});
}

namespace {

std::optional<Id> find_case_id(db::Connection& connection, Id project, const CaseKey& key) {
  return connection.query_integer(
      "SELECT id FROM test_case WHERE project_id = $1 AND name = $2 AND classname = $3 AND suite = $4",
      {project, key.name, key.classname, key.suite});
}

Id insert_case(db::Connection& connection, Id project, const CaseKey& key) {
  return connection.require_integer(
      "INSERT INTO test_case (project_id, name, classname, suite) VALUES ($1, $2, $3, $4) RETURNING id",
      {project, key.name, key.classname, key.suite});
}

}  // namespace

Id upsert_case(db::Connection& connection, Id project, const CaseKey& key) {
  const auto known = find_case_id(connection, project, key);
  return known ? *known : insert_case(connection, project, key);
}

SeriesRow upsert_series(db::Connection& connection, Id project, Id case_id, const Measure& measure,
                        std::string_view testbed, std::string_view branch) {
  SeriesRow found;
  connection.query(
      "SELECT id, unit, better_lower, points FROM series WHERE project_id = $1 AND case_id = $2 AND metric = $3 "
      "AND testbed = $4 AND branch = $5",
      {project, case_id, measure.metric.view(), testbed, branch}, [&](const db::Row& row) {
        found = {row.integer(0), row.string(1), row.integer(2) == 1 ? Better::lower : Better::higher, row.integer(3),
                 false};
      });
  if (found.id != 0) return found;
  const Id id = connection.require_integer(
      "INSERT INTO series (project_id, case_id, metric, testbed, branch, unit, better_lower, points) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, 0) RETURNING id",
      {project, case_id, measure.metric.view(), testbed, branch, measure.unit.view(),
       measure.better == Better::lower ? 1 : 0});
  return {id, measure.unit, measure.better, 0, true};
}

Id CaseIds::upsert(const CaseName& key) {
  if (directory_ != nullptr) {
    if (const Id id = directory_->find_case(key); id != 0) return id;
  }
  const auto [at, is_new] = known_.try_emplace({key.name, key.classname, key.suite}, 0);
  if (is_new) at->second = look_up(key);
  return at->second;
}

/// What is seen for the first time may never come again: it is remembered from the second time on.
Id CaseIds::look_up(const CaseName& key) {
  const auto known = find_case_id(connection_, project_, key);
  if (!known) return insert_case(connection_, project_, key);
  if (directory_ != nullptr) directory_->add_case(key, *known);
  return *known;
}

void insert_cases(db::Connection& connection, CaseIds& ids, Id run_id, const std::vector<ReportCase>& cases) {
  using db::ColumnType;
  static const db::Columns to = {"run_case",
                                 {{"run_id", ColumnType::integer},
                                  {"ordinal", ColumnType::integer},
                                  {"case_id", ColumnType::integer},
                                  {"status", ColumnType::integer},
                                  {"flaky", ColumnType::integer},
                                  {"reruns", ColumnType::integer},
                                  {"time_seconds", ColumnType::real},
                                  {"message", ColumnType::text}}};
  std::vector<db::Param> values;
  values.reserve(cases.size() * to.columns.size());
  std::int64_t ordinal = 0;
  for (const auto& report_case : cases) {
    const Id case_id = ids.upsert(report_case.key);
    values.insert(values.end(), {run_id, ordinal++, case_id, static_cast<int>(report_case.status), report_case.flaky,
                                 report_case.reruns, report_case.time_seconds, report_case.message.view()});
  }
  connection.append(to, values);
}

void insert_points(db::Connection& connection, std::int64_t at_us, Id run, std::vector<NewPoint> points) {
  using db::ColumnType;
  static const db::Columns to_sample = {
      "sample", {{"run_id", ColumnType::integer}, {"series_id", ColumnType::integer}, {"values_le", ColumnType::blob}}};
  const auto by_series = [](const NewPoint& a, const NewPoint& b) { return a.series < b.series; };
  std::sort(points.begin(), points.end(), by_series);
  std::vector<Id> series;
  std::vector<blocks::SeriesPoint> measured;
  std::vector<db::Param> samples;
  series.reserve(points.size());
  measured.reserve(points.size());
  for (const auto& [id, measure] : points) {
    series.push_back(id);
    measured.push_back({id, measured_of(*measure)});
    if (measure->samples.size() > 1)
      samples.insert(samples.end(), {run, id, std::as_bytes(std::span(measure->samples))});
  }
  insert_points_of_run(connection, at_us, run, measured);
  connection.append(to_sample, samples);
  for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.execute("UPDATE series SET points = points + 1 WHERE id IN " + places, db::Params(params));
  });
  insert_run_series(connection, run, series);
}

std::string unit_contradiction(const Measure& measure, std::string_view unit_before) {
  return fmt::format("{} of {} is in '{}' here but in '{}' so far: no point", measure.metric.view(),
                     measure.key.name.view(), measure.unit.view(), unit_before);
}

}  // namespace perftrend::store
