#pragma once
// Two lists of samples: do they come from one level, and if not, how far is one from the other? Rank statistics, so
// that neither heavy tails nor a lone value of ten times the level decide. Pure functions of finite samples.

#include <cstddef>
#include <span>

namespace perftrend::stats {

/// Fewest samples on each side for which the two-sided test can reach 5 %: 2 / C(8, 4) = 0.029.
inline constexpr std::size_t rank_samples_min = 4;

/// Coverage of the interval of a shift.
inline constexpr double shift_confidence = 0.95;

/// Two-sided p-value of the test of Mann and Whitney (1947), in (0, 1]. Exact where there are no ties and at most
/// exact_samples_max samples in all; else normal with the correction for ties and for continuity (Hollander, Wolfe and
/// Chicken, Nonparametric Statistical Methods, 4.1). 1 when a side is empty.
double rank_p_value(std::span<const double> a, std::span<const double> b);
inline constexpr std::size_t exact_samples_max = 50;  ///< counts of arrangements are then exact in a double

/// Estimate of Hodges and Lehmann (1963) for the shift from a to b: the median of all differences b[j] - a[i].
/// The interval is that of Moses (Hollander, Wolfe and Chicken, 4.3), of shift_confidence by normal approximation.
/// Both sides must have a sample; with too few for the interval it reaches from the least to the greatest difference.
struct Shift {
  double estimate = 0;
  double low = 0;
  double high = 0;
};
Shift shift_between(std::span<const double> a, std::span<const double> b);

}  // namespace perftrend::stats
