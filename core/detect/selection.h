#pragma once
// Which of the proposed change points hold: each must be significant by the values beside it, worth a person's while,
// and long enough. Values are in noise units.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Fewest values of the newest level: two spikes in a row are no level.
inline constexpr std::size_t newest_points_min = 3;

/// Fewest values of any other level: an excursion that is over after five points was a disturbance, not a level.
inline constexpr std::size_t level_points_min = 6;

/// Standard errors that a change needs; the newest level has one place only where it can begin, others have many, and
/// the more the shorter they are: + significance_per_place * sqrt(2 ln(n / (2 * points of the shorter side))).
inline constexpr double significance_newest = 3.8;
inline constexpr double significance_inside = 4.0;
inline constexpr double significance_per_place = 0.4;

/// A step smaller than this share of the noise is not seen by a person, however sure it is.
inline constexpr double step_min = 0.5;

/// Relative change below which a step must stand clear of the noise (step_clear standard deviations) to matter.
inline constexpr double relative_min = 0.01;
inline constexpr double step_clear = 2;

/// Relative change below which two values are the same number written twice.
inline constexpr double rounding = 1e-6;

/// The `proposed` (ascending) that hold, each moved to its best place. `origin` is the value 0 of `values`, in noise
/// units: levels are relative to it.
std::vector<std::size_t> keep_what_holds(std::span<const double> values, double origin,
                                         std::vector<std::size_t> proposed);

}  // namespace perftrend::detect
