#include "server/store/quarantine.h"

namespace perftrend::store {
namespace {

constexpr std::string_view not_muting = "scenario";

const std::string columns =
    "SELECT q.id, q.project_id, q.case_id, c.suite, c.classname, c.name, q.source, q.reason, q.owner, q.entered_us, "
    "q.entered_run, q.entered_by, q.expires_us, q.clean_runs_required, q.left_us, q.left_by, q.left_reason, "
    "q.stated_run "
    "FROM quarantine q JOIN test_case c ON c.id = q.case_id ";

QuarantineEntry read_quarantine(const db::Row& row) {
  QuarantineEntry entry;
  entry.id = row.integer(0);
  entry.project = row.integer(1);
  entry.case_id = row.integer(2);
  entry.key = {row.string(3), row.string(4), row.string(5)};
  entry.source = row.string(6);
  entry.reason = row.string(7);
  entry.owner = row.string(8);
  entry.entered_us = row.integer(9);
  entry.entered_run = row.integer(10);
  entry.entered_by = row.string(11);
  entry.expires_us = row.optional_integer(12);
  entry.clean_runs_required = row.integer(13);
  entry.left_us = row.optional_integer(14);
  entry.left_by = row.string(15);
  entry.left_reason = row.string(16);
  entry.stated_run = row.optional_integer(17);
  return entry;
}

}  // namespace

Id newest_run_id(db::Connection& connection, Id project) {
  return connection.query_integer("SELECT max(id) FROM run WHERE project_id = $1", {project}).value_or(0);
}

bool is_newest_of_lane(db::Connection& connection, Id run) {
  return connection.require_integer(
             "SELECT count(*) FROM run r JOIN run n ON n.project_id = r.project_id AND n.testbed = r.testbed "
             "AND n.branch = r.branch AND n.purpose = r.purpose AND n.excluded = '' AND n.at_us > r.at_us WHERE r.id = "
             "$1",
             {run}) == 0;
}

bool is_of_lane_of(db::Connection& connection, Id run, Id other) {
  return connection.require_integer(
             "SELECT count(*) FROM run o LEFT JOIN run r ON r.id = $1 AND r.testbed = o.testbed "
             "AND r.branch = o.branch WHERE o.id = $2 AND r.id IS NULL",
             {run, other}) == 0;
}

std::optional<Id> find_case(db::Connection& connection, Id project, const CaseKey& key) {
  return connection.query_integer(
      "SELECT id FROM test_case WHERE project_id = $1 AND name = $2 AND classname = $3 AND suite = $4",
      {project, key.name, key.classname, key.suite});
}

Id save_quarantine(db::Connection& connection, const QuarantineEntry& quarantine) {
  if (quarantine.id == 0) {
    return connection.require_integer(
        "INSERT INTO quarantine (project_id, case_id, source, reason, owner, entered_us, entered_run, entered_by, "
        "expires_us, clean_runs_required, left_us, left_by, left_reason, stated_run) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
        "RETURNING id",
        {quarantine.project, quarantine.case_id, quarantine.source, quarantine.reason, quarantine.owner,
         quarantine.entered_us, quarantine.entered_run, quarantine.entered_by, quarantine.expires_us,
         quarantine.clean_runs_required, quarantine.left_us, quarantine.left_by, quarantine.left_reason,
         quarantine.stated_run});
  }
  connection.execute(
      "UPDATE quarantine SET source = $2, reason = $3, owner = $4, expires_us = $5, clean_runs_required = $6, left_us "
      "= $7, "
      "left_by = $8, left_reason = $9, stated_run = $10 WHERE id = $1",
      {quarantine.id, quarantine.source, quarantine.reason, quarantine.owner, quarantine.expires_us,
       quarantine.clean_runs_required, quarantine.left_us, quarantine.left_by, quarantine.left_reason,
       quarantine.stated_run});
  return quarantine.id;
}

std::vector<QuarantineEntry> list_quarantine(db::Connection& connection, Id project, bool now_only, int limit) {
  static const std::string sql =
      columns + "WHERE q.project_id = $1 AND ($2 = 0 OR q.left_us IS NULL) ORDER BY q.id DESC LIMIT $3";
  std::vector<QuarantineEntry> entries;
  connection.query(sql, {project, now_only ? 1 : 0, limit},
                   [&](const db::Row& row) { entries.push_back(read_quarantine(row)); });
  return entries;
}

std::optional<QuarantineEntry> find_quarantine(db::Connection& connection, Id project, Id id) {
  static const std::string sql = columns + "WHERE q.project_id = $1 AND q.id = $2";
  std::optional<QuarantineEntry> found;
  connection.query(sql, {project, id}, [&](const db::Row& row) { found = read_quarantine(row); });
  return found;
}

std::optional<QuarantineEntry> find_current_entry(db::Connection& connection, Id case_id) {
  static const std::string sql = columns + "WHERE q.case_id = $1 AND q.left_us IS NULL";
  std::optional<QuarantineEntry> found;
  connection.query(sql, {case_id}, [&](const db::Row& row) { found = read_quarantine(row); });
  return found;
}

std::optional<QuarantineEntry> find_newest_entry(db::Connection& connection, Id case_id) {
  static const std::string sql = columns + "WHERE q.case_id = $1 ORDER BY q.id DESC LIMIT 1";
  std::optional<QuarantineEntry> found;
  connection.query(sql, {case_id}, [&](const db::Row& row) { found = read_quarantine(row); });
  return found;
}

QuarantinedCases quarantined_cases(db::Connection& connection, Id project) {
  QuarantinedCases cases;
  connection.query("SELECT case_id, source FROM quarantine WHERE project_id = $1 AND left_us IS NULL", {project},
                   [&](const db::Row& row) {
                     cases.all.insert(row.integer(0));
                     if (row.text(1) != not_muting) cases.muted.insert(row.integer(0));
                   });
  return cases;
}

bool is_muting(const QuarantineEntry& entry) {
  return entry.source != not_muting;
}

void set_alerting(db::Connection& connection, Id case_id, bool alerting) {
  connection.execute(
      "UPDATE regression SET alerting = $2 WHERE state <= 2 "
      "AND series_id IN (SELECT id FROM series WHERE case_id = $1)",
      {case_id, alerting ? 1 : 0});
}

}  // namespace perftrend::store
