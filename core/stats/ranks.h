#pragma once
// Rank statistics of two lists of finite samples: whether both come from one level, and how far apart the levels are.
// Heavy tails and single outliers do not decide. Pure functions; any thread.

#include <cstddef>
#include <span>

namespace perftrend::stats {

/// Fewest samples on each side for which the two-sided test can reach 5 %: 2 / C(8, 4) = 0.029.
inline constexpr std::size_t rank_samples_min = 4;

/// Coverage of the interval of a shift.
inline constexpr double shift_confidence = 0.95;

/// The test of Mann and Whitney (1947): the sum of the centred ranks of `b`, and its variance under no difference. Tied
/// samples share their mean rank, and the variance takes ties into account.
struct RankSum {
  double deviation = 0;  ///< U of b over a, minus its mean n * m / 2
  double variance = 0;   ///< 0 when all samples are equal
  bool has_ties = false;
};

/// Both sides must have a sample.
RankSum rank_sum(std::span<const double> a, std::span<const double> b);

/// Two-sided p-value of the test of Mann and Whitney (1947), in (0, 1]. Exact without ties and at most
/// exact_samples_max samples in all; else normal with the corrections for ties and for continuity (Hollander, Wolfe and
/// Chicken, Nonparametric Statistical Methods, 4.1). 1 when a side is empty.
double rank_p_value(std::span<const double> a, std::span<const double> b);
inline constexpr std::size_t exact_samples_max = 50;  ///< counts of arrangements are then exact in a double

/// Estimate of Hodges and Lehmann (1963) for the shift from a to b: the median of all differences b[j] - a[i].
/// The interval is that of Moses (Hollander, Wolfe and Chicken, 4.3), of shift_confidence by normal approximation.
struct ShiftEstimate {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

/// Both sides must have a sample. With too few for the interval it reaches from the least to the greatest difference.
ShiftEstimate shift_between(std::span<const double> a, std::span<const double> b);

}  // namespace perftrend::stats
