#include "server/store/names.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <utility>

#include "server/points/points.h"
#include "server/store/quarantine.h"

namespace perftrend::store {
namespace {

CaseKey read_key(const db::Row& row, int at) {
  return {row.string(at), row.string(at + 1), row.string(at + 2)};
}

std::vector<SeriesPair> read_pairs(db::Connection& connection, const std::string& sql, db::Params params) {
  std::vector<SeriesPair> pairs;
  connection.query(sql, params, [&](const db::Row& row) { pairs.push_back({row.integer(0), row.integer(1)}); });
  return pairs;
}

/// The columns of a series' identity without `replaced`, equal in `a` and `b`.
std::string same_but(std::string_view replaced) {
  std::string sql;
  for (const std::string_view column : {"case_id", "metric", "testbed", "branch", "configuration_id", "purpose"}) {
    if (column != replaced) sql += fmt::format(" AND b.{0} = a.{0}", column);
  }
  return sql;
}

}  // namespace

std::string_view kind_name(NameKind kind) {
  static constexpr std::array<std::string_view, 4> names = {"", "testbed", "branch", "metric"};
  return names.at(static_cast<std::size_t>(kind));
}

std::vector<Alias> list_aliases(db::Connection& connection, Id project) {
  std::vector<Alias> aliases;
  connection.query(
      "SELECT id, kind, was, name, created_by, created_us FROM name_alias WHERE project_id = $1 ORDER BY id DESC",
      {project}, [&](const db::Row& row) {
        aliases.push_back({row.integer(0),
                           static_cast<NameKind>(row.integer(1)),
                           {},
                           {},
                           row.string(2),
                           row.string(3),
                           row.string(4),
                           row.integer(5)});
      });
  connection.query(
      "SELECT a.id, a.suite, a.classname, a.name, c.suite, c.classname, c.name, a.created_by, a.created_us "
      "FROM case_alias a JOIN test_case c ON c.id = a.case_id WHERE a.project_id = $1 ORDER BY a.id DESC",
      {project}, [&](const db::Row& row) {
        aliases.push_back(
            {row.integer(0), std::nullopt, read_key(row, 1), read_key(row, 4), "", "", row.string(7), row.integer(8)});
      });
  return aliases;
}

std::optional<Id> find_former_case(db::Connection& connection, Id project, const CaseKey& key) {
  return connection.query_integer(
      "SELECT case_id FROM case_alias WHERE project_id = $1 AND name = $2 AND classname = $3 AND suite = $4",
      {project, key.name, key.classname, key.suite});
}

std::string resolve_name(db::Connection& connection, Id project, NameKind kind, std::string_view name) {
  std::string found(name);
  connection.query("SELECT name FROM name_alias WHERE project_id = $1 AND kind = $2 AND was = $3",
                   {project, static_cast<int>(kind), name}, [&](const db::Row& row) { found = row.string(0); });
  return found;
}

bool resolve_names(db::Connection& connection, std::string_view project, Coordinates& coordinates,
                   std::vector<MetricValue>& metrics) {
  const auto id = connection.query_integer("SELECT id FROM project WHERE name = $1", {project});
  if (!id) return false;
  const auto testbed = resolve_name(connection, *id, NameKind::testbed, coordinates.testbed);
  const auto branch = resolve_name(connection, *id, NameKind::branch, coordinates.branch);
  bool replaced = testbed != coordinates.testbed || branch != coordinates.branch;
  coordinates.testbed = testbed;
  coordinates.branch = branch;
  coordinates.base_branch = resolve_name(connection, *id, NameKind::branch, coordinates.base_branch);
  const auto former = former_names(connection, *id, NameKind::metric);
  if (former.empty()) return replaced;
  for (auto& metric : metrics) {
    const auto found = former.find(metric.metric.view());
    if (found == former.end()) continue;
    metric.metric = found->second;
    replaced = true;
  }
  // A report that has both names: the first is the point.
  std::set<std::pair<CaseKey, std::string>> seen;
  std::erase_if(metrics, [&](const MetricValue& metric) {
    return !seen.emplace(CaseKey(metric.key), std::string(metric.metric)).second;
  });
  return replaced;
}

void resolve_case_names(db::Connection& connection, Id project, std::vector<ReportCase>& cases,
                        std::vector<MetricValue>& metrics) {
  std::map<CaseKey, CaseKey> former;
  connection.query(
      "SELECT a.suite, a.classname, a.name, c.suite, c.classname, c.name FROM case_alias a "
      "JOIN test_case c ON c.id = a.case_id WHERE a.project_id = $1",
      {project}, [&](const db::Row& row) { former.emplace(read_key(row, 0), read_key(row, 3)); });
  const auto resolve = [&](CaseName& key) {
    const auto found = former.find(CaseKey(key));
    if (found != former.end()) key = {found->second.suite, found->second.classname, found->second.name};
  };
  if (!former.empty()) {
    for (auto& each : cases)
      resolve(each.key);
    for (auto& metric : metrics)
      resolve(metric.key);
  }
  const auto names = former_names(connection, project, NameKind::metric);
  for (auto& metric : metrics) {
    const auto found = names.find(metric.metric.view());
    if (found != names.end()) metric.metric = found->second;
  }
}

bool has_former_name(db::Connection& connection, Id project, const Coordinates& coordinates) {
  return resolve_name(connection, project, NameKind::testbed, coordinates.testbed) != coordinates.testbed ||
         resolve_name(connection, project, NameKind::branch, coordinates.branch) != coordinates.branch;
}

std::map<std::string, std::string, std::less<>> former_names(db::Connection& connection, Id project, NameKind kind) {
  std::map<std::string, std::string, std::less<>> names;
  connection.query("SELECT was, name FROM name_alias WHERE project_id = $1 AND kind = $2",
                   {project, static_cast<int>(kind)},
                   [&](const db::Row& row) { names.emplace(row.string(0), row.string(1)); });
  return names;
}

void rename_case(db::Connection& connection, Id project, Id case_id, const CaseKey& was, const CaseKey& key,
                 std::string_view by, std::int64_t now_us) {
  connection.execute("UPDATE test_case SET suite = $1, classname = $2, name = $3 WHERE id = $4",
                     {key.suite, key.classname, key.name, case_id});
  for (const auto* const former : {&was, &key}) {
    connection.execute("DELETE FROM case_alias WHERE project_id = $1 AND name = $2 AND classname = $3 AND suite = $4",
                       {project, former->name, former->classname, former->suite});
  }
  connection.execute(
      "INSERT INTO case_alias (project_id, suite, classname, name, case_id, created_by, created_us) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {project, was.suite, was.classname, was.name, case_id, by, now_us});
  points::bump_revision(connection, project);
}

void add_alias(db::Connection& connection, Id project, NameKind kind, std::string_view was, std::string_view name,
               std::string_view by, std::int64_t now_us) {
  const auto number = static_cast<int>(kind);
  connection.execute("UPDATE name_alias SET name = $1 WHERE project_id = $2 AND kind = $3 AND name = $4",
                     {name, project, number, was});
  connection.execute("DELETE FROM name_alias WHERE project_id = $1 AND kind = $2 AND (was = $3 OR was = $4)",
                     {project, number, was, name});
  connection.execute(
      "INSERT INTO name_alias (project_id, kind, was, name, created_by, created_us) VALUES ($1, $2, $3, $4, $5, $6)",
      {project, number, was, name, by, now_us});
  points::bump_revision(connection, project);
}

namespace {

/// Where two lanes are joined, the earlier first run of an environment remains.
void join_environment_shifts(db::Connection& connection, Id project, std::string_view column, std::string_view was,
                             std::string_view name) {
  const std::string_view other = column == "branch" ? "testbed" : "branch";
  connection.execute(
      fmt::format("DELETE FROM environment_shift WHERE project_id = $1 AND {0} IN ($2, $3) AND EXISTS (SELECT 1 FROM "
                  "environment_shift o WHERE o.project_id = environment_shift.project_id "
                  "AND o.{0} IN ($2, $3) AND o.{0} <> environment_shift.{0} AND o.{1} = environment_shift.{1} "
                  "AND o.environment_id = environment_shift.environment_id "
                  "AND (o.first_at_us < environment_shift.first_at_us OR (o.first_at_us = "
                  "environment_shift.first_at_us AND o.first_run < environment_shift.first_run)))",
                  column, other),
      {project, was, name});
  connection.execute(fmt::format("UPDATE environment_shift SET {0} = $1 WHERE project_id = $2 AND {0} = $3", column),
                     {name, project, was});
}

}  // namespace

void rename_in_runs(db::Connection& connection, Id project, NameKind kind, std::string_view was,
                    std::string_view name) {
  if (kind == NameKind::metric) return;
  join_environment_shifts(connection, project, kind_name(kind), was, name);
  for (const std::string_view table : {"run", "recent_run", "vanished_series"}) {
    connection.execute(
        fmt::format("UPDATE {0} SET {1} = $1 WHERE project_id = $2 AND {1} = $3", table, kind_name(kind)),
        {name, project, was});
  }
  if (kind != NameKind::branch) return;
  connection.execute("UPDATE run SET base_branch = $1 WHERE project_id = $2 AND base_branch = $3",
                     {name, project, was});
  connection.execute("UPDATE project SET default_branch = $1 WHERE id = $2 AND default_branch = $3",
                     {name, project, was});
}

std::vector<NamedCase> list_cases_with_labels(db::Connection& connection, Id project, const CaseKey& key) {
  std::vector<NamedCase> cases;
  connection.query(
      "SELECT id, suite, classname, name FROM test_case WHERE project_id = $1 AND classname = $2 AND suite = $3 "
      "AND (name = $4 OR (name >= $5 AND name < $6)) ORDER BY id",
      {project, key.classname, key.suite, key.name, key.name + '[', key.name + '\\'}, [&](const db::Row& row) {
        cases.push_back({row.integer(0), read_key(row, 1)});
      });
  return cases;
}

std::vector<NamedCase> list_cases(db::Connection& connection, Id project) {
  std::vector<NamedCase> cases;
  connection.query("SELECT id, suite, classname, name FROM test_case WHERE project_id = $1 ORDER BY id", {project},
                   [&](const db::Row& row) {
                     cases.push_back({row.integer(0), read_key(row, 1)});
                   });
  return cases;
}

bool is_name_used(db::Connection& connection, Id project, NameKind kind, std::string_view name) {
  const auto count = [&](std::string_view table) {
    return connection.require_integer(
        fmt::format("SELECT count(*) FROM {} WHERE project_id = $1 AND {} = $2", table, kind_name(kind)),
        {project, name});
  };
  return count("series") > 0 || (kind != NameKind::metric && count("run") > 0);
}

void merge_cases(db::Connection& connection, Id project, Id from, Id to, std::int64_t now_us) {
  connection.execute(
      "UPDATE run_case SET case_id = $1 WHERE case_id = $2 AND run_id IN (SELECT id FROM run WHERE project_id = $3)",
      {to, from, project});
  if (find_current_entry(connection, to)) {
    connection.execute(
        "UPDATE quarantine SET left_us = $1, left_by = 'perftrend', left_reason = 'joined with another case' "
        "WHERE case_id = $2 AND left_us IS NULL",
        {now_us, from});
  }
  connection.execute("UPDATE quarantine SET case_id = $1 WHERE case_id = $2", {to, from});
  connection.execute("UPDATE case_alias SET case_id = $1 WHERE case_id = $2", {to, from});
  connection.execute("UPDATE vanished_series SET similar_case = NULL WHERE project_id = $1 AND similar_case = $2",
                     {project, from});
  connection.execute("DELETE FROM test_case WHERE id = $1", {from});
}

std::vector<SeriesPair> pair_series(db::Connection& connection, Id project, Id was, Id is) {
  static const std::string sql =
      "SELECT a.id, coalesce(b.id, 0) FROM series a LEFT JOIN series b ON b.project_id = $1 "
      "AND b.case_id = $3" +
      same_but("case_id") + " WHERE a.project_id = $1 AND a.case_id = $2 ORDER BY a.id";
  const std::vector<db::Param> params = {project, was, is};
  return read_pairs(connection, sql, params);
}

std::vector<SeriesPair> pair_series(db::Connection& connection, Id project, NameKind kind, std::string_view was,
                                    std::string_view is) {
  const auto sql = fmt::format(
      "SELECT a.id, coalesce(b.id, 0) FROM series a LEFT JOIN series b ON b.project_id = $1 AND b.{0} = $3{1} "
      "WHERE a.project_id = $1 AND a.{0} = $2 ORDER BY a.id",
      kind_name(kind), same_but(kind_name(kind)));
  const std::vector<db::Param> params = {project, was, is};
  return read_pairs(connection, sql, params);
}

void set_series_case(db::Connection& connection, Id series, Id case_id) {
  connection.execute("UPDATE series SET case_id = $1 WHERE id = $2", {case_id, series});
}

void set_series_name(db::Connection& connection, Id series, NameKind kind, std::string_view name) {
  connection.execute(fmt::format("UPDATE series SET {} = $1 WHERE id = $2", kind_name(kind)), {name, series});
}

void merge_series(db::Connection& connection, Id from, Id to) {
  for (const std::string_view table : {"regression", "baseline_restart"})
    connection.execute(fmt::format("UPDATE {} SET series_id = $1 WHERE series_id = $2", table), {to, from});
  connection.execute("DELETE FROM vanished_series WHERE series_id = $1", {from});
  connection.execute("DELETE FROM series WHERE id = $1", {from});
}

void rescale_records(db::Connection& connection, Id series, double factor) {
  connection.execute(
      "UPDATE regression SET level_before = level_before * $1, level_after = level_after * $1 WHERE series_id = $2",
      {factor, series});
}

}  // namespace perftrend::store
