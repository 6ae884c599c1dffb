#pragma once
// Which series a run has points of: so that they are found without an index over all points.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Where a run's points are to be looked for: at (series, at_us, run) of each of these.
struct RunPlace {
  std::int64_t at_us = 0;
  std::vector<Id> series;  ///< ascending; there may be no point in some of them (any more)
};

/// Empty where the run is not there.
RunPlace find_run_place(db::Connection& connection, Id run);

/// Of a run that is being stored; `series` ascending, each once.
void insert_run_series(db::Connection& connection, Id run, std::span<const Id> series);
/// The run has a point in this one too.
void add_run_series(db::Connection& connection, Id run, Id series);

/// Ids of all series of one testbed and branch, ascending.
std::vector<Id> list_lane_series(db::Connection& connection, Id project, std::string_view testbed,
                                 std::string_view branch);

}  // namespace perftrend::store
