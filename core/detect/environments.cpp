#include "core/detect/environments.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "core/detect/noise.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// Points of each environment from which two constant levels are different ones.
constexpr std::size_t constant_points_min = 8;

/// Largest distance, so that squares stay finite.
constexpr double distance_max = 1e6;

struct Level {
  double middle = 0;
  double spread = 0;
};

Level level_of(std::span<const double> values) {
  std::vector<double> ascending(values.begin(), values.end());
  std::sort(ascending.begin(), ascending.end());
  const double middle = stats::median_of_sorted(ascending);
  return {middle, spread_of_sorted(ascending, middle)};
}

}  // namespace

void Translation::move(double before, double after) {
  const double ratio = before != 0 ? after / before : 0;
  if (shift == 0 && ratio > 1 / environment_ratio_max && ratio < environment_ratio_max) {
    factor *= ratio;
  } else {
    shift += factor * (after - before);
  }
}

Baseline baseline_in(const Environment& environment, const Baseline& framed, double floor) {
  Baseline baseline = framed;
  const std::size_t count = environment.deviations.size();
  if (framed.points > 0 && count >= own_noise_points) {
    std::vector<double> ascending = environment.deviations;
    std::sort(ascending.begin(), ascending.end());
    const double own = spread_of_sorted(ascending, stats::median_of_sorted(ascending));
    const double spread = std::max({own, floor, tick_of_sorted(ascending) / 2});
    if (spread > framed.spread * own_noise_ratio || spread * own_noise_ratio < framed.spread) {
      baseline.spread = spread;
      baseline.degrees_of_freedom = static_cast<double>(count - 1);
      baseline.second_lowest = framed.centre + ascending[1];
      baseline.second_highest = framed.centre + ascending[count - 2];
    }
  }
  const Translation& translation = environment.translation;
  if (translation == Translation{}) return baseline;
  baseline.centre = translation.from_frame(baseline.centre);
  baseline.spread *= translation.factor;
  baseline.second_lowest = translation.from_frame(baseline.second_lowest);
  baseline.second_highest = translation.from_frame(baseline.second_highest);
  return baseline;
}

double environment_distance(std::span<const double> here, std::span<const double> other) {
  if (here.size() < environment_points_min || other.size() < environment_points_min) return 0;
  const Level a = level_of(here);
  const Level b = level_of(other);
  const auto count_a = static_cast<double>(here.size());
  const auto count_b = static_cast<double>(other.size());
  // Two constant levels differ for certain once chance can't explain it; a coarse timer makes short ones by chance.
  if (a.spread == 0 && b.spread == 0) {
    const bool certain = a.middle != b.middle && std::min(here.size(), other.size()) >= constant_points_min;
    return certain ? distance_max : 0;
  }
  const double degrees = count_a + count_b - 2;
  const double variance = ((count_a - 1) * a.spread * a.spread + (count_b - 1) * b.spread * b.spread) / degrees;
  std::vector<double> all(here.begin(), here.end());
  all.insert(all.end(), other.begin(), other.end());
  std::sort(all.begin(), all.end());
  const double spread = std::max(std::sqrt(variance), tick_of_sorted(all) / 2);
  // Equal values computed in two ways may differ in the last bits.
  const double rounding =
      16 * std::numeric_limits<double>::epsilon() * std::max(std::abs(a.middle), std::abs(b.middle));
  const double difference = std::abs(a.middle - b.middle);
  if (difference <= rounding) return 0;
  const double error = std::max(spread * std::sqrt(1 / count_a + 1 / count_b), rounding);
  const double distance = std::min(difference / error, distance_max);
  // Wallace 1959, as in evidence.cpp: a few values prove little.
  return std::sqrt(degrees * std::log1p(distance * distance / degrees));
}

}  // namespace perftrend::detect
