#pragma once
// One point against its baseline: is it ok, better or worse, by which rule, and what would have been needed. Pure
// functions of their arguments; no state, any thread. Inputs must be finite; then every number handed back is finite.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model.h"

namespace perftrend::detect {

/// What a series is judged by. The defaults are those of docs/detection.md.
struct Policy {
  int window_points = 30;        ///< accepted points of the segment that make the baseline
  int minimum_points = 8;        ///< fewer accepted points in the segment: too_few
  double minimum_effect = 0.05;  ///< relative change of the centre that matters to a person
  double significance = 0.001;   ///< two-sided p-value of one point below which it is flagged
  Better better = Better::lower;
  double floor = 0;                  ///< resolution of the metric in its unit: no spread is believed to be smaller
  int confirm_points = 2;            ///< a suspected shift is confirmed when so many …
  int confirm_within = 3;            ///< … of this many unsuspect points after the first stay on the new level
  std::optional<double> limit_low;   ///< expected range in the unit; outside is shown, it decides no verdict
  std::optional<double> limit_high;  ///< see limit_low
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// One point of a series.
struct Observation {
  double value = 0;              ///< in the metric's unit
  double mad = 0;                ///< median absolute deviation of the run's own samples, unscaled; 0: unknown
  int samples = 1;               ///< how many samples `value` is the median of
  bool suspect = false;          ///< the machine was not quiet: shown, never judged, never in a baseline
  std::int64_t environment = 0;  ///< another number than the point before: a new segment starts here
};

/// The rule that decided a verdict.
enum class Rule {
  suspect_point,         ///< suspect: the machine was not fit to measure
  too_few_points,        ///< too_few: the segment is younger than minimum_points
  inside_band,           ///< ok: not significant
  below_minimum_effect,  ///< ok: significant, but smaller than minimum_effect
  seen_in_window,        ///< ok: the window itself holds values as far out (two modes, heavy tail)
  seen_before,           ///< ok: the series went as far lately, more than once, and did not stay there
  beyond_band,           ///< improved, regressed: significant and relevant by this point alone
  level_shift,           ///< improved, regressed: this and the points before it together show a new level
};

/// The verdict of one point with the numbers it was made of, all in the metric's unit unless said otherwise.
struct Judgement {
  Verdict verdict = Verdict::too_few;
  Rule rule = Rule::too_few_points;
  int window_points = 0;  ///< accepted points in the baseline; with 0 of them the numbers below are 0
  double centre = 0;      ///< robust location of the baseline
  double spread = 0;      ///< robust standard deviation of one point, pooled, never below the floors
  double low = 0;         ///< the band: a value in [low, high] cannot be flagged by itself
  double high = 0;
  double effect = 0;                     ///< (value - centre) / |centre|; ±1 when the centre is 0 and the value is not
  double effect_low = 0;                 ///< 95 % confidence interval of the effect
  double effect_high = 0;                ///< see effect_low
  double p_value = 1;                    ///< two-sided, of this point alone; in (0, 1]
  double minimum_detectable_effect = 0;  ///< relative change that one point would show in 8 of 10 cases; 0: unknown
  std::size_t segment_start = 0;         ///< index of the segment's first point, as known at this point
  bool outside_limits = false;           ///< beyond the policy's expected range; no verdict follows from it
};

/// What a point is judged against. `points` accepted values; `dof` says how much the spread may be trusted.
struct Baseline {
  int points = 0;
  double centre = 0;
  double spread = 0;
  double degrees_of_freedom = 0;
  double second_lowest = 0;   ///< second smallest accepted value of the window
  double second_highest = 0;  ///< second largest accepted value of the window
};

/// Critical distance of one new point from the centre in units of the spread, for a two-sided `significance` in (0, 1).
double critical_distance(double significance, double degrees_of_freedom, int points);

/// Judges one unsuspect point. Fills everything but segment_start. A too young baseline gives too_few with its numbers.
/// `critical` is critical_distance(…) of the same baseline: it is handed in because callers judge many points alike.
Judgement judge_point(const Baseline& baseline, const Observation& point, const Policy& policy, double critical);

/// One to three plain sentences with the numbers: what was seen, against what, by which rule, what would be needed.
std::string explain(const Judgement& judgement, const Policy& policy, double value, std::string_view unit);

}  // namespace perftrend::detect
