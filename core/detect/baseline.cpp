#include "core/detect/baseline.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "core/detect/noise.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// Deviations are clamped to this many spreads: one spike must not make the noise look correlated.
constexpr double clamp_spreads = 3;

constexpr double autocorrelation_max = 0.9;

/// Largest growth of the level that scales the old spread; the square of the spread stays finite.
constexpr double level_growth_max = 1e6;

}  // namespace

RollingBaseline::RollingBaseline(int window_points, double floor)
    : window_points_(static_cast<std::size_t>(std::max(window_points, 1))), floor_(floor) {
  sorted_.reserve(window_points_ + 1);
}

/// Adds the value to the running estimate of autocorrelation.
void RollingBaseline::correlate(double value) {
  if (current_.points == 0 || !(current_.spread > 0)) return;
  const double deviation = std::clamp((value - current_.centre) / current_.spread, -clamp_spreads, clamp_spreads);
  deviations_.push_back(deviation);
  if (deviations_.size() <= autocorrelation_delay + 1) return;
  const double older = deviations_[0];
  const double newer = deviations_[1];
  lag_products_ += autocorrelation_memory * (newer * older - lag_products_);
  squares_ += autocorrelation_memory * (newer * newer - squares_);
  deviations_.pop_front();
}

void RollingBaseline::accept(double value) {
  correlate(value);
  in_order_.push_back(value);
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), value), value);
  if (in_order_.size() > window_points_) {
    sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), in_order_.front()));
    in_order_.pop_front();
    pooled_weight_ = std::max(pooled_weight_ - 1, 0.0);
  }
  update();
}

void RollingBaseline::restart(double new_centre, bool same_machine) {
  if (current_.points >= 2) {
    const double own_weight = current_.points - 1;
    pooled_variance_ = current_.spread * current_.spread;
    pooled_weight_ = std::min(pooled_weight_ + own_weight, pooled_weight_max);
  }
  const bool comparable = same_machine && current_.centre != 0 && (current_.centre > 0) == (new_centre > 0);
  if (comparable) {
    const double ratio = std::clamp(new_centre / current_.centre, 1.0, level_growth_max);
    pooled_variance_ *= ratio * ratio;
  }
  in_order_.clear();
  sorted_.clear();
  deviations_.clear();
  current_ = Baseline{};
}

void RollingBaseline::replace(std::span<const double> values) {
  in_order_.assign(values.begin(), values.end());
  sorted_.assign(values.begin(), values.end());
  std::sort(sorted_.begin(), sorted_.end());
  deviations_.clear();
  lag_products_ = squares_ = 0;
  if (sorted_.empty()) return;
  update();
  for (const double value : values)
    correlate(value);
}

double RollingBaseline::inflation() const {
  if (!(squares_ > 0)) return 1;
  // Less one standard error of the estimate, as in residuals.h: the cautious value.
  const double phi = std::clamp(lag_products_ / squares_ - std::sqrt(autocorrelation_memory), 0.0, autocorrelation_max);
  return std::sqrt((1 + phi) / (1 - phi));
}

void RollingBaseline::update() {
  const std::span<const double> values(sorted_);
  const std::size_t n = values.size();
  const double middle = stats::median_of_sorted(values);
  const double mad_spread = spread_of_sorted(values, middle);
  const double own_weight = static_cast<double>(n) - 1;
  const double weight = own_weight + pooled_weight_;
  const double variance =
      weight > 0 ? (own_weight * mad_spread * mad_spread + pooled_weight_ * pooled_variance_) / weight : 0.0;
  current_.points = static_cast<int>(n);
  current_.centre = centre_of_sorted(values, middle, mad_spread);
  current_.spread = std::max({std::sqrt(variance), floor_, tick_of_sorted(values) / 2});
  current_.degrees_of_freedom = weight;
  current_.second_lowest = values[std::min<std::size_t>(1, n - 1)];
  current_.second_highest = values[n >= 2 ? n - 2 : 0];
}

}  // namespace perftrend::detect
