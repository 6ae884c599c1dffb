#pragma once
// Noise of a series: robust location and scale, and ticks of a coarse timer. Pure functions; any thread. Finite values
// give finite results.

#include <span>
#include <vector>

namespace perftrend::detect {

/// Distance between the 10 % and 90 % quantiles of the standard normal.
inline constexpr double inner_80_range = 2.5631031310892007;

/// Robust standard deviation of an ascending, non-empty span around `middle`: the larger of the scaled MAD, corrected
/// for few points, and the scaled inner 80 % range. The range shows heavy tails and second modes, which the MAD does
/// not. 0 for equal values and for a single one.
double spread_of_sorted(std::span<const double> ascending, double middle);

/// One step of Tukey's biweight from (`middle`, `spread`): nearly as precise as the mean on normal noise, and not
/// affected by values more than six spreads away. `middle` when the spread is 0.
double centre_of_sorted(std::span<const double> ascending, double middle, double spread);

/// Standard deviation of the noise from differences of neighbours, which level changes do not disturb: the scaled
/// median of |difference| / sqrt(2). If most differences are 0: the smallest other one times the square root of half
/// the share of those that are not 0. 0 for equal values.
double spread_of_differences(std::span<const double> values);

/// Spikes are clipped to this many noise units from their level, before means of values are used.
inline constexpr double clip_reach = 3;

/// Values are clamped to this many noise units, so that sums of squares stay finite.
inline constexpr double value_max = 1e100;

/// `difference` in units of `spread`, clamped to value_max. Both are finite; `spread` may be 0.
double in_spreads(double difference, double spread);

/// A series in units of its own noise.
struct NoiseUnits {
  std::vector<double> values;  ///< (value - one of the values) / scale; empty when all values are equal
  double origin = 0;           ///< the value that became 0, in noise units: levels are relative to it
  double scale = 0;            ///< standard deviation of the noise in the unit of the values
};

/// `values` are finite and of any magnitude.
NoiseUnits in_noise_units(std::span<const double> values);

/// Tick of a coarse timer: the smallest distance between two different values if most values tie, else 0.
double tick_of_sorted(std::span<const double> ascending);

}  // namespace perftrend::detect
