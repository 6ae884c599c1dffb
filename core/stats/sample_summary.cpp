#include "core/stats/sample_summary.h"

#include <algorithm>
#include <vector>

#include "core/stats/distributions.h"
#include "core/stats/median.h"

namespace perftrend::stats {
namespace {

/// Fewest samples whose extremes cover the median often enough: 1 - 2^(1-6) = 0.969.
constexpr std::size_t interval_samples_min = 6;
constexpr double p95_share = 0.95;

std::vector<double> sorted_copy(std::span<const double> samples) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

Interval interval_of_sorted(std::span<const double> sorted) {
  const std::size_t index = fair_binomial_quantile(sorted.size(), (1 - median_confidence) / 2);
  return {sorted[index], sorted[sorted.size() - 1 - index]};
}

}  // namespace

SampleSummary summarise(std::span<const double> samples) {
  if (samples.empty()) return {};
  const std::vector<double> sorted = sorted_copy(samples);
  const double middle = median_of_sorted(sorted);
  return {sorted.size(),  middle,        mad_of_sorted(sorted, middle),
          sorted.front(), sorted.back(), quantile_of_sorted<double>(sorted, p95_share)};
}

std::optional<Interval> median_interval(std::span<const double> samples) {
  if (samples.size() < interval_samples_min) return std::nullopt;
  return interval_of_sorted(sorted_copy(samples));
}

bool is_narrow(std::span<const double> samples, double precision, double tick) {
  if (samples.size() < interval_samples_min) return false;
  const std::vector<double> sorted = sorted_copy(samples);
  const double width = interval_of_sorted(sorted).width();
  return width <= precision * median_of_sorted(sorted) || width <= 2 * tick;
}

}  // namespace perftrend::stats
