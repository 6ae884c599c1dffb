#pragma once
// Where a series' level changed, with the whole series in view. Robust optimal partitioning in three steps, each with a
// file of its own: candidates.h proposes, partition.h chooses the cheapest subset, selection.h tests what remains.
// One setting for all series; docs/detection.md says why each constant is what it is. Pure, any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Standard errors of independent noise from which a change is proposed, and that an optimal partition charges for one.
/// Lower than what is needed in the end: proposing is cheap, missing is for ever.
inline constexpr double proposal_threshold = 3.3;

/// Squared noise units that a change point, or a slope in place of several, costs when a drift is weighed against
/// steps.
inline constexpr double drift_penalty = 20;

/// Indices of the first values of new levels, ascending. `values` in time order, all finite.
/// Unchanged when all values are multiplied by a number that is not 0, up to rounding.
/// A slow drift by itself gives no change points (see find_trend).
std::vector<std::size_t> find_change_points(std::span<const double> values);

}  // namespace perftrend::detect
