#pragma once
// Tables run_points (a few rows for each run) and point_block (a few rows for each series). Every point lies in one of
// them. An upload appends to run_points; compaction moves its rows into blocks of their series. The points of excluded
// runs are in excluded_points. Internal to points/.
//
// Functions run in the transaction of the caller. They throw db::Unusable where a row is damaged.

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/points/packing.h"

namespace perftrend::points {

/// Neighbouring series share the rows of a run.
constexpr Id series_in_a_group = 256;
constexpr Id group_of(Id series) {
  return series / series_in_a_group;
}

/// Throws the error for a damaged row.
[[noreturn]] void throw_damaged(std::string_view what, Id id);

/// Neighbouring series share the rows of runs, also series of other projects. Throws where one of the damaged rows is
/// of the project of `series`.
void throw_where_own(db::Connection& connection, Id series, const std::vector<Id>& damaged_runs);
/// The series' points in rows of runs, unordered.
std::vector<Point> read_pending(db::Connection& connection, Id series);

/// `points` ascending by series, each once; none of them is stored yet.
void insert_run_rows(db::Connection& connection, std::int64_t at_us, Id run, std::span<const SeriesPoint> points);
/// Replaces the run's row in the group by `points`, all of that group. Without points the row is deleted.
void set_run_row(db::Connection& connection, Id group, std::int64_t at_us, Id run, std::span<const SeriesPoint> points);
/// The run's points in the group's row; empty where it has none.
std::vector<SeriesPoint> read_run_row(db::Connection& connection, Id group, Id run);

/// Passes the points in the series' blocks that overlap [from_us, to_us] to `change` and stores the result as new
/// blocks. Nothing is written where `change` returns false.
void change_blocks(db::Connection& connection, Id series, std::int64_t from_us, std::int64_t to_us,
                   const std::function<bool(std::vector<Point>& points)>& change);

/// The series' points in rows of excluded runs, by run. Costs a walk over all excluded rows.
std::vector<std::pair<Id, PointValue>> read_excluded(db::Connection& connection, Id series);
/// The excluded run's points in the group's row; empty where it has none.
std::vector<SeriesPoint> read_excluded_row(db::Connection& connection, Id group, Id run);
/// All points of an excluded run, ascending by series.
std::vector<SeriesPoint> read_excluded_run(db::Connection& connection, Id run);
/// Replaces the excluded run's row in the group by `points`, all of that group.
void set_excluded_row(db::Connection& connection, Id group, Id run, std::span<const SeriesPoint> points);

/// The place of the series in `points`, ascending by series, or where it would be.
std::vector<SeriesPoint>::iterator find_place(std::vector<SeriesPoint>& points, Id series);
/// Whether the place that find_place returned is that of the series.
bool is_at(const std::vector<SeriesPoint>& points, std::vector<SeriesPoint>::const_iterator place, Id series);

/// Compacts the groups of `series` (ascending) that have pending_rows_max rows: at most a few groups at a call, so that
/// one upload of many series does not pay for all of them. Groups with damaged rows stay unchanged.
void compact_pending(db::Connection& connection, std::span<const Id> series);
/// Moves all rows of runs of one group into blocks. False, with nothing changed, where one of them or a newest block is
/// damaged.
bool compact_group(db::Connection& connection, Id group);

/// Rows of one group at which the group is compacted.
constexpr std::int64_t pending_rows_max = 64;

}  // namespace perftrend::points
