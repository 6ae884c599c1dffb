#include "server/store/metric_statements.h"

namespace perftrend::store {

std::vector<MetricStatement> list_metric_statements(db::Connection& connection, Id project) {
  std::vector<MetricStatement> statements;
  connection.query("SELECT metric, unit, better_lower FROM metric_statement WHERE project_id = $1 ORDER BY metric",
                   {project}, [&](const db::Row& row) {
                     MetricStatement statement{row.string(0), std::nullopt, std::nullopt};
                     if (!row.is_null(1)) statement.unit = row.string(1);
                     if (!row.is_null(2)) statement.better = row.integer(2) == 1 ? Better::lower : Better::higher;
                     statements.push_back(std::move(statement));
                   });
  return statements;
}

void set_metric_statement(db::Connection& connection, Id project, const MetricStatement& statement, std::string_view by,
                          std::int64_t now_us) {
  std::optional<std::int64_t> better_lower;
  if (statement.better) better_lower = *statement.better == Better::lower ? 1 : 0;
  std::optional<std::string_view> unit;
  if (statement.unit) unit = *statement.unit;
  connection.execute(
      "INSERT INTO metric_statement (project_id, metric, unit, better_lower, stated_by, stated_us) VALUES ($1, $2, $3, "
      "$4, $5, $6) ON CONFLICT (project_id, metric) DO UPDATE SET unit = coalesce(excluded.unit, "
      "metric_statement.unit), better_lower = coalesce(excluded.better_lower, metric_statement.better_lower), "
      "stated_by = excluded.stated_by, stated_us = excluded.stated_us",
      {project, statement.metric, unit, better_lower, by, now_us});
}

void rename_metric_statement(db::Connection& connection, Id project, std::string_view was, std::string_view name) {
  if (!connection.query_integer("SELECT 1 FROM metric_statement WHERE project_id = $1 AND metric = $2", {project, was}))
    return;
  connection.execute("DELETE FROM metric_statement WHERE project_id = $1 AND metric = $2", {project, name});
  connection.execute("UPDATE metric_statement SET metric = $3 WHERE project_id = $1 AND metric = $2",
                     {project, was, name});
}

}  // namespace perftrend::store
