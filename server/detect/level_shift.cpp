#include "server/detect/level_shift.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "server/detect/noise.h"

namespace perftrend::detect {

namespace {

constexpr double clamp_spreads = 3;

double median_of_points(std::span<const RecentPoint> points) {
  std::vector<double> values;
  values.reserve(points.size());
  for (const RecentPoint& point : points)
    values.push_back(point.value);
  return median_of(values);
}

}  // namespace

double median_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return median_of_sorted(sorted);
}

std::optional<LevelShift> find_level_shift(std::span<const RecentPoint> points, const ShiftNoise& noise,
                                           double minimum_effect) {
  const std::size_t n = points.size();
  const auto before_min = static_cast<std::size_t>(noise.before_min);
  if (n < before_min + level_shift_side_min || !(noise.spread > 0)) return std::nullopt;
  const auto deviation = [&](std::size_t i) {
    return std::clamp((points[i].value - noise.centre) / noise.spread, -clamp_spreads, clamp_spreads);
  };
  double total = 0;
  for (std::size_t i = 0; i < n; ++i)
    total += deviation(i);
  // Correlated neighbours say less than independent ones: the variance of a mean of AR(1) noise.
  const double inflation = std::sqrt((1 + noise.autocorrelation) / (1 - noise.autocorrelation));
  double best = level_shift_evidence * inflation;
  std::size_t best_split = 0;
  double tail = 0;
  for (std::size_t split = n - 1; split >= before_min; --split) {
    tail += deviation(split);
    const auto after = static_cast<double>(n - split);
    const auto before = static_cast<double>(split);
    if (n - split < level_shift_side_min) continue;
    const double z = std::abs(tail / after - (total - tail) / before) / std::sqrt(1 / after + 1 / before);
    if (z > best) {
      best = z;
      best_split = split;
    }
  }
  if (best_split == 0) return std::nullopt;
  const double before = median_of_points(points.first(best_split));
  const double after = median_of_points(points.subspan(best_split));
  if (std::abs(after - before) < minimum_effect * std::abs(before) || after == before) return std::nullopt;
  return LevelShift{points[best_split].index, before, after};
}

}  // namespace perftrend::detect
