#include "core/detect/environment_shift.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/environments.h"
#include "core/detect/run.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// 25 % to 75 % of the standard normal.
constexpr double inner_50_range = 1.3489795003921634;

}  // namespace

std::optional<double> shift_of_series(std::span<const double> before, double value) {
  if (before.size() < environment_points_min) return std::nullopt;
  const double ratio = value / stats::median(before);
  if (!std::isfinite(ratio) || ratio <= 0) return std::nullopt;
  return std::log(ratio);
}

EnvironmentShift common_environment_shift(std::int64_t from, std::vector<double> shifts) {
  EnvironmentShift found{.from = from};
  if (shifts.size() < common_shift_series_min) return found;
  std::sort(shifts.begin(), shifts.end());
  const std::size_t quarter = shifts.size() / 4;
  found.series = static_cast<int>(shifts.size());
  found.shift = stats::median_of_sorted(shifts);
  const double range = shifts[shifts.size() - 1 - quarter] - shifts[quarter];
  for (double& shift : shifts)
    shift = std::abs(shift - found.shift);
  found.spread = std::max(stats::mad_to_sigma * stats::select_median(shifts), range / inner_50_range);
  return found;
}

}  // namespace perftrend::detect
