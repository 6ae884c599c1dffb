#pragma once
// Rolling baseline of one segment: the newest accepted values with a robust centre and spread. A confirmed change
// resets the centre and carries the spread over, pooled with fading weight. Not thread-safe. All values are in the unit
// of the metric.

#include <deque>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Weight of the spread of earlier segments, in points. It falls by one for each point that leaves the window. The
/// noise of a new segment has replaced it when the window is full and this many points have left it.
inline constexpr double pooled_weight_max = 30;

/// Weight of one point in the running estimate of lag-1 autocorrelation, which remembers about 60 points.
inline constexpr double autocorrelation_memory = 1.0 / 60;

/// Number of later points after which a value enters the estimate of autocorrelation.
inline constexpr std::size_t autocorrelation_delay = 8;

class RollingBaseline {
 public:
  /// `window_points` >= 1; `floor` is the smallest possible spread.
  RollingBaseline(int window_points, double floor);

  /// Adds one accepted value and drops the oldest when the window is full. O(window).
  void accept(double value);

  /// Starts an empty segment on a new level and carries the spread over. With `same_machine` the spread grows in
  /// proportion to the level, because timing noise is mostly multiplicative; it never shrinks.
  void restart(double new_centre, bool same_machine);

  /// Replaces the accepted values by `values`, oldest first, at most a window. The spread that was carried over stays;
  /// autocorrelation is estimated from `values` alone.
  void replace(std::span<const double> values);

  const Baseline& current() const { return current_; }

  /// Factor by which autocorrelated noise enlarges standard errors of means, >= 1. AR(1), estimated from the accepted
  /// values without the newest autocorrelation_delay ones, which may already belong to another level.
  double inflation() const;

 private:
  void update();
  void correlate(double value);

  std::size_t window_points_;
  double floor_;
  std::deque<double> in_order_;
  std::vector<double> sorted_;
  Baseline current_;
  double pooled_variance_ = 0;
  double pooled_weight_ = 0;
  std::deque<double> deviations_;  ///< of the newest values, in spreads, clamped; only the oldest is counted yet
  double lag_products_ = 0;
  double squares_ = 0;
};

}  // namespace perftrend::detect
