#pragma once
// Projects and their numbers. Functions run in the caller's transaction.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/store/lanes.h"

namespace perftrend::store {

/// Numbers of the runs of purpose `trend`. Open regressions are those that alert; all records of one common shift count
/// as one.
struct Project {
  Id id = 0;
  std::string name;
  std::int64_t created_us = 0;
  std::int64_t runs = 0, series = 0, points = 0, open_regressions = 0;
  std::optional<std::int64_t> last_run_us;  ///< when the newest run was measured
  DefaultBranch default_branch;
};

/// Ordered by name; without projects that are being deleted.
std::vector<Project> list_projects(db::Connection& connection);
std::optional<Project> find_project(db::Connection& connection, std::string_view name);
/// nullopt where the project does not exist.
std::optional<Id> find_project_id(db::Connection& connection, std::string_view name);

/// Ordered by name.
std::vector<std::string> list_metrics(db::Connection& connection, Id project, int limit);

/// Series of one metric with the same unit and direction: usually all series of the metric.
struct MetricKind {
  std::string metric, unit;
  Better better = Better::lower;
  std::int64_t series = 0;
};

/// Ordered by metric.
std::vector<MetricKind> list_metric_kinds(db::Connection& connection, Id project);

}  // namespace perftrend::store
