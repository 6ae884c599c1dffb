#include "server/store/restarts.h"

#include <optional>

namespace perftrend::store {
namespace {

std::optional<Id> optional_series(Id series) {
  return series == 0 ? std::nullopt : std::optional(series);
}

}  // namespace

void add_restart(db::Connection& connection, Id project, Id run, Id series, std::string_view note, std::string_view by,
                 std::int64_t now_us) {
  remove_restart(connection, run, series);
  connection.execute(
      "INSERT INTO baseline_restart (project_id, run_id, series_id, note, created_by, created_us) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {project, run, optional_series(series), note, by, now_us});
}

void remove_restart(db::Connection& connection, Id run, Id series) {
  connection.execute("DELETE FROM baseline_restart WHERE run_id = $1 AND coalesce(series_id, 0) = $2", {run, series});
}

std::vector<Restart> list_restarts(db::Connection& connection, Id project) {
  std::vector<Restart> restarts;
  connection.query(
      "SELECT run_id, coalesce(series_id, 0), note, created_by, created_us FROM baseline_restart "
      "WHERE project_id = $1 ORDER BY id DESC",
      {project}, [&](const db::Row& row) {
        restarts.push_back({row.integer(0), row.integer(1), row.string(2), row.string(3), row.integer(4)});
      });
  return restarts;
}

}  // namespace perftrend::store
