#include "server/store/regressions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

#include "server/store/audit.h"

namespace perftrend::store {
namespace {

constexpr int record_width = 26;

RegressionRecord read_record(const db::Row& row) {
  RegressionRecord record;
  record.id = row.integer(0);
  record.project = row.integer(1);
  record.series = row.integer(2);
  record.kind = static_cast<FindingKind>(row.integer(3));
  record.first_run = row.integer(4);
  record.first_at_us = row.integer(5);
  record.recognised_run = row.integer(6);
  record.detection_delay_points = row.integer(7);
  record.last_good = row.optional_integer(8);
  record.worse = row.integer(9) == 1;
  record.state = static_cast<FindingState>(row.integer(10));
  record.reason = row.string(11);
  record.decided_by = row.string(12);
  record.held_run = row.optional_integer(13);
  record.alerting = row.integer(14) == 1;
  record.policy_version = row.integer(15);
  record.common_shift_run = row.optional_integer(16);
  record.assignee = row.string(17);
  record.note = row.string(18);
  record.link = row.string(19);
  record.before = row.real(20);
  record.after = row.real(21);
  record.explanation = row.string(22);
  record.created_us = row.integer(23);
  record.updated_us = row.integer(24);
  record.confirmed_us = row.optional_integer(25);
  return record;
}

const std::string record_columns =
    "SELECT g.id, g.project_id, g.series_id, g.kind, g.first_run, g.first_at_us, g.recognised_run, "
    "g.detection_delay_points, "
    "g.last_good, g.worse, g.state, g.reason, g.decided_by, g.held_run, g.alerting, g.policy_version, "
    "g.common_shift_run, "
    "g.assignee, g.note, g.link, g.level_before, g.level_after, g.explanation, g.created_us, g.updated_us, "
    "g.confirmed_us ";

Id insert_record(db::Connection& connection, const RegressionRecord& r, std::int64_t now_us) {
  return connection.require_integer(
      "INSERT INTO regression (project_id, series_id, kind, first_run, first_at_us, recognised_run, "
      "detection_delay_points, "
      "last_good, worse, state, reason, decided_by, held_run, alerting, policy_version, common_shift_run, assignee, "
      "note, "
      "link, "
      "level_before, level_after, explanation, created_us, updated_us, confirmed_us) VALUES ($1, $2, $3, $4, $5, $6, "
      "$7, $8, $9, "
      "$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23, $24) RETURNING id",
      {r.project,
       r.series,
       static_cast<int>(r.kind),
       r.first_run,
       r.first_at_us,
       r.recognised_run,
       r.detection_delay_points,
       r.last_good,
       r.worse ? 1 : 0,
       static_cast<int>(r.state),
       r.reason,
       r.decided_by,
       r.held_run,
       r.alerting ? 1 : 0,
       r.policy_version,
       r.common_shift_run,
       r.assignee,
       r.note,
       r.link,
       r.before,
       r.after,
       r.explanation,
       now_us,
       r.confirmed_us});
}

void update_record(db::Connection& connection, const RegressionRecord& r, std::int64_t now_us) {
  connection.execute(
      "UPDATE regression SET first_run = $2, first_at_us = $3, recognised_run = $4, detection_delay_points = $5, "
      "last_good = $6, "
      "state = $7, reason = $8, decided_by = $9, held_run = $10, alerting = $11, policy_version = $12, "
      "common_shift_run = "
      "$13, "
      "assignee = $14, note = $15, link = $16, level_before = $17, level_after = $18, explanation = $19, "
      "updated_us = $20, confirmed_us = $21 WHERE id = $1",
      {r.id,
       r.first_run,
       r.first_at_us,
       r.recognised_run,
       r.detection_delay_points,
       r.last_good,
       static_cast<int>(r.state),
       r.reason,
       r.decided_by,
       r.held_run,
       r.alerting ? 1 : 0,
       r.policy_version,
       r.common_shift_run,
       r.assignee,
       r.note,
       r.link,
       r.before,
       r.after,
       r.explanation,
       now_us,
       r.confirmed_us});
}

using Facts = std::map<std::string, std::string>;

Facts read_facts(const std::string& text) {
  Facts facts;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return facts;
  for (const auto& [name, value] : json.items())
    facts[name] = value.is_string() ? value.get<std::string>() : value.dump();
  return facts;
}

/// One text for each fact that differs: "kernel 6.1.0-18 → 6.1.0-22".
std::vector<std::string> list_changes(const Facts& before, const Facts& after) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : before) {
    const auto now = after.find(name);
    if (now == after.end()) {
      changes.push_back(fmt::format("{} {} → not stated", name, value));
    } else if (now->second != value) {
      changes.push_back(fmt::format("{} {} → {}", name, value, now->second));
    }
  }
  for (const auto& [name, value] : after) {
    if (!before.contains(name)) changes.push_back(fmt::format("{} not stated → {}", name, value));
  }
  return changes;
}

Regression read_regression(const db::Row& row) {
  Regression regression;
  regression.record = read_record(row);
  constexpr int at = record_width;
  regression.series = {regression.record.series,
                       {row.string(at), row.string(at + 1), row.string(at + 2)},
                       row.string(at + 3),
                       row.string(at + 4),
                       row.string(at + 6),
                       row.string(at + 7),
                       row.integer(at + 5) == 1 ? Better::lower : Better::higher};
  regression.first_commit = row.string(at + 8);
  regression.last_good_commit = row.string(at + 9);
  regression.last_good_at_us = row.optional_integer(at + 10);
  regression.series.configuration_json = row.string(at + 11);
  if (regression.record.last_good && !row.is_null(at + 13))
    regression.subject_changes = list_changes(read_facts(row.string(at + 13)), read_facts(row.string(at + 12)));
  return regression;
}

}  // namespace

std::string_view kind_name(FindingKind kind) {
  static constexpr std::array<std::string_view, 3> names = {"level", "drift", "environment"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view state_name(FindingState state) {
  static constexpr std::array<std::string_view, 7> names = {"suspected", "confirmed", "acknowledged", "fixed",
                                                            "dismissed", "noted",     "closed"};
  return names.at(static_cast<std::size_t>(state));
}

bool is_open(FindingState state) {
  return state == FindingState::confirmed || state == FindingState::acknowledged;
}

bool is_unresolved(FindingState state) {
  return is_open(state) || state == FindingState::suspected;
}

std::vector<RegressionRecord> list_series_regressions(db::Connection& connection, Id series) {
  static const std::string sql =
      record_columns + "FROM regression g WHERE g.series_id = $1 ORDER BY g.first_at_us, g.first_run, g.id";
  std::vector<RegressionRecord> records;
  connection.query(sql, {series}, [&](const db::Row& row) { records.push_back(read_record(row)); });
  return records;
}

Id save_regression(db::Connection& connection, RegressionRecord record, std::optional<FindingState> state_before,
                   std::int64_t now_us, std::string_view note) {
  if (is_open(record.state) && !record.confirmed_us) record.confirmed_us = now_us;
  Id id = record.id;
  if (id == 0) {
    id = insert_record(connection, record, now_us);
  } else {
    update_record(connection, record, now_us);
  }
  if (state_before != record.state) {
    add_audit(connection,
              {0, record.project, now_us, record.decided_by, "regression", id, std::string(state_name(record.state)),
               std::string(state_before ? state_name(*state_before) : ""), std::string(state_name(record.state)),
               std::string(note), record.link});
  }
  return id;
}

std::vector<Regression> list_regressions(db::Connection& connection, Id project, const RegressionFilter& filter) {
  static const std::string sql =
      record_columns +
      ", c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, s.testbed, s.branch, r.commit_id, "
      "coalesce(b.commit_id, ''), b.at_us, f.parts_json, r.subject_json, b.subject_json "
      "FROM regression g JOIN series s ON s.id = g.series_id JOIN configuration f ON f.id = s.configuration_id "
      "JOIN test_case c ON c.id = s.case_id JOIN run r ON r.id = g.first_run LEFT JOIN run b ON b.id = g.last_good "
      "WHERE g.project_id = $1 AND ($2 = -1 OR g.worse = $2) AND ($3 = 0 OR g.first_run = $3) "
      "AND ($15 = 1 OR g.state IN ($4, $5, $6, $7, $8, $14)) AND ($10 = 0 OR g.series_id = $10) AND ($11 = 0 OR g.id = "
      "$11) "
      "AND ($12 = 0 OR g.assignee = $13) ORDER BY g.first_at_us DESC, g.id DESC LIMIT $9";
  std::array<std::int64_t, 6> states{};
  states.fill(-1);
  std::size_t count = 0;
  for (const auto state : filter.states)
    states.at(count++) = static_cast<std::int64_t>(state);
  const int worse = filter.worse ? (*filter.worse ? 1 : 0) : -1;
  std::vector<Regression> regressions;
  connection.query(sql,
                   {project, worse, filter.first_run.value_or(0), states[0], states[1], states[2], states[3], states[4],
                    filter.limit, filter.series.value_or(0), filter.id.value_or(0), filter.assignee ? 1 : 0,
                    filter.assignee.value_or(""), states[5], filter.states.empty() ? 1 : 0},
                   [&](const db::Row& row) { regressions.push_back(read_regression(row)); });
  for (auto& regression : regressions) {
    const auto& record = regression.record;
    if (record.kind == FindingKind::environment && record.last_good)
      regression.environment_changes = list_environment_changes(connection, *record.last_good, record.first_run);
  }
  return regressions;
}

std::optional<Regression> find_regression(db::Connection& connection, Id project, Id id) {
  RegressionFilter one;
  one.id = id;
  auto found = list_regressions(connection, project, one);
  if (id < 1 || found.empty()) return std::nullopt;
  return std::move(found.front());
}

namespace {

Facts read_environment(db::Connection& connection, Id run) {
  Facts facts;
  connection.query("SELECT e.parts_json FROM run r JOIN environment e ON e.id = r.environment_id WHERE r.id = $1",
                   {run}, [&](const db::Row& row) { facts = read_facts(row.string(0)); });
  return facts;
}

}  // namespace

std::vector<std::string> list_environment_changes(db::Connection& connection, Id before, Id after) {
  return list_changes(read_environment(connection, before), read_environment(connection, after));
}

std::string explain(const Regression& regression) {
  std::string text = regression.record.explanation;
  if (!regression.environment_changes.empty()) {
    text += fmt::format(" Changed: {}.", fmt::join(regression.environment_changes, ", "));
  } else if (!regression.subject_changes.empty()) {
    text += fmt::format(" Between the last good run and this one: {}.", fmt::join(regression.subject_changes, ", "));
  } else if (regression.is_same_commit() && regression.record.kind == FindingKind::level) {
    text += " No commit lies between the last good run and this one: look at the machine, the engine or the data.";
  }
  return text;
}

std::int64_t count_open_regressions(db::Connection& connection, Id project) {
  std::int64_t count = 0;
  connection.query("SELECT count(*) FROM regression WHERE project_id = $1 AND state IN (1, 2)", {project},
                   [&](const db::Row& row) { count = row.integer(0); });
  return count;
}

std::vector<Id> list_series_in_question(db::Connection& connection, Id project) {
  std::vector<Id> series;
  connection.query(
      "SELECT DISTINCT series_id FROM regression WHERE project_id = $1 "
      "AND (state <= 2 OR (state = 6 AND reason = 'withdrawn')) ORDER BY series_id",
      {project}, [&](const db::Row& row) { series.push_back(row.integer(0)); });
  return series;
}

std::set<Id> list_series_with_unresolved_record(db::Connection& connection, Id project) {
  std::set<Id> series;
  connection.query("SELECT DISTINCT series_id FROM regression WHERE project_id = $1 AND state <= 2", {project},
                   [&](const db::Row& row) { series.insert(row.integer(0)); });
  return series;
}

std::set<Id> list_series_with_noted_record(db::Connection& connection, Id project) {
  std::set<Id> series;
  connection.query("SELECT DISTINCT series_id FROM regression WHERE project_id = $1 AND state = $2",
                   {project, static_cast<int>(FindingState::noted)},
                   [&](const db::Row& row) { series.insert(row.integer(0)); });
  return series;
}

TrackRecord count_track_record(db::Connection& connection, Id project) {
  static const std::string reported =
      "SELECT count(*) FROM regression g WHERE g.project_id = $1 AND g.confirmed_us IS NOT NULL ";
  static const std::string false_alarms = reported + "AND g.state = 4 AND g.reason = 'false_alarm'";
  static const std::string by_person =
      reported +
      "AND EXISTS (SELECT 1 FROM audit a WHERE a.project_id = $1 AND a.subject = 'regression' AND a.subject_id = g.id "
      "AND a.actor <> $2 AND a.action IN ";
  static const std::string reviewed = by_person + "('acknowledged', 'dismissed', 'reopened'))";
  static const std::string acknowledged = by_person + "('acknowledged'))";
  TrackRecord record;
  record.reported = connection.require_integer(reported, {project});
  record.reviewed = connection.require_integer(reviewed, {project, own_name});
  record.false_alarms = connection.require_integer(false_alarms, {project});
  record.acknowledged = connection.require_integer(acknowledged, {project, own_name});
  record.suspected = connection.require_integer(
      "SELECT count(DISTINCT subject_id) FROM audit WHERE project_id = $1 AND subject = 'regression' "
      "AND to_state = 'suspected'",
      {project});
  record.withdrawn = connection.require_integer(
      "SELECT count(DISTINCT subject_id) FROM audit WHERE project_id = $1 AND subject = 'regression' "
      "AND from_state = 'suspected' AND to_state = 'closed' AND actor = $2",
      {project, own_name});
  return record;
}

std::vector<std::int64_t> list_detection_delays(db::Connection& connection, Id project, int limit) {
  static const std::string sql =
      "SELECT g.detection_delay_points FROM regression g WHERE g.project_id = $1 AND g.kind = 0 "
      "AND g.confirmed_us IS NOT NULL ORDER BY g.first_at_us DESC LIMIT $2";
  std::vector<std::int64_t> detection_delay_points;
  connection.query(sql, {project, limit},
                   [&](const db::Row& row) { detection_delay_points.push_back(row.integer(0)); });
  return detection_delay_points;
}

void save_common_shift(db::Connection& connection, Id project, const CommonShift& common_shift) {
  connection.execute(
      "INSERT INTO common_shift (run_id, project_id, worse, shifted, judged, effect, confirmed) VALUES ($1, $2, $3, "
      "$4, $5, $6, $7) "
      "ON CONFLICT (run_id) DO UPDATE SET worse = excluded.worse, shifted = excluded.shifted, judged = "
      "excluded.judged, "
      "effect = excluded.effect, confirmed = excluded.confirmed",
      {common_shift.run, project, common_shift.worse ? 1 : 0, common_shift.shifted, common_shift.judged,
       common_shift.effect, common_shift.state == CommonShift::State::confirmed ? 1 : 0});
}

void delete_common_shift(db::Connection& connection, Id run) {
  connection.execute("UPDATE regression SET common_shift_run = NULL WHERE common_shift_run = $1", {run});
  connection.execute("DELETE FROM common_shift WHERE run_id = $1", {run});
}

void set_common_shift(db::Connection& connection, Id run, const std::vector<Id>& series) {
  for (const Id id : series) {
    connection.execute(
        "UPDATE regression SET common_shift_run = $1 WHERE series_id = $2 AND recognised_run = $1 AND state <= 2",
        {run, id});
  }
}

std::vector<Id> list_runs_with_unresolved_records(db::Connection& connection, Id project) {
  std::vector<Id> runs;
  connection.query(
      "SELECT recognised_run FROM regression WHERE project_id = $1 AND state <= 2 GROUP BY recognised_run "
      "HAVING count(*) > 1 ORDER BY recognised_run",
      {project}, [&](const db::Row& row) { runs.push_back(row.integer(0)); });
  return runs;
}

std::optional<CommonShift> find_common_shift(db::Connection& connection, Id run) {
  std::optional<CommonShift> found;
  connection.query(
      "SELECT run_id, worse, shifted, judged, effect, confirmed, (SELECT count(*) FROM regression g "
      "WHERE g.common_shift_run = run_id AND g.confirmed_us IS NOT NULL) FROM common_shift WHERE run_id = $1",
      {run}, [&](const db::Row& row) {
        const bool is_confirmed = row.integer(5) == 1 || 2 * row.integer(6) >= row.integer(2);
        found =
            CommonShift{row.integer(0), row.integer(1) == 1,
                        row.integer(2), row.integer(3),
                        row.real(4),    is_confirmed ? CommonShift::State::confirmed : CommonShift::State::suspected};
      });
  return found;
}

}  // namespace perftrend::store
