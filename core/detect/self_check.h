#pragma once
// How well the gate does on a series' own noise: what it flags where nothing changed, and which steps it finds. Pure;
// the same numbers and seed give the same answer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Fewest values whose noise is worth asking; all are taken from one environment.
inline constexpr std::size_t own_noise_points_min = 40;

/// Values in a row that are drawn together, so that neighbours stay as alike as they are (moving blocks, Künsch 1989).
inline constexpr std::size_t block_points = 10;

/// Length of the A/A series, of what precedes an injected step, and of what follows it: two weeks of nights to be seen.
inline constexpr std::size_t aa_points = 200;
inline constexpr std::size_t step_before_points = 60;
inline constexpr std::size_t step_after_points = 14;

/// Relative sizes of the steps injected, for the worse.
inline constexpr std::array<double, 4> step_sizes = {0.05, 0.10, 0.20, 0.50};

/// `values` (finite) without the levels between their change points: the median of all, and the noise around it.
std::vector<double> own_noise(std::span<const double> values);

struct SelfCheck {
  std::size_t judged = 0;     ///< A/A points with a verdict
  std::size_t flagged = 0;    ///< of them worse or better
  std::size_t confirmed = 0;  ///< A/A episodes that were confirmed: somebody would have been told
  struct Step {
    bool found = false;                      ///< confirmed within step_after_points
    std::size_t detection_delay_points = 0;  ///< from the step to the point that raised it; 0 where not found
  };
  std::array<Step, step_sizes.size()> steps{};
};

/// `noise` as own_noise gives it, not empty.
SelfCheck check_on_own_noise(std::span<const double> noise, const Policy& policy, std::uint64_t seed);

}  // namespace perftrend::detect
