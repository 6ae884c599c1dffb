#pragma once
// Verdict of one point against its baseline, with the rule that decided it and the numbers it rests on. Pure functions;
// any thread. Finite arguments give finite results.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/detect/environment_shift.h"
#include "core/model.h"

namespace perftrend::detect {

/// Settings by which a series is judged. docs/detection.md explains the defaults.
struct Policy {
  int window_points = 30;        ///< size of the baseline in accepted points of the segment
  int minimum_points = 8;        ///< with fewer accepted points in the segment the verdict is too_few
  double minimum_effect = 0.05;  ///< smallest relative change that matters to a person
  double significance = 0.001;   ///< two-sided p-value of one point below which it is flagged
  Better better = Better::lower;
  double floor = 0;        ///< resolution of the metric in its unit: the smallest possible spread
  int confirm_points = 2;  ///< a suspected shift is confirmed when this many …
  int confirm_within = 3;  ///< … of this many points after the first, not counting suspect ones, stay on the new level
  bool share = false;      ///< a share of a whole that is better higher: at most 1, or 100 %; see relevant_change
  std::optional<double> limit_low;   ///< expected range in the unit; it is shown and does not affect the verdict
  std::optional<double> limit_high;  ///< see limit_low
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// One point of a series.
struct Observation {
  double value = 0;              ///< in the metric's unit
  double mad = 0;                ///< median absolute deviation of the run's own samples, unscaled; 0: unknown
  int samples = 1;               ///< number of samples; `value` is their median
  bool suspect = false;          ///< the machine was not quiet: shown, never judged, never in a baseline
  std::int64_t environment = 0;  ///< number of the environment that measured it
  bool restart = false;          ///< a person restarted the baseline here: nothing before this point is compared with
  EnvironmentShift shift{};      ///< of the environment, for this series; it is used at the first point in it
};

/// The rule that decided a verdict.
enum class Rule {
  suspect_point,         ///< suspect: the machine was not fit to measure
  too_few_points,        ///< too_few: the segment is younger than minimum_points
  inside_band,           ///< ok: not significant
  below_minimum_effect,  ///< ok: significant, but smaller than minimum_effect
  seen_in_window,        ///< ok: the window itself has values this far out (two modes, heavy tail)
  seen_before,           ///< ok: the series has had several recent excursions this large and returned each time
  beyond_band,           ///< improved, regressed: significant and relevant by this point alone
  level_shift,           ///< improved, regressed: together with the points before it, it shows a new level
  environment_changed,   ///< ok: the step coincides with a new environment, which is a finding of its own kind
};

/// Verdict of one point with its numbers, in the unit of the metric unless stated otherwise.
struct Judgement {
  Verdict verdict = Verdict::too_few;
  Rule rule = Rule::too_few_points;
  int window_points = 0;  ///< accepted points in the baseline; if 0, the numbers below are 0
  double centre = 0;      ///< robust location of the baseline
  double spread = 0;      ///< robust standard deviation of one point, pooled, never below the floors
  double low = 0;         ///< the band: a single point in [low, high] is not flagged
  double high = 0;
  double effect = 0;                     ///< (value - centre) / |centre|; ±1 if only the centre is 0
  double effect_low = 0;                 ///< 95 % confidence interval of the effect
  double effect_high = 0;                ///< see effect_low
  double p_value = 1;                    ///< two-sided, of this point alone; in (0, 1]
  double minimum_detectable_effect = 0;  ///< relative change that one point shows in 8 of 10 cases; 0: unknown
  std::size_t segment_start = 0;         ///< index of the segment's first point, as known at this point
  bool outside_limits = false;           ///< outside the expected range of the policy; does not affect the verdict
};

/// The baseline of a point: centre and spread of `points` accepted values. `degrees_of_freedom` states how reliable the
/// spread is.
struct Baseline {
  int points = 0;
  double centre = 0;
  double spread = 0;
  double degrees_of_freedom = 0;
  double second_lowest = 0;   ///< second smallest accepted value of the window
  double second_highest = 0;  ///< second largest accepted value of the window
};

/// Smallest change from the level `centre` that matters to a person, in its unit: minimum_effect of the level. Of a
/// share close to its ceiling (99.2 % of requests succeed) it is ceiling_effect of the distance from the ceiling, where
/// that is less, but at least ceiling_resolution of the ceiling.
double relevant_change(const Policy& policy, double centre);
inline constexpr double ceiling_effect = 0.25;
inline constexpr double ceiling_resolution = 0.001;

/// Change from `before` to `after` relative to `before`; negative for a fall. 0 has no relative scale: a change from 0
/// is 1 or -1, as is said in words by "from 0 to 12".
double relative_change(double before, double after);

/// Critical distance of one new point from the centre in units of the spread, for a two-sided `significance` in (0, 1).
double critical_distance(double significance, double degrees_of_freedom, int points);

/// Judges one point that is not suspect. Sets everything except segment_start. A baseline with too few points gives
/// too_few with its numbers. `critical` is critical_distance(…) of the same baseline; callers compute it once for many
/// points.
Judgement judge_point(const Baseline& baseline, const Observation& point, const Policy& policy, double critical);

/// Explanation in plain sentences. The first compares the value with the usual range ("18 % slower than usual: 15.4 ms,
/// normally 12.4-13.8 ms."); the rule and the statistics follow.
std::string explain(const Judgement& judgement, const Policy& policy, double value, std::string_view unit);

/// The text of a step that coincides with another environment: "Environment changed: +12 %, from 10 ms to 11.2 ms. …".
std::string explain_environment(double before, double after, std::string_view unit);

}  // namespace perftrend::detect
