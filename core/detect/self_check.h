#pragma once
// Accuracy of the gate on the noise of a series: how often it flags when nothing changed, and which injected steps it
// finds. Pure functions; the same numbers and seed give the same result.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Fewest values that represent the noise, all at the level of one environment.
inline constexpr std::size_t own_noise_points_min = 40;

/// Length of the blocks that are drawn together, so that the correlation of neighbours is preserved (moving blocks,
/// Künsch 1989).
inline constexpr std::size_t block_points = 10;

/// Points of the A/A series, points before an injected step, and points after it: two weeks of nightly runs.
inline constexpr std::size_t aa_points = 200;
inline constexpr std::size_t step_before_points = 60;
inline constexpr std::size_t step_after_points = 14;

/// Relative sizes of the injected steps; all are for the worse.
inline constexpr std::array<double, 4> step_sizes = {0.05, 0.10, 0.20, 0.50};

/// `values` (finite) with the level of each segment replaced by the median of all values, so that only noise remains.
std::vector<double> own_noise(std::span<const double> values);

struct SelfCheck {
  std::size_t judged = 0;     ///< A/A points with a verdict
  std::size_t flagged = 0;    ///< points among them that are regressed or improved
  std::size_t confirmed = 0;  ///< confirmed A/A episodes: each would have been reported
  struct Step {
    bool found = false;                      ///< confirmed within step_after_points
    std::size_t detection_delay_points = 0;  ///< from the step to the point that first flagged it; 0 if not found
  };
  std::array<Step, step_sizes.size()> steps{};
};

/// `noise` is the result of own_noise and not empty.
SelfCheck check_on_own_noise(std::span<const double> noise, const Policy& policy, std::uint64_t seed);

}  // namespace perftrend::detect
