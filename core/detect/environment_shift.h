#pragma once
// Common shift of an environment: by how much most series of a testbed and branch moved together when an environment
// first measured them. It separates the effect of a machine from a regression that begins with its first run. Pure
// functions; any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Accepted points of an environment that make the level which another environment is compared with.
inline constexpr std::size_t compared_points = 8;

/// Common shift from the environment `from`, as natural logarithms of ratios.
struct EnvironmentShift {
  std::int64_t from = 0;  ///< environment that measured most of the points before
  double shift = 0;       ///< median over the series; > 0: the values became larger
  double spread = 0;      ///< robust standard deviation of the shifts of single series
  int series = 0;         ///< compared series; 0: the shift is unknown
  friend bool operator==(const EnvironmentShift&, const EnvironmentShift&) = default;
};

/// Shift of one series: logarithm of the ratio of `value` to the median of `before`, its newest points in the
/// environment `from`, in any order. nullopt for fewer than environment_points_min of them, and where the ratio is not
/// positive.
std::optional<double> shift_of_series(std::span<const double> before, double value);

/// `shifts`: one per series. Unknown for fewer than common_shift_series_min of them. If a quarter of the series moved
/// apart, the spread says so.
EnvironmentShift common_environment_shift(std::int64_t from, std::vector<double> shifts);

}  // namespace perftrend::detect
