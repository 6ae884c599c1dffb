#pragma once
// Which points of a long trend a screen needs. Pure; any thread.
//
// Smallest and largest of equal stretches of points (after "M4": Jugel, Jerzak, Hackenbroich and Markl, M4: A
// Visualization-Oriented Time Series Data Aggregation, VLDB 2014), and others of them evenly in time: our plots are
// clouds, no lines, and of extremes alone a cloud would be hollow. Every point is one that was measured, none is a
// mean: what is left out lies between a smaller and a larger one of its stretch that are shown.

#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/history.h"
#include "server/points/points.h"

namespace perftrend::http {

/// Fewer could not hold the ends and both extremes.
constexpr std::size_t downsampled_points_min = 4;

/// Indices into `value`, ascending, each once: all of them where there are at most `points_max`, which is at least
/// downsampled_points_min. Else the first, the last, all that `kept` marks (1; as long as `value`), of those it does
/// not mark the smallest and the largest of each stretch, and others evenly: at most `points_max` besides the marked
/// ones.
std::vector<std::size_t> downsample(std::span<const double> value, std::span<const char> kept, std::size_t points_max);

/// Marks what a plot of the points from `first` on must not lose: all that are not ok, where the band of those that are
/// reaches lowest and highest, change points, borders of episodes and of the drift, changes of the environment, and
/// both sides of a hole in time, each border with the point before it. Index 0 of the answer is point `first`.
std::vector<char> points_to_keep(const points::TrendColumns& trend, const detect::History& history, std::size_t first);

}  // namespace perftrend::http
