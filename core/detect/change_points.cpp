#include "core/detect/change_points.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/detect/candidates.h"
#include "core/detect/drift.h"
#include "core/detect/noise.h"
#include "core/detect/partition.h"
#include "core/detect/selection.h"
#include "core/detect/visits.h"

namespace perftrend::detect {

namespace {

/// Larger differences of neighbours, in noise units, are steps and not noise.
constexpr double difference_reach = 6;

/// Refinements of a slope, and the distance from 0 in standard errors at which refinement ends.
constexpr int slope_rounds = 3;
constexpr double slope_settled = 2;

/// Smallest rise of a whole series, in noise units: two steps of step_min.
constexpr double rise_min = 1;

/// A drift is given up when its fit costs this many times as much as the steps.
constexpr double hopeless = 2;

struct Fit {
  std::vector<std::size_t> change_points;
  double cost = 0;
};

/// Spread of the clipped values. Two modes or ticks leave more noise than the median difference shows.
double clipped_spread(std::span<const double> clipped) {
  double squares = 0;
  for (std::size_t i = 1; i < clipped.size(); ++i) {
    const double difference = std::min(std::abs(clipped[i] - clipped[i - 1]), difference_reach);
    squares += difference * difference;
  }
  return std::sqrt(squares / (2 * static_cast<double>(clipped.size() - 1)));
}

std::vector<std::size_t> propose(std::span<const double> values) {
  const std::vector<double> clipped = clip_to_running_median(values, clip_reach);
  const double spread = clipped_spread(clipped);
  const std::vector<std::size_t> proposed = propose_change_points(clipped, spread, proposal_threshold);
  if (proposed.empty()) return {};
  const double price = proposal_threshold * spread;
  return cheapest_partition(clipped, proposed, price * price);
}

/// Replaces `best` by a drift that starts at `slope` plus its change points, if they explain the values better.
void try_drift(std::span<const double> values, double origin, double slope, Fit& best) {
  std::vector<double> flat(values.size());
  for (int round = 0; round < slope_rounds; ++round) {
    for (std::size_t i = 0; i < values.size(); ++i)
      flat[i] = values[i] - slope * static_cast<double>(i);
    std::vector<std::size_t> change_points = select_change_points(flat, origin, propose(flat));
    const CommonSlope common = common_slope(flat, change_points);
    const double cost = common.cost + drift_penalty * static_cast<double>(change_points.size() + 1);
    if (cost < best.cost) {
      best = {std::move(change_points), cost};
    } else if (cost > hopeless * best.cost) {
      return;
    }
    if (std::abs(common.slope) < slope_settled * common.error) return;
    slope += common.slope;
  }
}

double slope_of_whole(std::span<const double> values) {
  const std::vector<double> clipped = clip_to_running_median(values, clip_reach);
  double mean = 0;
  for (const double value : clipped)
    mean += value / static_cast<double>(clipped.size());
  double products = 0;
  double squares = 0;
  double x = (1 - static_cast<double>(clipped.size())) / 2;
  for (const double value : clipped) {
    products += x * (value - mean);
    squares += x * x;
    x += 1;
  }
  return products / squares;
}

/// The steps, or a drift plus steps if that explains the values better.
std::vector<std::size_t> with_drift(const NoiseUnits& units, std::vector<std::size_t> steps) {
  const CommonSlope common = common_slope(units.values, steps);
  const double cost = common.cost + drift_penalty * static_cast<double>(steps.size());
  Fit best{std::move(steps), cost};
  const double slope = slope_of_whole(units.values);
  const bool level = std::abs(slope) * static_cast<double>(units.values.size()) < rise_min;
  // Flat as a whole and between the steps: nothing drifts.
  if (level && std::abs(common.slope) < slope_settled * common.error) return std::move(best.change_points);
  try_drift(units.values, units.origin, slope, best);
  if (std::abs(common.slope) >= trend_significance * common.error) {
    try_drift(units.values, units.origin, common.slope, best);
  }
  return std::move(best.change_points);
}

}  // namespace

std::vector<std::size_t> find_change_points(std::span<const double> values) {
  if (values.size() < level_points_min + newest_points_min) return {};
  const NoiseUnits units = in_noise_units(values);
  if (units.values.empty()) return {};
  const std::vector<std::size_t> proposed = propose(units.values);
  std::vector<std::size_t> steps =
      add_changes_of_visits(units.values, proposed, select_change_points(units.values, units.origin, proposed));
  // A single change point is a step; a drift makes a staircase of several.
  return steps.size() < 2 ? steps : with_drift(units, std::move(steps));
}

}  // namespace perftrend::detect
