#pragma once
// Points of all series: how they are stored, read and remembered. This header is the only way into the module; other
// modules do not know how points are packed (docs/format.md).
//
// Functions run in the transaction of the caller. They throw db::Unusable where a stored row is damaged; such a row
// affects no other project. What changes points also changes the counts in `series`, the samples, and the revision of
// the project (revision.h). What is derived from points and kept in memory is in cache.h.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/db/sql.h"
#include "server/points/cache.h"
#include "server/points/point.h"
#include "server/points/revision.h"
#include "server/points/series_directory.h"
#include "server/points/trend.h"

namespace perftrend::points {

// ---------------------------------------------------------------------------------------------------------- writing

/// Stores all points of a new run: `points` ascending by series, each once. Compacts a few groups of series that have
/// many rows of runs. Returns the new revision of the project.
std::int64_t append(db::Connection& connection, Id project, Id run, std::int64_t at_us,
                    std::span<const SampledPoint> points);

/// Replaces the run's point in the series, or adds one where it had none.
void set(db::Connection& connection, Id run, std::int64_t at_us, const SampledPoint& point);

/// Removes points of a series and their samples; `places` ascending. Returns how many points there were.
std::int64_t remove(db::Connection& connection, Id series, std::span<const PointPlace> places);

/// Removes the samples of these points; the points stay.
void remove_samples(db::Connection& connection, Id series, std::span<const PointPlace> places);

// ---------------------------------------------------------------------------------------------------------- reading

/// The newest `last` points of a series, in the order of (at_us, run).
std::vector<Point> read_history(db::Connection& connection, Id series, std::int64_t last);

/// The same with what a trend needs of their runs.
TrendColumns read_trend(db::Connection& connection, Id series, std::int64_t last);

/// The newest `last` points of each of `series` that has any; all series of one project. Costs a few statements.
std::unordered_map<Id, std::vector<Point>> read_newest(db::Connection& connection, std::span<const Id> series,
                                                       std::size_t last);

/// The time of the newest point of each of `series` that has any; `series` ascending, all of one project.
std::map<Id, std::int64_t> find_newest_times(db::Connection& connection, std::span<const Id> series);

/// The points of a run, ascending by series; empty where the run does not exist.
std::vector<SeriesPoint> read_run(db::Connection& connection, Id run);

/// The series in which the run has, or had, a point; ascending. Empty where the run does not exist.
std::vector<Id> list_series_of_run(db::Connection& connection, Id run);

/// Reads all points. Returns a line for each row that is damaged and each series whose count is wrong, at most about a
/// hundred.
std::vector<std::string> check(db::Connection& connection);

}  // namespace perftrend::points
