#pragma once
// Table run_series: the series in which each run has points. It replaces an index over all points.

#include <cstdint>
#include <span>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::points {

/// The candidates for a run's points: (series, at_us, run) for each of these series.
struct RunPlace {
  std::int64_t at_us = 0;
  std::vector<Id> series;  ///< ascending; a point may have been removed since
};

/// Empty where the run does not exist.
RunPlace find_run_place(db::Connection& connection, Id run);

/// For a new run; `series` ascending, each once.
void insert_run_series(db::Connection& connection, Id run, std::span<const Id> series);
/// Adds one series to the run's list.
void add_run_series(db::Connection& connection, Id run, Id series);

}  // namespace perftrend::points
