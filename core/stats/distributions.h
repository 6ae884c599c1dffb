#pragma once
// Tail probabilities and quantiles of the distributions that the tests use. Pure functions; any thread. Results are
// finite and never NaN for finite arguments in the stated ranges.

#include <cstddef>

namespace perftrend::stats {

/// P(|Z| >= distance) of the standard normal, in (0, 1]. `distance` >= 0.
double normal_two_sided_p(double distance);

/// Quantile of the standard normal, `probability` in (0, 1).
double normal_quantile(double probability);

/// P(|T| >= distance) of Student's t, in (0, 1]. `distance` >= 0, `degrees` > 0.
double student_two_sided_p(double distance, double degrees);

/// The distance that Student's t exceeds with `probability` in (0, 1) on one side.
double student_upper_quantile(double probability, double degrees);

/// The greatest k with P(B <= k) <= probability, B binomial with `trials` fair trials; 0 if no such k exists.
std::size_t fair_binomial_quantile(std::size_t trials, double probability);

}  // namespace perftrend::stats
