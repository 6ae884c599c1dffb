#include "core/detect/returning_levels.h"

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/evidence.h"
#include "core/detect/levels.h"

namespace perftrend::detect {

namespace {

bool equal_levels(double a, double b) {
  return std::abs(a - b) < 1;
}

/// A short level between two equal ones.
struct Visit {
  std::size_t segment = 0;
  std::size_t at = 0;
  double level = 0;
  double base = 0;
};

bool same_visit(const Visit& a, const Visit& b) {
  const std::size_t between = a.at > b.at ? a.at - b.at : b.at - a.at;
  return between <= side_points_most && equal_levels(a.level, b.level) && (a.level > a.base) == (b.level > b.base);
}

}  // namespace

std::vector<std::size_t> without_returning_levels(std::span<const double> values,
                                                  std::span<const std::size_t> change_points) {
  const std::vector<double> levels = levels_between(values, change_points);
  std::vector<Visit> visits;
  for (std::size_t k = 1; k < change_points.size(); ++k) {
    const bool is_short = change_points[k] - change_points[k - 1] < lasting_points;
    if (is_short && equal_levels(levels[k - 1], levels[k + 1]))
      visits.push_back({k, change_points[k - 1], levels[k], levels[k - 1]});
  }
  std::vector<bool> dropped(change_points.size(), false);
  for (const Visit& visit : visits) {
    int known = -1;  // the visit itself
    for (const Visit& other : visits)
      known += same_visit(visit, other) ? 1 : 0;
    if (known < visits_known) continue;
    dropped[visit.segment - 1] = true;
    dropped[visit.segment] = true;
  }
  std::vector<std::size_t> left;
  for (std::size_t k = 0; k < change_points.size(); ++k) {
    if (!dropped[k]) left.push_back(change_points[k]);
  }
  return left;
}

}  // namespace perftrend::detect
