#pragma once
// Environments of one series: how the values of each are translated to one common frame, in which all of them are
// judged. An environment that does not differ from the others has the translation of the others, so a change of
// environment without an effect changes nothing. Pure values and functions; any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/environment_shift.h"
#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Environments remembered for one series; the one that was seen longest ago is forgotten first.
inline constexpr std::size_t environments_max = 32;

/// Accepted points of an environment from which its own spread is known, and the ratio to the spread of all
/// environments together from which it replaces that one.
inline constexpr std::size_t own_noise_points = 16;
inline constexpr double own_noise_ratio = 2;

/// Fewest points of an environment from which its level is compared with that of another one.
inline constexpr std::size_t environment_points_min = 3;

/// A shift this near to the first point of an environment, in points, coincides with the change.
inline constexpr std::size_t environment_near = 3;

/// Levels of two environments whose ratio is larger are translated by their difference.
inline constexpr double environment_ratio_max = 1e6;

/// Values of an environment in the frame: value = factor * framed + shift. One of both is neutral, `factor` > 0.
struct Translation {
  double factor = 1;
  double shift = 0;
  [[nodiscard]] double to_frame(double value) const { return (value - shift) / factor; }
  [[nodiscard]] double from_frame(double framed) const { return framed * factor + shift; }
  /// Makes what was at `after` in the frame appear at `before`.
  void move(double before, double after);
  friend bool operator==(const Translation&, const Translation&) = default;
};

/// Points of an environment that differ from its baseline, from the first one on, and wait for confirmation.
struct Capture {
  std::size_t first = 0;  ///< index in the series
  std::size_t episode = 0;
  double direction = 1;  ///< +1 up, -1 down
  int followers = 0;     ///< later points of the environment that are not suspect
  int agreeing = 0;
  std::size_t last_agreeing = 0;
  std::vector<double> values;  ///< in the frame, of the points that agree
};

struct Environment {
  std::int64_t id = 0;
  Translation translation;
  Translation effect;  ///< the part of `translation` that is the environment's effect, without regressions of its own
  std::optional<std::size_t> first;  ///< index of its first point that is not suspect
  bool first_judged = false;         ///< that point had a baseline to be judged by
  std::size_t last_good = 0;         ///< index of the last point before it that is not suspect
  Translation before;                ///< of the environment of that point
  EnvironmentShift shift;            ///< common shift of all series, by which its first points are explained
  bool shift_applied = false;        ///< `translation` and `effect` include the common shift
  std::optional<std::size_t> noted;  ///< episode that reports the common shift
  bool usual = false;                ///< one of its points was judged and was not flagged
  int accepted = 0;
  std::size_t seen = 0;  ///< index of its newest point
  std::optional<Capture> capture;
  std::vector<std::size_t> streak;  ///< newest points, all flagged in one direction, oldest first; at most a few
  double streak_direction = 0;
  std::vector<double> deviations;  ///< of accepted points from the centre, in the frame, newest last, at most a window
};

/// The baseline in the values of the environment, with its own spread, at least `floor`, where that clearly differs.
Baseline baseline_in(const Environment& environment, const Baseline& framed, double floor);

/// Distance of the medians of two environments of one series as a normal deviate, from the spread within each; 0 for
/// fewer than environment_points_min points of either.
double environment_distance(std::span<const double> here, std::span<const double> other);

}  // namespace perftrend::detect
