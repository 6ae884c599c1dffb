#include "core/detect/noise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// Spreads at which weights become 0. Mosteller and Tukey (1977) take 6 MADs, a little over 4 sigma.
constexpr double biweight_reach = 6;

/// The factor of a larger exponent would overflow; the remaining magnitude is harmless.
constexpr int exponent_max = 1000;

/// With fewer values the 10 % and 90 % quantiles are the extremes themselves.
constexpr std::size_t inner_range_points = 20;

}  // namespace

double spread_of_sorted(std::span<const double> ascending, double middle) {
  const std::size_t n = ascending.size();
  if (n < 2) return 0;
  const auto count = static_cast<double>(n);
  const double mad = stats::mad_of_sorted(ascending, middle);
  // Finite-sample correction of the MAD, Croux and Rousseeuw 1992: n / (n - 0.8), rounded from their table for n > 9.
  const double core = stats::mad_to_sigma * mad * count / (count - 0.8);
  const std::size_t tenth = n / 10;
  const double inner = (ascending[n - 1 - tenth] - ascending[tenth]) / inner_80_range;
  return n >= inner_range_points || mad == 0 ? std::max(core, inner) : core;
}

double centre_of_sorted(std::span<const double> ascending, double middle, double spread) {
  if (!(spread > 0)) return middle;
  double weights = 0;
  double shifted = 0;
  for (const double value : ascending) {
    const double u = (value - middle) / (biweight_reach * spread);
    if (std::abs(u) >= 1) continue;
    const double root = 1 - u * u;
    weights += root * root;
    shifted += root * root * (value - middle);
  }
  return weights > 0 ? middle + shifted / weights : middle;
}

double spread_of_differences(std::span<const double> values) {
  const std::size_t n = values.size();
  if (n < 2) return 0;
  std::vector<double> sizes(n - 1);
  double smallest = std::numeric_limits<double>::infinity();
  std::size_t changed = 0;
  for (std::size_t i = 1; i < n; ++i) {
    sizes[i - 1] = std::abs(values[i] - values[i - 1]);
    if (sizes[i - 1] > 0) {
      smallest = std::min(smallest, sizes[i - 1]);
      ++changed;
    }
  }
  if (changed == 0) return 0;
  const double middle = stats::select_median(sizes);
  if (middle > 0) return stats::mad_to_sigma * middle / std::sqrt(2.0);
  return smallest * std::sqrt(static_cast<double>(changed) / static_cast<double>(n - 1) / 2);
}

double in_spreads(double difference, double spread) {
  return std::clamp(difference / std::max(spread, std::numeric_limits<double>::min()), -value_max, value_max);
}

NoiseUnits in_noise_units(std::span<const double> values) {
  NoiseUnits units;
  double largest = 0;
  for (const double value : values)
    largest = std::max(largest, std::abs(value));
  if (largest == 0) return units;
  // An exact power of two brings any finite series to within [-1, 1], where nothing overflows.
  const int exponent = std::clamp(std::ilogb(largest) + 1, -exponent_max, exponent_max);
  const double factor = std::ldexp(1.0, -exponent);
  units.values.reserve(values.size());
  for (const double value : values)
    units.values.push_back(value * factor);
  const double spread = spread_of_differences(units.values);
  if (!(spread > 0)) {
    units.values.clear();
    return units;
  }
  const double reference = units.values[units.values.size() / 2];
  for (double& value : units.values)
    value = std::clamp((value - reference) / spread, -value_max, value_max);
  units.origin = std::clamp(reference / spread, -value_max, value_max);
  units.scale = std::ldexp(spread, exponent);
  return units;
}

double tick_of_sorted(std::span<const double> ascending) {
  std::size_t ties = 0;
  double tick = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    const double step = ascending[i] - ascending[i - 1];
    if (step > 0) {
      tick = std::fmin(tick, step);
    } else {
      ++ties;
    }
  }
  const bool mostly_ties = 2 * ties > ascending.size();
  return mostly_ties && std::isfinite(tick) ? tick : 0;
}

}  // namespace perftrend::detect
