#include "core/detect/verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/stats/distributions.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// Real timing noise has heavier tails than the normal distribution, so Student's t never has more degrees of freedom.
constexpr double degrees_of_freedom_max = 10;

/// Half width of a 95 % interval and the distance for 80 % power, in standard deviations of the normal.
constexpr double sigma_of_95_percent = 1.959963984540054;
constexpr double sigma_of_80_percent_power = 0.8416212335729143;

/// Standard error of a median of normal samples: sqrt(pi / 2) sigma / sqrt(n).
constexpr double median_standard_error = 1.2533141373155003;

double trusted_degrees(double degrees) {
  return std::clamp(degrees, 1.0, degrees_of_freedom_max);
}

/// Difference relative to the centre. A centre of 0 has no relative scale, so every difference is a change of 100 %.
double relative(double difference, double centre) {
  if (difference == 0) return 0;
  if (centre == 0) return std::copysign(1.0, difference);
  return std::clamp(difference / std::abs(centre), -1e15, 1e15);
}

/// Spread of the baseline, or the standard error of the point if its run was noisier than the series.
double spread_of_point(const Baseline& baseline, const Observation& point) {
  const double samples = std::max(point.samples, 1);
  const double own =
      point.samples > 1 ? median_standard_error * stats::mad_to_sigma * point.mad / std::sqrt(samples) : 0.0;
  // Equal values computed in two ways may differ in the last bits, which is not a change.
  const double rounding = 16 * std::numeric_limits<double>::epsilon() * std::abs(baseline.centre);
  return std::max({baseline.spread, own, rounding, std::numeric_limits<double>::min()});
}

void decide(Judgement& j, const Baseline& baseline, double value, const Policy& policy) {
  const bool higher = value > baseline.centre;
  const bool significant = value < j.low || value > j.high;
  const bool relevant = std::abs(value - baseline.centre) >= relevant_change(policy, baseline.centre);
  const bool seen = higher ? value <= baseline.second_highest : value >= baseline.second_lowest;
  j.verdict = Verdict::ok;
  if (!significant) {
    // The band includes the minimum effect: state which of the two conditions was not met.
    j.rule = j.p_value < policy.significance && !relevant ? Rule::below_minimum_effect : Rule::inside_band;
  } else if (seen) {
    j.rule = Rule::seen_in_window;
  } else {
    j.rule = Rule::beyond_band;
    j.verdict = higher == (policy.better == Better::lower) ? Verdict::regressed : Verdict::improved;
  }
}

}  // namespace

double relevant_change(const Policy& policy, double centre) {
  const double of_level = policy.minimum_effect * std::abs(centre);
  if (!policy.share || centre < 0 || centre > 100) return of_level;
  const double ceiling = centre > 1 ? 100 : 1;
  const double of_distance = std::max(ceiling_effect * (ceiling - centre), ceiling_resolution * ceiling);
  return std::min(of_level, of_distance);
}

double relative_change(double before, double after) {
  return relative(after - before, before);
}

double critical_distance(double significance, double degrees_of_freedom, int points) {
  const double p = std::clamp(significance, 1e-12, 1.0);
  const double quantile = stats::student_upper_quantile(p / 2, trusted_degrees(degrees_of_freedom));
  return std::max(quantile, 0.0) * std::sqrt(1 + 1.0 / std::max(points, 1));
}

Judgement judge_point(const Baseline& baseline, const Observation& point, const Policy& policy, double critical) {
  Judgement j;
  j.window_points = baseline.points;
  j.outside_limits =
      (policy.limit_low && point.value < *policy.limit_low) || (policy.limit_high && point.value > *policy.limit_high);
  if (baseline.points == 0) return j;
  const double spread = spread_of_point(baseline, point);
  const double difference = point.value - baseline.centre;
  const double reach = std::max(critical * spread, relevant_change(policy, baseline.centre));
  const double widening = std::sqrt(1 + 1.0 / baseline.points);
  j.centre = baseline.centre;
  j.spread = spread;
  j.low = baseline.centre - reach;
  j.high = baseline.centre + reach;
  j.effect = relative(difference, baseline.centre);
  j.effect_low = relative(difference - sigma_of_95_percent * spread * widening, baseline.centre);
  j.effect_high = relative(difference + sigma_of_95_percent * spread * widening, baseline.centre);
  j.p_value = stats::student_two_sided_p(std::abs(difference) / (spread * widening),
                                         trusted_degrees(baseline.degrees_of_freedom));
  j.minimum_detectable_effect = relative(reach + sigma_of_80_percent_power * spread, baseline.centre);
  if (baseline.points >= policy.minimum_points) decide(j, baseline, point.value, policy);
  return j;
}

}  // namespace perftrend::detect
