#include "core/stats/median.h"

#include <limits>
#include <vector>

namespace perftrend::stats {
namespace {

/// Halves first, so that the sum of two large values does not overflow.
double mean_of_two(double a, double b) {
  return a / 2 + b / 2;
}

}  // namespace

double median_of_sorted(std::span<const double> ascending) {
  const std::size_t n = ascending.size();
  const double upper = ascending[n / 2];
  return n % 2 == 1 ? upper : mean_of_two(upper, ascending[n / 2 - 1]);
}

double select_median(std::span<double> values) {
  const std::size_t n = values.size();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(n / 2);
  std::nth_element(values.begin(), middle, values.end());
  return n % 2 == 1 ? *middle : mean_of_two(*middle, *std::max_element(values.begin(), middle));
}

double median(std::span<const double> values) {
  if (values.empty()) return 0;
  std::vector<double> copy(values.begin(), values.end());
  return select_median(copy);
}

double mad_of_sorted(std::span<const double> ascending, double middle) {
  const std::size_t n = ascending.size();
  // The deviations are two ascending lists, one on each side of `middle`: merge them up to the middle rank.
  auto right =
      static_cast<std::size_t>(std::lower_bound(ascending.begin(), ascending.end(), middle) - ascending.begin());
  std::size_t left = right;
  double lower = 0;
  double upper = 0;
  for (std::size_t rank = 0; rank <= n / 2; ++rank) {
    const double below = left > 0 ? middle - ascending[left - 1] : std::numeric_limits<double>::infinity();
    const double above = right < n ? ascending[right] - middle : std::numeric_limits<double>::infinity();
    lower = upper;
    if (below <= above) {
      upper = below;
      --left;
    } else {
      upper = above;
      ++right;
    }
  }
  return n % 2 == 1 ? upper : mean_of_two(upper, lower);
}

}  // namespace perftrend::stats
