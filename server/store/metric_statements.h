#pragma once
// What a person stated about a metric of a project as a whole: the unit and direction of every series it has or will
// have. Functions run in the caller's transaction.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

struct MetricStatement {
  std::string metric;
  std::optional<std::string> unit;
  std::optional<Better> better;
};

std::vector<MetricStatement> list_metric_statements(db::Connection& connection, Id project);

/// Adds the statement; a unit or direction that it does not name stays as it was stated before.
void set_metric_statement(db::Connection& connection, Id project, const MetricStatement& statement, std::string_view by,
                          std::int64_t now_us);

/// After the metric was renamed. What was stated about the new name before is replaced.
void rename_metric_statement(db::Connection& connection, Id project, std::string_view was, std::string_view name);

}  // namespace perftrend::store
