#pragma once
// What a series' noise is like: robust location and scale, ticks of a coarse timer. Pure; finite in, finite out.

#include <span>

namespace perftrend::detect {

/// 1.4826 = 1 / Phi^-1(3/4): the MAD of normal noise times this is its standard deviation.
inline constexpr double mad_to_sigma = 1.4826022185056018;

/// Median of an ascending, non-empty span.
double median_of_sorted(std::span<const double> ascending);

/// Robust standard deviation of an ascending, non-empty span around `middle`: the scaled MAD with a correction for few
/// points, and, where more than half of the values tie, the scaled inner 80 % range. 0 for constants and one value.
double spread_of_sorted(std::span<const double> ascending, double middle);

/// One step of Tukey's biweight from (`middle`, `spread`): nearly as precise as the mean on normal noise, untouched by
/// values further than six spreads away. `middle` itself when the spread is 0.
double centre_of_sorted(std::span<const double> ascending, double middle, double spread);

/// Tick of a coarse timer: the smallest distance between two different values when most values tie; else 0.
double tick_of_sorted(std::span<const double> ascending);

}  // namespace perftrend::detect
