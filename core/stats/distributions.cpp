#include "core/stats/distributions.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <limits>

namespace perftrend::stats {
namespace {

/// Boost would compute in long double for the last bit of a double, which no caller needs.
using FastMath = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using Normal = boost::math::normal_distribution<double, FastMath>;
using StudentsT = boost::math::students_t_distribution<double, FastMath>;

/// Larger than any distance whose tail matters; it prevents an overflow in Boost's series.
constexpr double distance_max = 1e12;

double as_p_value(double p) {
  return std::clamp(p, std::numeric_limits<double>::min(), 1.0);
}

}  // namespace

double normal_two_sided_p(double distance) {
  return as_p_value(2 * boost::math::cdf(boost::math::complement(Normal(), distance)));
}

double normal_quantile(double probability) {
  return boost::math::quantile(Normal(), probability);
}

double student_two_sided_p(double distance, double degrees) {
  const StudentsT t(degrees);
  return as_p_value(2 * boost::math::cdf(boost::math::complement(t, std::min(distance, distance_max))));
}

double student_upper_quantile(double probability, double degrees) {
  return boost::math::quantile(boost::math::complement(StudentsT(degrees), probability));
}

std::size_t fair_binomial_quantile(std::size_t trials, double probability) {
  // Boost rounds lower quantiles of discrete distributions outwards, which is down.
  const boost::math::binomial_distribution<double> below(static_cast<double>(trials), 0.5);
  return static_cast<std::size_t>(boost::math::quantile(below, probability));
}

}  // namespace perftrend::stats
