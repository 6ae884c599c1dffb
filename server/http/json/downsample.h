#pragma once
// Downsampling: which points of a long trend a plot shows. Pure; any thread.
//
// The points are divided into stretches of equal length. The smallest and the largest point of each stretch are kept
// (after "M4": Jugel, Jerzak, Hackenbroich and Markl, M4: A Visualization-Oriented Time Series Data Aggregation, VLDB
// 2014). Others are kept evenly in time, because our plots show dots, not lines, and extremes alone would look hollow.
// Every kept point was measured; none is a mean. A dropped point lies between two kept points of its stretch.

#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/history.h"
#include "server/points/points.h"

namespace perftrend::http {

/// Enough for both ends and both extremes.
constexpr std::size_t downsampled_points_min = 4;

/// Returns indices into `value`, ascending, each once. If there are at most `points_max` points, these are all.
/// Otherwise they are the first, the last, those that `kept` marks with 1, and at most `points_max` others: the
/// smallest and the largest of each stretch, and some evenly in between. `kept` is as long as `value`; `points_max` is
/// at least downsampled_points_min.
std::vector<std::size_t> downsample(std::span<const double> value, std::span<const char> kept, std::size_t points_max);

/// Marks the points that a plot from `first` on must show: points that are not ok, the lowest and the highest point of
/// the band, change points, the borders of episodes and of the drift, changes of the environment, and both sides of a
/// gap in time; each border with the point before it. Index 0 of the result is point `first`.
std::vector<char> points_to_keep(const points::TrendColumns& trend, const detect::History& history, std::size_t first);

}  // namespace perftrend::http
