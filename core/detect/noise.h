#pragma once
// What a series' noise is like: robust location and scale, ticks of a coarse timer. Pure; finite in, finite out.

#include <span>
#include <vector>

namespace perftrend::detect {

/// Robust standard deviation of an ascending, non-empty span around `middle`: the larger one of the scaled MAD (with a
/// correction for few points) and the scaled inner 80 % range, which sees heavy tails and second modes that the MAD
/// does not. 0 for constants and one value.
double spread_of_sorted(std::span<const double> ascending, double middle);

/// One step of Tukey's biweight from (`middle`, `spread`): nearly as precise as the mean on normal noise, untouched by
/// values further than six spreads away. `middle` itself when the spread is 0.
double centre_of_sorted(std::span<const double> ascending, double middle, double spread);

/// Standard deviation of the noise from the differences of neighbours, which no level change disturbs: the scaled
/// median of |difference| / sqrt(2); where most differences are 0, the smallest other one times the square root of half
/// of their share. 0 for constants.
double spread_of_differences(std::span<const double> values);

/// Noise units beyond which a value is only far away: its square stays finite in every sum.
inline constexpr double value_max = 1e100;

/// `difference` in units of `spread`, which may be 0; at most value_max. Both finite.
double in_spreads(double difference, double spread);

/// A series in units of its own noise.
struct NoiseUnits {
  std::vector<double> values;  ///< (value - one of the values) / scale; empty when the series is constant
  double origin = 0;           ///< what 0 stands for, in noise units: levels are relative to it
  double scale = 0;            ///< the noise's standard deviation in the unit of the values
};

/// `values` are finite, of any magnitude.
NoiseUnits in_noise_units(std::span<const double> values);

/// Tick of a coarse timer: the smallest distance between two different values when most values tie; else 0.
double tick_of_sorted(std::span<const double> ascending);

}  // namespace perftrend::detect
