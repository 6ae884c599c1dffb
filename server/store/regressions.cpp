#include "server/store/regressions.h"

#include <algorithm>

namespace perftrend::store {
namespace {

std::optional<std::int64_t> state_number(std::optional<FindingState> state) {
  return state ? std::optional(static_cast<std::int64_t>(*state)) : std::nullopt;
}

RegressionRecord read_record(const db::Row& row) {
  return {row.integer(0),      row.integer(1),
          row.integer(2),      row.integer(3),
          row.integer(4),      row.optional_integer(5),
          row.integer(6) == 1, static_cast<FindingState>(row.integer(7)),
          row.real(8),         row.real(9),
          row.string(10)};
}

constexpr std::string_view record_columns =
    "SELECT g.id, g.project_id, g.series_id, g.first_run, g.first_at_us, g.last_good, g.worse, g.state, "
    "g.level_before, g.level_after, g.explanation ";

}  // namespace

std::vector<RegressionRecord> list_series_regressions(db::Connection& connection, Id series) {
  static const std::string sql =
      std::string(record_columns) + "FROM regression g WHERE g.series_id = $1 ORDER BY g.first_at_us, g.first_run";
  std::vector<RegressionRecord> records;
  connection.query(sql, {series}, [&](const db::Row& row) { records.push_back(read_record(row)); });
  return records;
}

Id save_regression(db::Connection& connection, const RegressionRecord& record, std::optional<FindingState> state_before,
                   std::int64_t now_us, std::string_view actor, std::string_view note) {
  const int state = static_cast<int>(record.state);
  Id id = record.id;
  if (id == 0) {
    id = connection.require_integer(
        "INSERT INTO regression (project_id, series_id, first_run, first_at_us, last_good, worse, state, level_before, "
        "level_after, explanation, updated_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        {record.project, record.series, record.first_run, record.first_at_us, record.last_good, record.worse ? 1 : 0,
         state, record.before, record.after, record.explanation, now_us});
  } else {
    connection.execute(
        "UPDATE regression SET last_good = $2, state = $3, level_before = $4, level_after = $5, explanation = $6, "
        "updated_us = $7 WHERE id = $1",
        {id, record.last_good, state, record.before, record.after, record.explanation, now_us});
  }
  if (state_before != record.state) {
    connection.execute(
        "INSERT INTO regression_event (regression_id, at_us, actor, from_state, to_state, note) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {id, now_us, actor, state_number(state_before), state, note});
  }
  return id;
}

std::vector<Regression> list_regressions(db::Connection& connection, Id project, const RegressionFilter& filter) {
  static const std::string sql =
      std::string(record_columns) +
      ", c.suite, c.classname, c.name, s.metric, s.unit, s.better_lower, s.testbed, s.branch, r.commit_id, "
      "coalesce(b.commit_id, ''), g.updated_us FROM regression g JOIN series s ON s.id = g.series_id "
      "JOIN test_case c ON c.id = s.case_id JOIN run r ON r.id = g.first_run LEFT JOIN run b ON b.id = g.last_good "
      "WHERE g.project_id = $1 AND ($2 = -1 OR g.worse = $2) AND ($3 = 0 OR g.first_run = $3) "
      "AND g.state IN ($4, $5, $6, $7, $8) ORDER BY g.first_at_us DESC, g.id DESC LIMIT $9";
  std::array<std::int64_t, 5> states{};
  states.fill(-1);
  std::size_t count = 0;
  for (const auto state : filter.states)
    states.at(count++) = static_cast<std::int64_t>(state);
  const int worse = filter.worse ? (*filter.worse ? 1 : 0) : -1;
  std::vector<Regression> regressions;
  connection.query(sql,
                   {project, worse, filter.first_run.value_or(0), states[0], states[1], states[2], states[3], states[4],
                    filter.limit},
                   [&](const db::Row& row) {
                     Regression regression;
                     regression.record = read_record(row);
                     regression.series = {regression.record.series,
                                          {row.string(11), row.string(12), row.string(13)},
                                          row.string(14),
                                          row.string(15),
                                          row.string(17),
                                          row.string(18),
                                          row.integer(16) == 1 ? Better::lower : Better::higher};
                     regression.first_commit = row.string(19);
                     regression.last_good_commit = row.string(20);
                     regression.updated_us = row.integer(21);
                     regressions.push_back(std::move(regression));
                   });
  return regressions;
}

}  // namespace perftrend::store
