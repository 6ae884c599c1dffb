#include "core/detect/drift.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/candidates.h"
#include "core/detect/noise.h"
#include "core/detect/residuals.h"
#include "core/stats/distributions.h"
#include "core/stats/median.h"

namespace perftrend::detect {

CommonSlope common_slope(std::span<const double> values, std::span<const std::size_t> change_points) {
  std::vector<double> scratch;
  scratch.reserve(values.size());
  CommonSlope common;
  double products = 0;
  double squares = 0;
  std::size_t left = 0;
  for (std::size_t k = 0; k <= change_points.size(); ++k) {
    const std::size_t right = k < change_points.size() ? change_points[k] : values.size();
    const std::span<const double> segment = values.subspan(left, right - left);
    scratch.assign(segment.begin(), segment.end());
    const double middle = stats::select_median(scratch);
    const auto length = static_cast<double>(segment.size());
    double sum = 0;
    double x = (1 - length) / 2;
    for (const double value : segment) {
      const double residual = std::clamp(value - middle, -clip_reach, clip_reach);
      products += x * residual;
      squares += x * x;
      sum += residual;
      common.cost += residual * residual;
      x += 1;
    }
    common.cost -= sum * sum / length;
    left = right;
  }
  if (squares > 0) {
    common.slope = products / squares;
    common.error = std::sqrt(common.cost / static_cast<double>(values.size()) / squares);
  }
  return common;
}

std::optional<Trend> find_trend(std::span<const double> values) {
  const std::size_t n = values.size();
  if (n < trend_points_min) return std::nullopt;
  const NoiseUnits units = in_noise_units(values);
  if (units.values.empty()) return std::nullopt;
  const std::vector<double> clipped = clip_to_running_median(units.values, clip_reach);
  // Two passes: clipping around one level cuts the ends of a strong trend, clipping around the first line does not.
  std::vector<double> flat = clipped;
  double slope = 0;
  for (int pass = 0; pass < 2; ++pass) {
    slope += common_slope(flat, {}).slope;
    for (std::size_t i = 0; i < n; ++i)
      flat[i] = clipped[i] - slope * static_cast<double>(i);
  }
  std::vector<double> scratch;
  const double error = common_slope(flat, {}).error * Residuals::of_segment(flat, scratch).inflation(n / 2);
  const double distance = std::abs(slope) / std::max(error, 1e-12);
  if (distance < trend_significance) return std::nullopt;
  const double rise = slope * static_cast<double>(n - 1);
  const double middle = stats::select_median(flat) + rise / 2 + units.origin;
  Trend trend;
  trend.slope = slope * units.scale;
  trend.effect = std::abs(middle) > 0 ? std::clamp(rise / std::abs(middle), -1e15, 1e15) : std::copysign(1.0, rise);
  trend.p_value = stats::normal_two_sided_p(distance);
  return trend;
}

}  // namespace perftrend::detect
