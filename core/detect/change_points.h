#pragma once
// Change points of a whole series. Robust optimal partitioning in three steps, one file each: candidates.h proposes,
// partition.h chooses the cheapest subset, selection.h tests the rest. One setting fits all series; docs/detection.md
// explains each constant. Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Standard errors of independent noise at which a change is proposed, and the price of a change in the optimal
/// partition. Lower than the final test requires: a proposal is cheap, and a missed change is never found again.
inline constexpr double proposal_threshold = 3.3;

/// Price of a change point, or of a slope instead of several, when a drift is compared with steps; in squared noise
/// units.
inline constexpr double drift_penalty = 20;

/// Indices of the first values of new levels, ascending. `values` in time order, all finite.
/// Multiplying all values by a number other than 0 does not change the result, except for rounding. A slow drift alone
/// gives no change points (see find_trend).
std::vector<std::size_t> find_change_points(std::span<const double> values);

}  // namespace perftrend::detect
