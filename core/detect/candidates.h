#pragma once
// Proposal of change points: generous, cheap and insensitive to single spikes. selection.h tests the proposals.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// `values` clipped to within `reach` of the running median of seven: spikes of up to three points shrink, steps stay
/// sharp.
std::vector<double> clip_to_running_median(std::span<const double> values, double reach);

/// Best splits of seeded intervals whose two means differ by at least `threshold` standard errors of noise with
/// standard deviation `spread`. Intervals have lengths in powers of two, and each overlaps half of the next (Kovács,
/// Bühlmann, Li and Munk 2023). Ascending, without duplicates.
std::vector<std::size_t> propose_change_points(std::span<const double> values, double spread, double threshold);

}  // namespace perftrend::detect
