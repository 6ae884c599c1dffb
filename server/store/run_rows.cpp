#include "server/store/run_rows.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <span>

#include "core/text/sha256.h"
#include "server/store/names.h"

namespace perftrend::store {

static_assert(std::endian::native == std::endian::little, "samples are stored little-endian, as they lie in memory");

points::SampledPoint point_of(Id series, const MetricValue& metric_value) {
  assert(!metric_value.samples.empty());
  return {{series,
           {metric_value.value, metric_value.min, metric_value.mad,
            static_cast<std::int64_t>(metric_value.samples.size())}},
          std::span(metric_value.samples.data(), metric_value.samples.size())};
}

std::string facts_text(const std::vector<Property>& parts) {
  nlohmann::json object = nlohmann::json::object();  // std::map below: sorted names, so that equal parts hash equal
  for (const auto& part : parts)
    object[part.name] = part.value;
  return object.dump();
}

namespace {

Id find_parts_by_hash(db::Connection& connection, FactsTable table, Id project, std::string_view hash) {
  const std::string_view sql = table == FactsTable::environment
                                   ? "SELECT id FROM environment WHERE project_id = $1 AND sha256 = $2"
                                   : "SELECT id FROM configuration WHERE project_id = $1 AND sha256 = $2";
  return connection.query_integer(sql, {project, hash}).value_or(0);
}

}  // namespace

Id find_facts(db::Connection& connection, FactsTable table, Id project, const std::vector<Property>& parts) {
  return find_parts_by_hash(connection, table, project, text::sha256_hex({facts_text(parts)}));
}

Id upsert_facts(db::Connection& connection, FactsTable table, Id project, const std::vector<Property>& parts) {
  const std::string text = facts_text(parts);
  const std::string hash = text::sha256_hex({text});
  if (const Id id = find_parts_by_hash(connection, table, project, hash); id != 0) return id;
  const std::string_view sql =
      table == FactsTable::environment
          ? "INSERT INTO environment (project_id, sha256, parts_json) VALUES ($1, $2, $3) RETURNING id"
          : "INSERT INTO configuration (project_id, sha256, parts_json) VALUES ($1, $2, $3) RETURNING id";
  return connection.require_integer(sql, {project, hash, text});
}

namespace {

/// Also by a former name.
std::optional<Id> find_case_id(db::Connection& connection, Id project, const CaseKey& key) {
  const auto found = connection.query_integer(
      "SELECT id FROM test_case WHERE project_id = $1 AND name = $2 AND classname = $3 AND suite = $4",
      {project, key.name, key.classname, key.suite});
  return found ? found : find_former_case(connection, project, key);
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

std::vector<Property> configuration_with(const Coordinates& run, std::span<const Facts> case_facts,
                                         std::uint32_t facts) {
  std::map<std::string, std::string> parts;
  if (facts < case_facts.size()) {
    for (const auto& part : case_facts[facts].configuration)
      parts.emplace(part.name, part.value);
  }
  for (const auto& part : run.configuration)
    parts.emplace(part.name, part.value);
  std::vector<Property> sorted;
  for (const auto& [name, value] : parts)
    sorted.push_back({name, value});
  return sorted;
}

std::vector<std::uint32_t> find_equal_configurations(const Coordinates& run, std::span<const Facts> case_facts) {
  std::vector<std::uint32_t> first_of(std::max<std::size_t>(case_facts.size(), 1));
  std::map<std::string, std::uint32_t> by_text;
  for (std::uint32_t i = 0; i < case_facts.size(); ++i) {
    std::string text;
    for (const Property& fact : configuration_with(run, case_facts, i))
      text.append(fact.name).append(1, '\0').append(fact.value).append(1, '\1');
    first_of[i] = by_text.try_emplace(std::move(text), i).first->second;
  }
  return first_of;
}

std::optional<SeriesRow> find_series_row(db::Connection& connection, Id project, Id case_id,
                                         const MetricValue& metric_value, const SeriesScope& scope) {
  std::optional<SeriesRow> found;
  connection.query(
      "SELECT id, unit, better_lower, points, unit_source, better_source FROM series WHERE project_id = $1 AND case_id "
      "= $2 AND metric = $3 "
      "AND testbed = $4 AND branch = $5 AND configuration_id = $6 AND purpose = $7",
      {project, case_id, metric_value.metric.view(), scope.testbed, scope.branch, scope.configuration,
       static_cast<int>(scope.purpose)},
      [&](const db::Row& row) {
        found = SeriesRow{row.integer(0),
                          row.string(1),
                          row.integer(2) == 1 ? Better::lower : Better::higher,
                          row.integer(3),
                          static_cast<StatedBy>(row.integer(4)),
                          static_cast<StatedBy>(row.integer(5))};
      });
  return found;
}

SeriesRow upsert_series(db::Connection& connection, Id project, Id case_id, const MetricValue& metric_value,
                        const SeriesScope& scope) {
  if (auto found = find_series_row(connection, project, case_id, metric_value, scope)) return std::move(*found);
  const Id id = connection.require_integer(
      "INSERT INTO series (project_id, case_id, metric, testbed, branch, configuration_id, purpose, unit, unit_source, "
      "better_lower, better_source, points) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0) RETURNING id",
      {project, case_id, metric_value.metric.view(), scope.testbed, scope.branch, scope.configuration,
       static_cast<int>(scope.purpose), metric_value.unit.view(), static_cast<int>(metric_value.unit_by),
       metric_value.better == Better::lower ? 1 : 0, static_cast<int>(metric_value.better_by)});
  return {id, metric_value.unit, metric_value.better, 0, metric_value.unit_by, metric_value.better_by};
}

Id CaseIds::find(const CaseName& key) {
  if (directory_ != nullptr) {
    if (const Id id = directory_->find_case(key); id != 0) return id;
  }
  const auto [at, is_new] = known_.try_emplace({key.name, key.classname, key.suite}, 0);
  if (!is_new) return at->second;
  at->second = find_case_id(connection_, project_, key).value_or(0);
  // Cases enter the directory at their second run: a name of a first run may never occur again.
  if (directory_ != nullptr && at->second != 0) directory_->add_case(key, at->second);
  return at->second;
}

Id CaseIds::upsert(const CaseName& key) {
  const Id found = find(key);
  if (found != 0) return found;
  return known_[{key.name, key.classname, key.suite}] = insert_case(connection_, project_, key);
}

void insert_cases(db::Connection& connection, Id run_id, const std::vector<ReportCase>& cases,
                  const std::vector<Id>& case_ids) {
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
    const Id case_id = case_ids.at(static_cast<std::size_t>(ordinal));
    values.insert(values.end(), {run_id, ordinal++, case_id, static_cast<int>(report_case.status), report_case.flaky,
                                 report_case.reruns, report_case.time_seconds, report_case.message.view()});
  }
  connection.append(to, values);
}

MetricValue converted(const MetricValue& metric_value, double factor, std::string_view unit) {
  auto made = metric_value;
  std::vector<double> samples(metric_value.samples.begin(), metric_value.samples.end());
  for (double& sample : samples)
    sample = points::scaled(sample, factor);
  made.samples = samples;
  made.value = points::scaled(metric_value.value, factor);
  made.min = points::scaled(metric_value.min, factor);
  made.mad = points::scaled(metric_value.mad, factor);
  made.unit = std::string(unit);
  return made;
}

SeriesStatement find_statement(db::Connection& connection, Id series) {
  SeriesStatement found;
  connection.query(
      "SELECT unit_source, better_lower, better_source FROM series WHERE id = $1", {series}, [&](const db::Row& row) {
        found = {"", static_cast<StatedBy>(row.integer(0)), row.integer(1) == 1 ? Better::lower : Better::higher,
                 static_cast<StatedBy>(row.integer(2))};
      });
  return found;
}

void set_statement(db::Connection& connection, Id series, const SeriesStatement& statement) {
  connection.execute(
      "UPDATE series SET unit = $1, unit_source = $2, better_lower = $3, better_source = $4 WHERE id = $5",
      {statement.unit, static_cast<int>(statement.unit_by), statement.better == Better::lower ? 1 : 0,
       static_cast<int>(statement.better_by), series});
}

std::string unit_contradiction(const MetricValue& metric_value, std::string_view unit_before) {
  return fmt::format("{} of {} is in '{}' here but in '{}' so far: no point", metric_value.metric.view(),
                     metric_value.key.name.view(), metric_value.unit.view(), unit_before);
}

}  // namespace perftrend::store
