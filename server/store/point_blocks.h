#pragma once
// Rows of points (server/points/points.h) in the database: run_points, a few rows for each run, and point_block, a few
// rows for each series. Every point is in one of them. What is here reads and writes those rows; points.h is what the
// rest of the store asks. Functions take the connection of a transaction the caller owns; they throw db::Unusable where
// a row is damaged.

#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/points/points.h"

namespace perftrend::store {

/// Neighbouring series share the rows of a run.
constexpr Id series_in_a_group = 256;
constexpr Id group_of(Id series) {
  return series / series_in_a_group;
}

/// Throws what a damaged row is told as.
[[noreturn]] void throw_damaged(std::string_view what, Id id);

/// `points` ascending by series, each once; none of them is there yet.
void insert_run_rows(db::Connection& connection, std::int64_t at_us, Id run,
                     std::span<const blocks::SeriesPoint> points);
/// Puts `points`, all of one group, in the place of what the run has in it; none: the row goes.
void set_run_row(db::Connection& connection, Id group, std::int64_t at_us, Id run,
                 std::span<const blocks::SeriesPoint> points);
/// The run's points in the group's row; empty where it has none.
std::vector<blocks::SeriesPoint> read_run_row(db::Connection& connection, Id group, Id run);

/// A place in the order of a series' points.
struct PointPlace {
  std::int64_t at_us = 0;
  Id run = 0;
};

/// Lets `change` alter the points of a series that lie in blocks which touch [from_us, to_us], and stores them as new
/// blocks. Nothing is written where it answers false.
void change_blocks(db::Connection& connection, Id series, std::int64_t from_us, std::int64_t to_us,
                   const std::function<bool(std::vector<blocks::Point>& points)>& change);

/// Brings the rows of runs of the groups of `series` (ascending) that have gathered into blocks: at most a few groups
/// at a call, so that an upload of many series is not held up by all of them. Groups with damaged rows stay as they
/// are.
void compact_pending(db::Connection& connection, std::span<const Id> series);
/// All rows of runs of one group. False, with nothing changed, where one of them or a newest block is damaged.
bool compact_group(db::Connection& connection, Id group);

/// Rows of one group at which they are folded.
constexpr std::int64_t pending_rows_max = 64;

}  // namespace perftrend::store
