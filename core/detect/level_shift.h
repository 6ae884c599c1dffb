#pragma once
// Evidence for a new level from several points together: the sequential part of the gate. It finds a lasting shift even
// if no single point leaves the band. Pure functions; any thread; O(points) per call.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Fewest points on the new level and, when the spread is known already, on the old one.
inline constexpr int level_shift_side_min = 3;

/// Standard errors (evidence.h) that a new level requires. More than in hindsight, because every run tests again.
inline constexpr double level_shift_significance = 4.5;

/// A split is tested only if the distance of clamped means is this many standard errors.
inline constexpr double level_shift_quick_test = 3.5;

/// A point that is not suspect, in the values of one environment (environments.h).
struct RecentPoint {
  std::size_t index = 0;  ///< in the series
  double value = 0;
  std::int64_t environment = 0;
  bool accepted = false;  ///< it is part of the baseline
};

struct ShiftNoise {
  double centre = 0;
  double spread = 0;     ///< no shift is found unless > 0
  double inflation = 1;  ///< of standard errors, by autocorrelation; >= 1
  int before_min = 8;    ///< fewest points on the old level
};

struct LevelShift {
  std::size_t first = 0;  ///< index in the series of the first point on the new level
  double before = 0;      ///< medians of the two sides
  double after = 0;
};

/// The best split of `points` (in time order), if it is significant and the medians differ relevantly by the
/// policy (relevant_change). `scratch` is working memory.
std::optional<LevelShift> find_level_shift(std::span<const RecentPoint> points, const ShiftNoise& noise,
                                           const Policy& policy, std::vector<double>& scratch);

}  // namespace perftrend::detect
