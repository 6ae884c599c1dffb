#pragma once
// Exact optimal partitioning (Jackson et al. 2005) over proposed change points. Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// The subset of `proposed` (ascending, inside the series) that minimises squared error around segment means plus
/// `penalty` for each change point. Costs O(n + m^2) for m proposals.
std::vector<std::size_t> cheapest_partition(std::span<const double> values, std::span<const std::size_t> proposed,
                                            double penalty);

}  // namespace perftrend::detect
