#include "core/detect/level_shift.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/evidence.h"
#include "core/detect/noise.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

double median_of_points(std::span<const RecentPoint> points, std::vector<double>& scratch) {
  scratch.clear();
  for (const RecentPoint& point : points)
    scratch.push_back(point.value);
  return stats::select_median(scratch);
}

/// Split with the largest distance of clamped means; 0 if no split passes the quick test.
std::size_t promising_split(std::span<const RecentPoint> points, const ShiftNoise& noise) {
  const std::size_t n = points.size();
  const auto deviation = [&](std::size_t i) {
    return std::clamp((points[i].value - noise.centre) / noise.spread, -clip_reach, clip_reach);
  };
  double total = 0;
  for (std::size_t i = 0; i < n; ++i)
    total += deviation(i);
  double best = level_shift_quick_test * level_shift_quick_test;
  std::size_t best_split = 0;
  double tail = 0;
  const auto all = static_cast<double>(n);
  for (std::size_t split = n - 1; split >= static_cast<std::size_t>(noise.before_min); --split) {
    tail += deviation(split);
    if (n - split < level_shift_side_min) continue;
    const auto after = static_cast<double>(n - split);
    const double excess = tail - total * after / all;
    const double gain = excess * excess * all / (after * (all - after));
    if (gain > best) {
      best = gain;
      best_split = split;
    }
  }
  return best_split;
}

}  // namespace

std::optional<LevelShift> find_level_shift(std::span<const RecentPoint> points, const ShiftNoise& noise,
                                           const Policy& policy, std::vector<double>& scratch) {
  const std::size_t n = points.size();
  const auto needed = static_cast<std::size_t>(noise.before_min + level_shift_side_min);
  if (noise.before_min < 1 || n < needed || !(noise.spread > 0)) return std::nullopt;
  const std::size_t split = promising_split(points, noise);
  if (split == 0) return std::nullopt;
  const double before = median_of_points(points.first(split), scratch);
  const double after = median_of_points(points.subspan(split), scratch);
  if (after == before || std::abs(after - before) < relevant_change(policy, before)) return std::nullopt;
  std::vector<double> values;
  values.reserve(n);
  for (const RecentPoint& point : points)
    values.push_back(in_spreads(point.value - noise.centre, noise.spread));
  const Evidence evidence = evidence_for({0, split, n}, values, scratch);
  if (evidence.distance < level_shift_significance * noise.inflation) return std::nullopt;
  return LevelShift{points[split].index, before, after};
}

}  // namespace perftrend::detect
