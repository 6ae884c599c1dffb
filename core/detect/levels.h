#pragma once
// The levels between change points. Pure.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Median of each stretch between `change_points` (ascending, inside the series): one more than there are change
/// points; none for an empty series.
std::vector<double> levels_between(std::span<const double> values, std::span<const std::size_t> change_points);

}  // namespace perftrend::detect
