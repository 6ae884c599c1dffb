#include "server/store/run_rows.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <cassert>
#include <span>

#include "server/store/sha256.h"

namespace perftrend::store {

static_assert(std::endian::native == std::endian::little, "samples are stored little-endian, as they lie in memory");

std::string environment_text(const std::vector<Property>& parts) {
  nlohmann::json object = nlohmann::json::object();  // std::map below: sorted names, so that equal parts hash equal
  for (const auto& part : parts)
    object[part.name] = part.value;
  return object.dump();
}

Id upsert_environment(db::Connection& connection, Id project, const std::vector<Property>& parts) {
  const std::string text = environment_text(parts);
  const std::string hash = sha256_hex({text});
  if (const auto id = connection.query_integer("SELECT id FROM environment WHERE project_id = $1 AND sha256 = $2",
                                               {project, hash})) {
    return *id;
  }
  return connection.require_integer(
      "INSERT INTO environment (project_id, sha256, parts_json) VALUES ($1, $2, $3) RETURNING id",
      {project, hash, text});
}

Id upsert_case(db::Connection& connection, Id project, const CaseKey& key) {
  if (const auto id = connection.query_integer(
          "SELECT id FROM test_case WHERE project_id = $1 AND name = $2 AND classname = $3 AND suite = $4",
          {project, key.name, key.classname, key.suite})) {
    return *id;
  }
  return connection.require_integer(
      "INSERT INTO test_case (project_id, name, classname, suite) VALUES ($1, $2, $3, $4) RETURNING id",
      {project, key.name, key.classname, key.suite});
}

Id upsert_series(db::Connection& connection, Id project, Id case_id, const Measure& measure, std::string_view testbed,
                 std::string_view branch, std::string& unit_before) {
  Id id = 0;
  connection.query(
      "SELECT id, unit FROM series WHERE project_id = $1 AND case_id = $2 AND metric = $3 AND testbed = $4 "
      "AND branch = $5",
      {project, case_id, measure.metric.view(), testbed, branch}, [&](const db::Row& row) {
        id = row.integer(0);
        unit_before = row.string(1);
      });
  if (id != 0) return unit_before == measure.unit ? id : 0;
  return connection.require_integer(
      "INSERT INTO series (project_id, case_id, metric, testbed, branch, unit, better_lower, points) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, 0) RETURNING id",
      {project, case_id, measure.metric.view(), testbed, branch, measure.unit.view(),
       measure.better == Better::lower ? 1 : 0});
}

Id CaseIds::upsert(const CaseName& key) {
  const auto [at, is_new] = known_.try_emplace({key.name, key.classname, key.suite}, 0);
  if (is_new) at->second = upsert_case(connection_, project_, key);
  return at->second;
}

void insert_cases(db::Connection& connection, CaseIds& ids, Id run_id, const std::vector<ReportCase>& cases) {
  using db::Kind;
  static const db::Columns to = {"run_case",
                                 {{"run_id", Kind::integer},
                                  {"ordinal", Kind::integer},
                                  {"case_id", Kind::integer},
                                  {"status", Kind::integer},
                                  {"flaky", Kind::integer},
                                  {"reruns", Kind::integer},
                                  {"time_seconds", Kind::real},
                                  {"message", Kind::text}}};
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

void insert_points(db::Connection& connection, std::int64_t at_us, Id run, const std::vector<NewPoint>& points) {
  using db::Kind;
  static const db::Columns to_point = {"point",
                                       {{"series_id", Kind::integer},
                                        {"at_us", Kind::integer},
                                        {"run_id", Kind::integer},
                                        {"value", Kind::real},
                                        {"minimum", Kind::real},
                                        {"mad", Kind::real},
                                        {"samples", Kind::integer}}};
  static const db::Columns to_sample = {
      "sample", {{"run_id", Kind::integer}, {"series_id", Kind::integer}, {"values_le", Kind::blob}}};
  std::vector<db::Param> values;
  std::vector<db::Param> samples;
  values.reserve(points.size() * to_point.columns.size());
  for (const auto& [series, measure] : points) {
    assert(!measure->samples.empty());
    values.insert(values.end(), {series, at_us, run, measure->value, measure->min, measure->mad,
                                 static_cast<std::int64_t>(measure->samples.size())});
    if (measure->samples.size() > 1)
      samples.insert(samples.end(), {run, series, std::as_bytes(std::span(measure->samples))});
  }
  connection.append(to_point, values);
  connection.append(to_sample, samples);
  connection.execute(
      "UPDATE series SET points = points + 1 WHERE id IN (SELECT series_id FROM point WHERE run_id = $1)", {run});
}

void insert_point(db::Connection& connection, Id series, std::int64_t at_us, Id run, const Measure& measure) {
  assert(!measure.samples.empty());
  connection.execute(
      "INSERT INTO point (series_id, at_us, run_id, value, minimum, mad, samples) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {series, at_us, run, measure.value, measure.min, measure.mad, static_cast<std::int64_t>(measure.samples.size())});
  connection.execute("UPDATE series SET points = points + 1 WHERE id = $1", {series});
  if (measure.samples.size() > 1) {
    connection.execute("INSERT INTO sample (run_id, series_id, values_le) VALUES ($1, $2, $3)",
                       {run, series, std::as_bytes(std::span(measure.samples))});
  }
}

std::string unit_contradiction(const Measure& measure, std::string_view unit_before) {
  return fmt::format("{} of {} is in '{}' here but in '{}' so far: no point", measure.metric.view(),
                     measure.key.name.view(), measure.unit.view(), unit_before);
}

}  // namespace perftrend::store
