#pragma once
// Evidence for a new level from several points together: the sequential part of the gate. It sees what stays, even
// where no single point leaves the band. Pure; cost O(points) a call.

#include <cstddef>
#include <optional>
#include <span>

namespace perftrend::detect {

/// Fewest points on the new level (and, where the spread is known, on the old one).
inline constexpr int level_shift_side_min = 3;

/// Distance of the two means in standard errors that counts as evidence. Split and moment are chosen by looking at the
/// data, so it is far above a single test's: about one false shift in 100,000 points of independent normal noise.
inline constexpr double level_shift_evidence = 5;

struct RecentPoint {
  std::size_t index = 0;  ///< in the series
  double value = 0;
};

struct ShiftNoise {
  double centre = 0;
  double spread = 0;           ///< > 0, else nothing is found
  double autocorrelation = 0;  ///< lag 1, in [0, 1)
  int before_min = 8;          ///< fewest points on the old level
};

struct LevelShift {
  std::size_t first = 0;  ///< index in the series of the first point on the new level
  double before = 0;      ///< medians of the two sides
  double after = 0;
};

/// The best split of `points` (in time order), if it is evidence and the medians differ by at least `minimum_effect`
/// of the old one. Values beyond three spreads of the centre count as three: a lone spike is no level.
std::optional<LevelShift> find_level_shift(std::span<const RecentPoint> points, const ShiftNoise& noise,
                                           double minimum_effect);

/// Median of a non-empty span in any order.
double median_of(std::span<const double> values);

}  // namespace perftrend::detect
