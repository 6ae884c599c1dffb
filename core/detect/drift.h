#pragma once
// Slow drift: a straight line that explains what would otherwise look like a staircase. Pure functions; any thread.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Common slope of the segments between `change_points`, by least squares on winsorised residuals.
struct CommonSlope {
  double slope = 0;  ///< per point, in noise units
  double error = 0;  ///< standard error for independent noise
  double cost = 0;   ///< squared winsorised residuals around the segments' levels, without the slope
};

/// `values` in noise units; `change_points` ascending, inside the series.
CommonSlope common_slope(std::span<const double> values, std::span<const std::size_t> change_points);

/// A trend over a whole stretch.
struct Trend {
  double slope = 0;    ///< per point, in the unit of the values
  double effect = 0;   ///< from the first point to the last, relative to the middle of the line; signed
  double p_value = 1;  ///< two-sided, corrected for autocorrelation
};

/// Fewest points that can show a trend.
inline constexpr std::size_t trend_points_min = 20;
/// The drift of a growing history is computed again after this many new points, or a sixteenth more if that is later.
inline constexpr std::size_t drift_step_points = 8;
/// Standard errors that a trend requires.
inline constexpr double trend_significance = 4;

/// The trend of `values` (finite, without a change point in between), if it is significant.
std::optional<Trend> find_trend(std::span<const double> values);

}  // namespace perftrend::detect
