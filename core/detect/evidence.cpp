#include "core/detect/evidence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/stats/median.h"
#include "core/stats/ranks.h"

namespace perftrend::detect {

namespace {

/// Fewest values of a side that give a spread of its own: a spike among three values is not their noise.
constexpr std::size_t own_spread_points = 8;

/// Least local noise relative to the noise of the series; below it, rounding and ties dominate.
constexpr double quietest_noise = 0.5;

/// The variance of each side is shrunk towards the pooled one, as if this many further values had it.
constexpr double variance_prior_points = 6;

/// Variance of a side with equal values, in noise units: perfect steps stay finite.
constexpr double variance_least = 1e-20;

/// Factor for the rank statistic, because the larger of two statistics is larger by chance: at 4 standard errors by 4 %
/// (Bonferroni). The rank statistic is also only nearly normal.
constexpr double second_question = 0.94;

/// Standard errors at which the rank statistic is not computed any more.
constexpr double certain = 8;

std::span<double> copy_range(std::span<const double> values, std::size_t from, std::size_t to,
                             std::vector<double>& scratch) {
  const std::span<const double> range = values.subspan(from, to - from);
  scratch.assign(range.begin(), range.end());
  return scratch;
}

double own_spread(std::span<const double> values, std::size_t from, std::size_t to, std::vector<double>& scratch) {
  const std::span<double> side = copy_range(values, from, to, scratch);
  const double middle = stats::select_median(side);
  for (double& value : side)
    value = std::abs(value - middle);
  return stats::mad_to_sigma * stats::select_median(side);
}

struct WinsorisedSide {
  double mean = 0;
  double squares = 0;  ///< sum of squared deviations from the mean
  double count = 0;
};

WinsorisedSide winsorised(std::span<const double> side, double centre, double reach) {
  double sum = 0;
  double squares = 0;
  for (const double value : side) {
    const double deviation = std::clamp(value - centre, -reach, reach);
    sum += deviation;
    squares += deviation * deviation;
  }
  const auto count = static_cast<double>(side.size());
  return {sum / count, std::max(squares - sum * sum / count, 0.0), count};
}

/// Distance of the two sides' ranks from what chance gives, as a normal deviate (Mann and Whitney 1947).
double distance_of_ranks(std::span<const double> before, std::span<const double> after) {
  const stats::RankSum sum = stats::rank_sum(before, after);
  return sum.variance > 0 ? std::abs(sum.deviation) / std::sqrt(sum.variance) : 0;
}

}  // namespace

Proposal near_by(const Proposal& whole) {
  return {std::max(whole.left, whole.at - std::min(whole.at, side_points_most)), whole.at,
          std::min(whole.right, whole.at + side_points_most)};
}

Evidence evidence_for(const Proposal& proposal, std::span<const double> values, std::vector<double>& scratch) {
  const auto [left, at, right] = near_by(proposal);
  double spread = quietest_noise;
  if (at - left >= own_spread_points) spread = std::max(spread, own_spread(values, left, at, scratch));
  if (right - at >= own_spread_points) spread = std::max(spread, own_spread(values, at, right, scratch));
  const double centre = stats::select_median(copy_range(values, left, right, scratch));
  const WinsorisedSide a = winsorised(values.subspan(left, at - left), centre, influence_max * spread);
  const WinsorisedSide b = winsorised(values.subspan(at, right - at), centre, influence_max * spread);
  const double freedom = std::max(a.count + b.count - 2, 1.0);
  const double pooled = (a.squares + b.squares) / freedom;
  const auto variance = [&](const WinsorisedSide& side) {
    return (side.squares + variance_prior_points * pooled) / (side.count - 1 + variance_prior_points);
  };
  const double squared_error = std::max(variance(a) / a.count + variance(b) / b.count, variance_least);
  const double shift = std::abs(b.mean - a.mean);
  // Student's t as a normal deviate with the same tail (Wallace 1959): a few values prove little, however clean.
  double distance = std::sqrt(freedom * std::log1p(shift * shift / squared_error / freedom));
  if (distance < certain && std::min(at - left, right - at) >= rank_points_min) {
    const double ranks = distance_of_ranks(values.subspan(left, at - left), values.subspan(at, right - at));
    distance = std::max(distance, second_question * ranks);
  }
  return {distance, shift / std::sqrt(std::max(pooled, variance_least)), shift, centre};
}

}  // namespace perftrend::detect
