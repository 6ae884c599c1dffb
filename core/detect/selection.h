#pragma once
// Selection among proposed change points: each must be significant by the values around it, large enough to matter to a
// person, and begin a long enough level. Values are in noise units. Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Fewest values of the newest level: two spikes in a row are not a level.
inline constexpr std::size_t newest_points_min = 3;

/// Fewest values of any other level: an excursion that ends after five points was a disturbance.
inline constexpr std::size_t level_points_min = 6;

/// Standard errors that a change requires. The newest level can begin in one position only. Other levels can begin in
/// many, the more the shorter they are: + significance_per_place * sqrt(2 ln(n / (2 * points of the shorter side))).
inline constexpr double significance_newest = 3.8;
inline constexpr double significance_inside = 4.0;
inline constexpr double significance_per_place = 0.4;

/// Standard errors that a change requires between two levels inside a series of `series_points` values. The shorter one
/// has `points` values.
double significance_between(std::size_t points, std::size_t series_points);

/// Smallest step as a share of the noise: people do not see a smaller one, however certain it is.
inline constexpr double step_min = 0.5;

/// A step with a smaller relative change matters only if it is at least step_clear standard deviations of the noise.
inline constexpr double relative_min = 0.01;
inline constexpr double step_clear = 2;

/// Relative change below which two values are the same number, rounded differently.
inline constexpr double rounding = 1e-6;

/// The `proposed` change points (ascending) that pass the tests, each moved to its best location. Levels are relative
/// to `origin`, the value that became 0 in `values`, in noise units.
std::vector<std::size_t> select_change_points(std::span<const double> values, double origin,
                                              const std::vector<std::size_t>& proposed);

}  // namespace perftrend::detect
