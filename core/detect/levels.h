#pragma once
// Levels between change points. Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Median of each segment between `change_points` (ascending, inside the series): one more than change points, or none
/// for an empty series.
std::vector<double> levels_between(std::span<const double> values, std::span<const std::size_t> change_points);

}  // namespace perftrend::detect
