#pragma once
// Proposes change points: generous, cheap, and deaf to lone spikes. What is proposed here is only tested later.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// `values` drawn to within `reach` of the running median of seven: spikes of up to three points shrink, steps stay as
/// sharp as they are.
std::vector<double> clip_to_running_median(std::span<const double> values, double reach);

/// Splits of seeded intervals (Kovács, Bühlmann, Li and Munk 2023: lengths in powers of two, each half overlapping the
/// next) whose two means differ by at least `threshold` standard errors of noise with standard deviation `spread`.
/// Ascending, without repeats.
std::vector<std::size_t> propose_change_points(std::span<const double> values, double spread, double threshold);

}  // namespace perftrend::detect
