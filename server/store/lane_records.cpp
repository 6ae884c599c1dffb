#include "server/store/lane_records.h"

#include <fmt/format.h>

#include "server/store/audit.h"

namespace perftrend::store {
namespace {

/// SQL text and parameters of "perftrend closed the record g for one of the reasons"; parameters from `first` on.
struct ClosedFor {
  std::string condition;
  std::vector<db::Param> params;
};

ClosedFor closed_for(std::span<const std::string_view> reasons, int first) {
  ClosedFor closed;
  closed.params.emplace_back(own_name);
  std::string places;
  for (const auto reason : reasons) {
    closed.params.emplace_back(reason);
    places += fmt::format("{}${}", places.empty() ? "" : ", ", first + static_cast<int>(closed.params.size()) - 1);
  }
  closed.condition = fmt::format("(g.state = 6 AND g.decided_by = ${} AND g.reason IN ({}))", first, places);
  return closed;
}

}  // namespace

std::vector<LaneRecords> list_lane_records(db::Connection& connection, Id project,
                                           std::span<const std::string_view> reasons) {
  const auto closed = closed_for(reasons, 2);
  std::vector<db::Param> params = {project};
  params.insert(params.end(), closed.params.begin(), closed.params.end());
  std::vector<LaneRecords> series;
  connection.query(
      fmt::format("SELECT g.series_id, s.testbed, s.branch, max(CASE WHEN g.state <= 2 THEN 1 ELSE 0 END), "
                  "max(CASE WHEN {0} THEN 1 ELSE 0 END) FROM regression g JOIN series s ON s.id = g.series_id "
                  "WHERE g.project_id = $1 AND (g.state <= 2 OR {0}) GROUP BY g.series_id, s.testbed, s.branch "
                  "ORDER BY g.series_id",
                  closed.condition),
      params, [&](const db::Row& row) {
        series.push_back({row.integer(0), row.string(1), row.string(2), row.integer(3) == 1, row.integer(4) == 1});
      });
  return series;
}

std::vector<Id> list_projects_with_lane_records(db::Connection& connection, std::span<const std::string_view> reasons) {
  const auto closed = closed_for(reasons, 1);
  std::vector<Id> projects;
  connection.query(fmt::format("SELECT DISTINCT g.project_id FROM regression g WHERE g.state <= 2 OR {} "
                               "ORDER BY g.project_id",
                               closed.condition),
                   closed.params, [&](const db::Row& row) { projects.push_back(row.integer(0)); });
  return projects;
}

}  // namespace perftrend::store
