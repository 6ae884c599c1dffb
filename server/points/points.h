#pragma once
// Points of all series: how they are stored, read and remembered. This header is the only way into the module; other
// modules do not know how points are packed (docs/format.md).
//
// Functions run in the transaction of the caller. They throw db::Unusable where a stored row is damaged; such a row
// affects no other project. What changes points also changes the counts in `series`, the samples, and the revision of
// the project (revision.h). What is derived from points and kept in memory is in cache.h.

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/db/sql.h"
#include "server/points/cache.h"
#include "server/points/environment_shifts.h"
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

// ------------------------------------------------------------------------------------------------------- correcting
// An excluded run has no points in any series: they wait in excluded_points, and its samples stay where they are.
// Functions with a list of series work on that part of a run, so that a caller can bound its transactions.

/// Takes the run's points in `series` (ascending) out of their series, to wait in excluded_points.
void exclude(db::Connection& connection, Id run, std::span<const Id> series);
/// Returns all points that exclude() took out to their series. Returns these series, ascending.
std::vector<Id> include(db::Connection& connection, Id run);
/// Removes the run's points in `series` (ascending) and their samples, wherever they are.
void remove_run(db::Connection& connection, Id run, std::span<const Id> series);

/// Whether an excluded run has a point in the series.
bool has_excluded(db::Connection& connection, Id series);

/// Removes the series' points of these runs, where they are excluded, and their samples.
void remove_excluded(db::Connection& connection, Id series, const std::set<Id>& runs);
void remove_all_excluded(db::Connection& connection, Id series);

/// Removes all points of a series and their samples, also those of excluded runs.
void clear_series(db::Connection& connection, Id series);

/// Drops the run's rows, or the series' blocks, when everything else of their project is dropped too: counts and
/// revision stay as they were.
void drop_run_rows(db::Connection& connection, Id run);
void drop_series_rows(db::Connection& connection, Id series);

/// Multiplies all values of a series by `factor` (positive), also those of excluded runs.
void rescale(db::Connection& connection, Id series, double factor);

/// Moves all points of `from` into `to`. Where a run has a point in both, that of `to` stays and the other is removed.
/// Returns how many were removed. `from` has no points afterwards.
std::int64_t join(db::Connection& connection, Id from, Id to);

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

/// The points of a run, also of an excluded one, ascending by series; empty where the run does not exist.
std::vector<SeriesPoint> read_run(db::Connection& connection, Id run);

/// The series in which the run has, or had, a point; ascending. Empty where the run does not exist.
std::vector<Id> list_series_of_run(db::Connection& connection, Id run);

/// Reads all points. Returns a line for each row that is damaged and each series whose count is wrong, at most about a
/// hundred.
std::vector<std::string> check(db::Connection& connection);

}  // namespace perftrend::points
