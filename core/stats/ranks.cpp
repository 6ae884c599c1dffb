#include "core/stats/ranks.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/stats/distributions.h"

namespace perftrend::stats {
namespace {

std::vector<double> sorted_copy(std::span<const double> samples) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// How often each value of U arises among all arrangements of n and m samples without ties: the coefficients of the
/// Gaussian binomial, the product of (1 - q^(m+i)) / (1 - q^i) over i = 1 … n.
std::vector<double> arrangements(std::size_t n, std::size_t m) {
  std::vector<double> counts(n * m + 1, 0);
  counts[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t u = counts.size(); u-- > m + i;)
      counts[u] -= counts[u - m - i];
    for (std::size_t u = i; u < counts.size(); ++u)
      counts[u] += counts[u - i];
  }
  return counts;
}

double exact_p(double u, std::size_t n, std::size_t m) {
  const std::vector<double> counts = arrangements(n, m);
  const double most = static_cast<double>(n * m);
  const auto tail = static_cast<std::size_t>(std::min(u, most - u));
  double below = 0;
  double all = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    all += counts[i];
    if (i <= tail) below += counts[i];
  }
  return std::min(1.0, 2 * below / all);
}

/// Differences b[j] - a[i] that are at most `limit`; both ascending.
std::size_t count_up_to(std::span<const double> a, std::span<const double> b, double limit) {
  std::size_t count = 0;
  std::size_t below = 0;  // differences of this a within the limit; grows with a
  for (const double value : a) {
    while (below < b.size() && b[below] - value <= limit)
      ++below;
    count += below;
  }
  return count;
}

/// The k-th smallest difference, k from 1. Halves an interval until it holds one double, so that the n * m differences
/// are never stored.
double difference_of_rank(const std::vector<double>& a, const std::vector<double>& b, std::size_t k) {
  double low = b.front() - a.back();
  double high = b.back() - a.front();
  if (count_up_to(a, b, low) >= k) return low;
  while (true) {  // count(low) < k <= count(high)
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    (count_up_to(a, b, middle) >= k ? high : low) = middle;
  }
}

}  // namespace

RankSum rank_sum(std::span<const double> a, std::span<const double> b) {
  struct Sample {
    double value;
    bool from_b;
  };
  std::vector<Sample> all;
  all.reserve(a.size() + b.size());
  for (const double value : a)
    all.push_back({value, false});
  for (const double value : b)
    all.push_back({value, true});
  std::sort(all.begin(), all.end(), [](const Sample& x, const Sample& y) { return x.value < y.value; });
  const auto n = static_cast<double>(all.size());
  RankSum sum;
  double squares = 0;
  for (std::size_t first = 0, next = 0; first < all.size(); first = next) {
    double from_b = 0;
    for (; next < all.size() && all[next].value == all[first].value; ++next)
      from_b += all[next].from_b ? 1 : 0;
    const double rank = (static_cast<double>(first + next) - n) / 2;  // of the tied samples; 0 in the middle
    sum.deviation += from_b * rank;
    squares += static_cast<double>(next - first) * rank * rank;
    sum.has_ties = sum.has_ties || next - first > 1;
  }
  if (squares > 0) sum.variance = squares * static_cast<double>(a.size() * b.size()) / (n * (n - 1));
  return sum;
}

double rank_p_value(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 1;
  const RankSum sum = rank_sum(a, b);
  if (!sum.has_ties && a.size() + b.size() <= exact_samples_max) {
    const double u = sum.deviation + static_cast<double>(a.size() * b.size()) / 2;
    return exact_p(u, a.size(), b.size());
  }
  if (sum.variance <= 0) return 1;  // all samples are equal
  return normal_two_sided_p(std::max(0.0, std::abs(sum.deviation) - 0.5) / std::sqrt(sum.variance));
}

ShiftEstimate shift_between(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> before = sorted_copy(a);
  const std::vector<double> after = sorted_copy(b);
  const std::size_t differences = before.size() * after.size();
  const auto n = static_cast<double>(before.size());
  const auto m = static_cast<double>(after.size());
  const double reach = normal_quantile((1 + shift_confidence) / 2) * std::sqrt(n * m * (n + m + 1) / 12);
  const auto outer = static_cast<std::size_t>(std::max(1.0, std::floor(n * m / 2 - reach)));
  const double middle_low = difference_of_rank(before, after, (differences + 1) / 2);
  const double middle_high = difference_of_rank(before, after, differences / 2 + 1);
  return {middle_low + (middle_high - middle_low) / 2, difference_of_rank(before, after, outer),
          difference_of_rank(before, after, differences + 1 - outer)};
}

}  // namespace perftrend::stats
