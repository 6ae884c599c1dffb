#pragma once
// Medians, median absolute deviation (MAD) and quantiles of finite samples. Pure functions; any thread. The median of
// an even count is the mean of the two middle values.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace perftrend::stats {

/// 1.4826 = 1 / Phi^-1(3/4): the MAD of normal noise times this is its standard deviation.
inline constexpr double mad_to_sigma = 1.4826022185056018;

/// Median of an ascending, non-empty span.
double median_of_sorted(std::span<const double> ascending);

/// Median of a non-empty span by selection, O(n); reorders the span.
double select_median(std::span<double> values);

/// Median of the values; 0 without values. Copies them.
double median(std::span<const double> values);

/// Median of |value - middle| over an ascending, non-empty span, O(n).
double mad_of_sorted(std::span<const double> ascending, double middle);

/// Nearest-rank quantile of an ascending, non-empty span: the smallest value that at least `share` of the values do not
/// exceed. `share` in [0, 1].
template <typename Number>
Number quantile_of_sorted(std::span<const Number> ascending, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ascending.size())));
  return ascending[std::clamp<std::size_t>(rank, 1, ascending.size()) - 1];
}

}  // namespace perftrend::stats
