#pragma once
// Regression records by the lane of their series, for what is decided about whole branches and lanes. Functions run in
// the caller's transaction.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// A series with records that follow its lane.
struct LaneRecords {
  Id series = 0;
  std::string testbed, branch;
  bool any_unresolved = false;
  bool any_closed = false;  ///< a record that perftrend closed for one of the reasons asked for
};

/// The series with an unresolved record, or with one that perftrend closed for one of `reasons`; ascending.
std::vector<LaneRecords> list_lane_records(db::Connection& connection, Id project,
                                           std::span<const std::string_view> reasons);

/// Projects that have such series.
std::vector<Id> list_projects_with_lane_records(db::Connection& connection, std::span<const std::string_view> reasons);

}  // namespace perftrend::store
