#include "core/stats/statistics.h"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perftrend::stats {
namespace {

/// Fewest samples for which the extremes hold the median often enough: 1 - 2^(1-6) = 0.969.
constexpr std::size_t interval_samples_min = 6;
constexpr double p95_share = 0.95;

double median_of_sorted(std::span<const double> sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::vector<double> sorted_copy(std::span<const double> samples) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// Index from 0 of the interval's lower end: as many samples may lie below the median with probability <= 2.5 %.
std::size_t interval_index(std::size_t count) {
  const boost::math::binomial_distribution<double> below(static_cast<double>(count), 0.5);
  // Rounds outwards: the greatest k with P(B <= k) at most the given probability.
  return static_cast<std::size_t>(boost::math::quantile(below, (1 - median_confidence) / 2));
}

Interval interval_of_sorted(std::span<const double> sorted) {
  const std::size_t index = interval_index(sorted.size());
  return {sorted[index], sorted[sorted.size() - 1 - index]};
}

}  // namespace

SampleSummary summarise(std::span<const double> samples) {
  if (samples.empty()) return {};
  std::vector<double> values = sorted_copy(samples);
  const auto rank = static_cast<std::size_t>(std::ceil(p95_share * static_cast<double>(values.size())));
  SampleSummary summary{values.size(), median_of_sorted(values), 0, values.front(), values.back(), values[rank - 1]};
  for (double& value : values)
    value = std::abs(value - summary.median);
  std::sort(values.begin(), values.end());
  summary.mad = median_of_sorted(values);
  return summary;
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
