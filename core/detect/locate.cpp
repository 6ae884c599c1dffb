#include "core/detect/locate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "core/detect/noise.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// Values of each side that estimate the density of the noise.
constexpr std::size_t shape_points = 100;

/// Bandwidth relative to the spread times n^(-1/5) (Silverman 1986).
constexpr double bandwidth_factor = 0.9;

/// Smallest bandwidth in noise units: finer differences do not belong to the shape.
constexpr double bandwidth_least = 0.01;

/// Half the support of the biweight kernel whose standard deviation is 1: sqrt(7).
constexpr double kernel_reach = 2.6457513110645907;

/// Standard deviations of the Cauchy density that represents unseen values with the weight of one value.
constexpr double unseen_reach = 2;

/// Larger residuals, in noise units, are spikes and do not belong to the shape.
constexpr double shape_reach = 20;

/// The search ends at a position that is e^-20 times as likely as the best one so far (Wald 1947).
constexpr double hopeless = 20;

/// Level of one side and its residuals, ascending, without spikes.
struct LevelSide {
  double level = 0;
  std::vector<double> residuals;
};

LevelSide side_of(std::span<const double> values) {
  std::vector<double> ascending(values.begin(), values.end());
  std::sort(ascending.begin(), ascending.end());
  LevelSide side{stats::median_of_sorted(ascending), {}};
  side.residuals.reserve(2 * shape_points);
  for (const double value : ascending) {
    if (std::abs(value - side.level) <= shape_reach) side.residuals.push_back(value - side.level);
  }
  // If the side consists of two levels of equal length, all residuals may be spikes.
  if (side.residuals.empty()) side.residuals.push_back(0);
  return side;
}

/// Density of the noise, estimated from the residuals of both sides.
class NoiseDensity {
 public:
  NoiseDensity() = default;
  /// `residuals` ascending.
  NoiseDensity(std::vector<double> residuals, double tick);

  /// Up to a constant. `own`: the residual is one of the estimate's and is left out of it.
  [[nodiscard]] double log_density(double residual, bool own) const;

 private:
  std::vector<double> residuals_;  ///< ascending
  double middle_ = 0;
  double support_ = bandwidth_least;  ///< of a kernel, to either side
  double unseen_ = bandwidth_least;   ///< scale of the Cauchy density
};

NoiseDensity::NoiseDensity(std::vector<double> residuals, double tick) : residuals_(std::move(residuals)) {
  const std::size_t n = residuals_.size();
  middle_ = stats::median_of_sorted(residuals_);
  const double spread = spread_of_sorted(residuals_, middle_);
  const double quartiles = stats::mad_to_sigma * (residuals_[n - 1 - n / 4] - residuals_[n / 4]) / 2;
  const double bandwidth = bandwidth_factor * std::min(spread, quartiles) * std::pow(static_cast<double>(n), -0.2);
  support_ = kernel_reach * std::max({bandwidth, tick, bandwidth_least});
  unseen_ = unseen_reach * std::max(spread, bandwidth_least);
}

double NoiseDensity::log_density(double residual, bool own) const {
  double kernels = own ? -1 : 0;
  for (auto at = std::lower_bound(residuals_.begin(), residuals_.end(), residual - support_);
       at != residuals_.end() && *at <= residual + support_; ++at) {
    const double u = (*at - residual) / support_;
    kernels += (1 - u * u) * (1 - u * u);
  }
  const double distance = (residual - middle_) / unseen_;
  const double unseen = 16 * support_ / (15 * std::numbers::pi * unseen_ * (1 + distance * distance));
  return std::log(std::max(kernels, 0.0) + unseen);
}

/// Two levels and the noise around them, from the values around a change.
class TwoLevels {
 public:
  TwoLevels(LevelSide before, LevelSide after);

  /// How much likelier a value is on the new level than on the old one, in nats. `is_after`: the value is on the new
  /// side at present.
  [[nodiscard]] double for_after(double value, bool is_after) const {
    return density_.log_density(value - after_, is_after) - density_.log_density(value - before_, !is_after);
  }

 private:
  double before_;
  double after_;
  NoiseDensity density_;
};

TwoLevels::TwoLevels(LevelSide before, LevelSide after) : before_(before.level), after_(after.level) {
  const double tick = std::max(tick_of_sorted(before.residuals), tick_of_sorted(after.residuals));
  std::vector<double> residuals = std::move(before.residuals);
  const auto count = static_cast<std::ptrdiff_t>(residuals.size());
  residuals.insert(residuals.end(), after.residuals.begin(), after.residuals.end());
  std::inplace_merge(residuals.begin(), residuals.begin() + count, residuals.end());
  density_ = NoiseDensity(std::move(residuals), tick);
}

}  // namespace

std::size_t locate_change(const Proposal& proposal, std::size_t left_min, std::size_t right_min,
                          std::span<const double> values) {
  const auto [left, at, right] = proposal;
  const std::size_t nearest = std::max(left, at - std::min(at, shape_points));
  const TwoLevels levels(side_of(values.subspan(nearest, at - nearest)),
                         side_of(values.subspan(at, std::min(right - at, shape_points))));
  const std::size_t first = std::max(left + left_min, at - std::min(at, relocation_max));
  const std::size_t last = std::min(right - std::min(right, right_min), at + relocation_max);
  std::size_t best = at;
  double best_gain = 0;
  double gain = 0;
  for (std::size_t i = at; i < last && gain > best_gain - hopeless; ++i) {
    gain -= levels.for_after(values[i], true);
    if (gain > best_gain) {
      best_gain = gain;
      best = i + 1;
    }
  }
  gain = 0;
  for (std::size_t i = at; i > first && gain > best_gain - hopeless; --i) {
    gain += levels.for_after(values[i - 1], false);
    if (gain > best_gain) {
      best_gain = gain;
      best = i - 1;
    }
  }
  return best;
}

}  // namespace perftrend::detect
