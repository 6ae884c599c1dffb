#pragma once
// Changes of how often a series visits high and low values. In a series whose levels return, means of stretches say
// little: their noise is as correlated as the stays are long. Visits say more: a level that was visited every 20 points
// and then never again has gone. Values are in noise units. Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Values are compared with this many thresholds between the low and the high ones.
inline constexpr std::size_t visit_thresholds = 9;

/// Spread of a stretch, in noise units, from which it is searched for changes of its visits. Independent noise has 1.
inline constexpr double visit_spread_min = 1.5;

/// `change_points` (ascending) and those of the `possible` positions (ascending) between them at which the rates of
/// visits change. Costs O(visit_thresholds) per value and possible position.
std::vector<std::size_t> add_changes_of_visits(std::span<const double> values, std::span<const std::size_t> possible,
                                               std::span<const std::size_t> change_points);

}  // namespace perftrend::detect
