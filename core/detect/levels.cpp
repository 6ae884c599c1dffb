#include "core/detect/levels.h"

#include <cstddef>
#include <span>
#include <vector>

#include "core/stats/median.h"

namespace perftrend::detect {

std::vector<double> levels_between(std::span<const double> values, std::span<const std::size_t> change_points) {
  std::vector<double> levels;
  if (values.empty()) return levels;
  std::vector<double> scratch;
  std::size_t left = 0;
  for (std::size_t k = 0; k <= change_points.size(); ++k) {
    const std::size_t right = k < change_points.size() ? change_points[k] : values.size();
    const std::span<const double> segment = values.subspan(left, right - left);
    scratch.assign(segment.begin(), segment.end());
    levels.push_back(stats::select_median(scratch));
    left = right;
  }
  return levels;
}

}  // namespace perftrend::detect
