#include "server/store/corrections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/regressions.h"

namespace perftrend::store {
namespace {

// A hidden project has this before its id as its name. No upload can name it: names begin with a letter or a digit.
constexpr std::string_view hidden_prefix = "~deleted-";
static_assert(hidden_prefix.size() == 9, "list_deleted_projects compares as many characters");

/// The points of a series next to a run's place.
struct Neighbours {
  std::optional<points::Point> before, after;
};

Neighbours find_neighbours(db::Connection& connection, Id series, std::int64_t at_us, Id run) {
  Neighbours found;
  for (const auto& point : points::read_history(connection, series, std::numeric_limits<std::int64_t>::max())) {
    if (point.run == run) continue;
    if (points::is_before(point, {at_us, run, {}})) {
      found.before = point;
    } else if (!found.after) {
      found.after = point;
    }
  }
  return found;
}

/// The columns of a record that name runs.
struct NamedRuns {
  Id id = 0, series = 0, first = 0, recognised = 0;
  std::optional<Id> last_good, common_shift;
  bool closed_by_perftrend = false;
};

std::vector<NamedRuns> list_records_naming(db::Connection& connection, Id project, Id run) {
  std::vector<NamedRuns> found;
  connection.query(
      "SELECT id, series_id, first_run, recognised_run, last_good, common_shift_run, "
      "CASE WHEN state >= 3 AND decided_by = $3 THEN 1 ELSE 0 END FROM regression WHERE project_id = $1 "
      "AND (first_run = $2 OR recognised_run = $2 OR last_good = $2 OR common_shift_run = $2) ORDER BY id",
      {project, run, own_name}, [&](const db::Row& row) {
        found.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.optional_integer(4),
                         row.optional_integer(5), row.integer(6) == 1});
      });
  return found;
}

/// The run that an upload is a part of.
Id run_of(db::Connection& connection, Id part) {
  return connection.require_integer("SELECT first_part FROM run WHERE id = $1", {part});
}

/// The record names other runs than `run` afterwards. True where it was deleted instead.
bool release_record(db::Connection& connection, const NamedRuns& record, Id run, std::int64_t at_us) {
  const auto neighbours = find_neighbours(connection, record.series, at_us, run);
  const auto& next = neighbours.after ? neighbours.after : neighbours.before;
  if (record.first == run && (record.closed_by_perftrend || !next)) {
    connection.execute("DELETE FROM regression WHERE id = $1", {record.id});
    return true;
  }
  const Id first = record.first == run ? run_of(connection, next->run) : record.first;
  const Id recognised = record.recognised != run ? record.recognised : (next ? run_of(connection, next->run) : first);
  std::optional<Id> last_good = record.last_good;
  if (last_good == run)
    last_good = neighbours.before ? std::optional(run_of(connection, neighbours.before->run)) : std::nullopt;
  const auto common_shift = record.common_shift == run ? std::nullopt : record.common_shift;
  connection.execute(
      "UPDATE regression SET first_run = $2, first_at_us = (SELECT at_us FROM run WHERE id = $2), recognised_run = $3, "
      "last_good = $4, common_shift_run = $5 WHERE id = $1",
      {record.id, first, recognised, last_good, common_shift});
  return false;
}

std::vector<Id> list_ids(db::Connection& connection, std::string_view sql, std::initializer_list<db::Param> params) {
  std::vector<Id> ids;
  connection.query(sql, params, [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::int64_t delete_run_content(db::Connection& connection, Id run, DeletedRows& deleted) {
  deleted.documents += connection.execute("DELETE FROM document WHERE run_id = $1", {run});
  deleted.cases += connection.execute("DELETE FROM run_case WHERE run_id = $1", {run});
  for (const std::string_view table : {"sample", "excluded_points", "run_series", "common_shift"})
    connection.execute(fmt::format("DELETE FROM {} WHERE run_id = $1", table), {run});
  return deleted.documents;
}

}  // namespace

DeletedRows& DeletedRows::operator+=(const DeletedRows& more) {
  runs += more.runs;
  cases += more.cases;
  documents += more.documents;
  series += more.series;
  regressions += more.regressions;
  return *this;
}

RunStatements find_statements(db::Connection& connection, Id run) {
  RunStatements found;
  connection.query("SELECT excluded, suspect, suspect_reported, suspect_by FROM run WHERE id = $1", {run},
                   [&](const db::Row& row) {
                     found = {row.string(0), row.string(1), row.string(2), row.string(3)};
                   });
  return found;
}

void set_excluded(db::Connection& connection, Id run, std::string_view reason) {
  connection.execute("UPDATE run SET excluded = $1 WHERE id = $2", {reason, run});
}

bool is_excluded(db::Connection& connection, Id run) {
  return connection.query_integer("SELECT 1 FROM run WHERE id = $1 AND excluded <> ''", {run}).has_value();
}

void set_suspect(db::Connection& connection, Id run, std::string_view suspect, std::string_view by) {
  connection.execute("UPDATE run SET suspect = $1, suspect_by = $2 WHERE id = $3", {suspect, by, run});
  const auto project = connection.require_integer("SELECT project_id FROM run WHERE id = $1", {run});
  points::bump_revision(connection, project);
}

DeletedRows delete_run(db::Connection& connection, Id run) {
  DeletedRows deleted;
  std::int64_t at_us = 0;
  Id project = 0;
  connection.query("SELECT at_us, project_id FROM run WHERE id = $1", {run}, [&](const db::Row& row) {
    at_us = row.integer(0);
    project = row.integer(1);
  });
  if (project == 0) return deleted;
  for (const auto& record : list_records_naming(connection, project, run)) {
    if (release_record(connection, record, run, at_us)) ++deleted.regressions;
  }
  delete_run_content(connection, run, deleted);
  for (const std::string_view table : {"baseline_restart", "recent_run"})
    connection.execute(fmt::format("DELETE FROM {} WHERE run_id = $1", table), {run});
  deleted.runs = connection.execute("DELETE FROM run WHERE id = $1", {run});
  points::bump_revision(connection, project);
  return deleted;
}

DeletedRows delete_series(db::Connection& connection, Id series) {
  points::bump_revision_of_series(connection, series);
  DeletedRows deleted;
  for (const std::string_view table : {"baseline_restart", "vanished_series"})
    connection.execute(fmt::format("DELETE FROM {} WHERE series_id = $1", table), {series});
  deleted.regressions = connection.execute("DELETE FROM regression WHERE series_id = $1", {series});
  deleted.series = connection.execute("DELETE FROM series WHERE id = $1 AND points = 0", {series});
  return deleted;
}

std::vector<Id> list_lane_uploads(db::Connection& connection, Id project, std::string_view testbed,
                                  std::string_view branch) {
  return list_ids(connection,
                  "SELECT id FROM run WHERE project_id = $1 AND ($2 = '' OR testbed = $2) AND ($3 = '' OR branch = $3) "
                  "ORDER BY id",
                  {project, testbed, branch});
}

std::vector<Id> list_series_of_lane(db::Connection& connection, Id project, std::string_view testbed,
                                    std::string_view branch) {
  return list_ids(connection,
                  "SELECT id FROM series WHERE project_id = $1 AND ($2 = '' OR testbed = $2) "
                  "AND ($3 = '' OR branch = $3) ORDER BY id",
                  {project, testbed, branch});
}

std::int64_t redact_documents(db::Connection& connection, Id run, std::optional<std::int64_t> ordinal,
                              std::string_view reason) {
  const db::Blob nothing;
  return connection.execute(
      "UPDATE document SET body_zstd = $1, body_bytes = 0, redacted = $2 WHERE run_id = $3 "
      "AND ($4 = -1 OR ordinal = $4)",
      {nothing, reason, run, ordinal.value_or(-1)});
}

std::int64_t redact_messages(db::Connection& connection, Id run, std::optional<std::int64_t> ordinal) {
  return connection.execute(
      "UPDATE run_case SET message = CASE WHEN message = '' THEN '' ELSE '(redacted)' END WHERE run_id = $1 "
      "AND ($2 = -1 OR ordinal = $2)",
      {run, ordinal.value_or(-1)});
}

void redact_run_texts(db::Connection& connection, Id run) {
  connection.execute(
      "UPDATE run SET subject_json = '{}', warnings_json = CASE WHEN warnings_json = '[]' THEN '[]' ELSE "
      "'[\"(redacted)\"]' END WHERE id = $1",
      {run});
}

std::vector<Id> list_deleted_projects(db::Connection& connection) {
  return list_ids(connection, "SELECT id FROM project WHERE substr(name, 1, 9) = $1 ORDER BY id", {hidden_prefix});
}

void hide_project(db::Connection& connection, Id project) {
  connection.execute("UPDATE project SET name = $1 WHERE id = $2",
                     {fmt::format("{}{}", hidden_prefix, project), project});
  points::bump_revision(connection, project);
}

bool delete_project_rows(db::Connection& connection, Id project, int runs_max) {
  for (const std::string_view table :
       {"regression", "common_shift", "quarantine", "policy", "audit", "baseline_restart", "case_alias", "name_alias",
        "lane", "environment_shift", "recent_run", "vanished_series", "metric_statement"})
    connection.execute(fmt::format("DELETE FROM {} WHERE project_id = $1", table), {project});
  const auto runs =
      list_ids(connection, "SELECT id FROM run WHERE project_id = $1 ORDER BY id LIMIT $2", {project, runs_max});
  for (const Id run : runs) {
    DeletedRows deleted;
    points::drop_run_rows(connection, run);
    delete_run_content(connection, run, deleted);
    connection.execute("DELETE FROM run WHERE id = $1", {run});
  }
  if (!runs.empty()) return true;
  constexpr int series_per_run = 100;
  const auto series = list_ids(connection, "SELECT id FROM series WHERE project_id = $1 ORDER BY id LIMIT $2",
                               {project, runs_max * series_per_run});
  for (const Id id : series) {
    points::drop_series_rows(connection, id);
    connection.execute("DELETE FROM series WHERE id = $1", {id});
  }
  if (!series.empty()) return true;
  for (const std::string_view table : {"test_case", "environment", "configuration", "unsteady_fact"})
    connection.execute(fmt::format("DELETE FROM {} WHERE project_id = $1", table), {project});
  connection.execute("DELETE FROM project WHERE id = $1", {project});
  return false;
}

void rename_project(db::Connection& connection, Id project, std::string_view name) {
  connection.execute("UPDATE token SET project = $1 WHERE project = (SELECT name FROM project WHERE id = $2)",
                     {name, project});
  connection.execute("UPDATE project SET name = $1 WHERE id = $2", {name, project});
  points::bump_revision(connection, project);
}

std::int64_t count_project_tokens(db::Connection& connection, std::string_view project) {
  return connection.require_integer("SELECT count(*) FROM token WHERE project = $1 AND revoked_us IS NULL", {project});
}

}  // namespace perftrend::store
