#pragma once
// The rolling baseline of one segment: the newest accepted values with a robust centre and spread. A confirmed change
// resets the centre and keeps the spread (pooled, with fading weight). One thread at a time; all in the metric's unit.

#include <deque>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// How much the spread of earlier segments counts, in points. It fades by one for each point that leaves the window: a
/// new segment's own noise has taken over when its window is full and so many points have left it.
inline constexpr double pooled_weight_max = 30;

/// Weight of one point in the running estimate of lag-1 autocorrelation: a memory of about 60 points.
inline constexpr double autocorrelation_memory = 1.0 / 60;

/// Points that must follow before a value counts in the estimate of autocorrelation.
inline constexpr std::size_t autocorrelation_delay = 8;

class RollingBaseline {
 public:
  /// `window_points` >= 1; `floor` is the smallest spread believed.
  RollingBaseline(int window_points, double floor);

  /// Takes one accepted value; the oldest leaves when the window is full. O(window).
  void accept(double value);

  /// Starts a segment on a new level, empty. The spread so far is kept; when `same_machine`, it grows in proportion
  /// with the level (timing noise is mostly multiplicative) and never shrinks.
  void restart(double new_centre, bool same_machine);

  const Baseline& current() const { return current_; }

  /// By which factor autocorrelated noise makes standard errors of means larger: AR(1), from the accepted values but
  /// the newest autocorrelation_delay ones, which may already belong to another level. >= 1.
  double inflation() const;

 private:
  void update();

  std::size_t window_points_;
  double floor_;
  std::deque<double> in_order_;
  std::vector<double> sorted_;
  Baseline current_;
  double pooled_variance_ = 0;
  double pooled_weight_ = 0;
  std::deque<double> deviations_;  ///< of the newest values, in spreads, clamped; not yet counted, but the oldest
  double lag_products_ = 0;
  double squares_ = 0;
};

}  // namespace perftrend::detect
