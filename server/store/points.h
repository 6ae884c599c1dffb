#pragma once
// Points of series, however they lie in the database (point_blocks.h). Functions take the connection of a transaction
// the caller owns; they throw db::Unusable where a row is damaged.

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/point_blocks.h"
#include "server/store/run_series.h"

namespace perftrend::store {

/// All points of a run that is being stored; `points` ascending by series, each once. Some that lie by run are brought
/// into blocks on this occasion.
void insert_points_of_run(db::Connection& connection, std::int64_t at_us, Id run,
                          std::span<const blocks::SeriesPoint> points);

/// The newest `last` points of a series, in the order of (at_us, run).
std::vector<blocks::Point> read_points(db::Connection& connection, Id series, std::int64_t last);
/// The points of a run, ascending by series.
std::vector<blocks::SeriesPoint> read_points_of_run(db::Connection& connection, Id run, const RunPlace& place);
/// The newest `last` points of each of `series`, all of one project, that has any, in the order of (at_us, run).
std::unordered_map<Id, std::vector<blocks::Point>> read_newest_points(db::Connection& connection,
                                                                      std::span<const Id> series, std::size_t last);
/// The time of the newest point of each of `series` (ascending, all of one project) that has any.
std::map<Id, std::int64_t> find_newest_times(db::Connection& connection, std::span<const Id> series);

/// Puts the point in the place of the one that the run has in the series. False where it had none.
bool set_point_of_run(db::Connection& connection, std::int64_t at_us, Id run, const blocks::SeriesPoint& point);
/// Removes points of a series, given in order; returns how many there were.
std::int64_t remove_points(db::Connection& connection, Id series, std::span<const PointPlace> places);

/// How many points each series has, from reading all of them; what cannot be read is told in `damaged`.
std::map<Id, std::int64_t> count_all_points(db::Connection& connection, std::vector<std::string>& damaged);

}  // namespace perftrend::store
