#include "core/stats/ranks.h"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

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

/// U of b over a, with ties as halves, and the sum of t^3 - t over groups of t tied samples.
struct Ranked {
  double u = 0;
  double ties = 0;
};

Ranked ranked(const std::vector<double>& a, const std::vector<double>& b) {
  Ranked result;
  std::vector<double> all;
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  for (auto group = all.begin(); group != all.end();) {
    const auto end = std::upper_bound(group, all.end(), *group);
    const auto count = static_cast<double>(end - group);
    result.ties += count * count * count - count;
    group = end;
  }
  for (const double value : b) {
    const auto [first, last] = std::equal_range(a.begin(), a.end(), value);
    result.u += static_cast<double>(first - a.begin()) + static_cast<double>(last - first) / 2;
  }
  return result;
}

/// Differences b[j] - a[i] that are at most `limit`; both ascending.
std::size_t count_up_to(const std::vector<double>& a, const std::vector<double>& b, double limit) {
  std::size_t count = 0;
  std::size_t below = 0;  // of b, for this a: grows with a
  for (const double value : a) {
    while (below < b.size() && b[below] - value <= limit)
      ++below;
    count += below;
  }
  return count;
}

/// The k-th smallest difference, k from 1: halving an interval until it holds one double, so that n times m differences
/// need no memory.
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

double rank_p_value(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 1;
  const Ranked rank = ranked(sorted_copy(a), sorted_copy(b));
  if (rank.ties == 0 && a.size() + b.size() <= exact_samples_max) return exact_p(rank.u, a.size(), b.size());
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - rank.ties / (all * (all - 1)));
  if (variance <= 0) return 1;  // all samples are equal
  const double distance = std::max(0.0, std::abs(rank.u - n * m / 2) - 0.5) / std::sqrt(variance);
  const boost::math::normal_distribution<double> normal;
  const double p = 2 * boost::math::cdf(boost::math::complement(normal, distance));
  return std::clamp(p, std::numeric_limits<double>::min(), 1.0);
}

Shift shift_between(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> before = sorted_copy(a);
  const std::vector<double> after = sorted_copy(b);
  const std::size_t differences = before.size() * after.size();
  const auto n = static_cast<double>(before.size());
  const auto m = static_cast<double>(after.size());
  const boost::math::normal_distribution<double> normal;
  const double reach = boost::math::quantile(normal, (1 + shift_confidence) / 2) * std::sqrt(n * m * (n + m + 1) / 12);
  const auto outer = static_cast<std::size_t>(std::max(1.0, std::floor(n * m / 2 - reach)));
  const double middle_low = difference_of_rank(before, after, (differences + 1) / 2);
  const double middle_high = difference_of_rank(before, after, differences / 2 + 1);
  return {middle_low + (middle_high - middle_low) / 2, difference_of_rank(before, after, outer),
          difference_of_rank(before, after, differences + 1 - outer)};
}

}  // namespace perftrend::stats
