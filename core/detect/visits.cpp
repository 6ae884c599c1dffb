#include "core/detect/visits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/noise.h"
#include "core/detect/selection.h"

namespace perftrend::detect {

namespace {

/// A visit begins and ends this share of the spread beyond its threshold: values near a threshold are no visits.
constexpr double visit_margin = 0.5;

/// Number of visits and the points at which one could have begun.
struct VisitCount {
  double visits = 0;
  double points = 0;
};

/// Logarithm of the likelihood of a rate of visits (Poisson) at its best, up to a constant.
double log_likelihood(const VisitCount& count) {
  return count.visits > 0 ? count.visits * std::log(count.visits / std::max(count.points, 1.0)) : 0;
}

/// A stretch of values and the positions, relative to its begin and ascending, at which its visits may change.
struct Stretch {
  std::span<const double> values;
  std::vector<std::size_t> positions;
};

/// Low and high end of the values without spikes, and their spread.
struct ValueRange {
  double low = 0;
  double high = 0;
  double spread = 0;
};

ValueRange range_of(std::span<const double> values) {
  std::vector<double> scratch(values.begin(), values.end());
  const std::size_t last = scratch.size() - 1;
  const auto quantile = [&](std::size_t rank) {
    std::nth_element(scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(rank), scratch.end());
    return scratch[rank];
  };
  const std::size_t tenth = scratch.size() / 10;
  const double spread = (quantile(last - tenth) - quantile(tenth)) / inner_80_range;
  if (spread < visit_spread_min) return {0, 0, spread};
  const std::size_t spikes = scratch.size() / 50;
  return {quantile(spikes), quantile(last - spikes), spread};
}

/// Raises `gains` to the logarithms of the likelihood ratio of two rates of visits, before and after each position, to
/// a common one. `sign` 1: visits above `threshold`; -1: visits below it.
void raise_gains(const Stretch& stretch, double threshold, double margin, double sign, std::vector<double>& gains) {
  std::vector<VisitCount> before;
  before.reserve(stretch.positions.size());
  VisitCount count;
  bool inside = false;
  auto position = stretch.positions.begin();
  for (std::size_t i = 0; i < stretch.values.size(); ++i) {
    if (position != stretch.positions.end() && *position == i) {
      before.push_back(count);
      ++position;
    }
    const double beyond = (stretch.values[i] - threshold) * sign;
    const bool ends = inside && beyond < -margin;
    if (!inside || ends) count.points += 1;
    if (!inside && beyond > margin) {
      count.visits += 1;
      inside = true;
    }
    if (ends) inside = false;
  }
  const double whole = log_likelihood(count);
  for (std::size_t k = 0; k < before.size(); ++k) {
    const VisitCount after{count.visits - before[k].visits, count.points - before[k].points};
    gains[k] = std::max(gains[k], log_likelihood(before[k]) + log_likelihood(after) - whole);
  }
}

/// Evidence for different rates before and after each position, as normal deviates; empty if the values do not wander.
std::vector<double> distances_of_visits(const Stretch& stretch) {
  const ValueRange range = range_of(stretch.values);
  if (range.spread < visit_spread_min) return {};
  const double margin = std::max(visit_margin * range.spread, 1.0);
  std::vector<double> above(stretch.positions.size(), 0.0);
  std::vector<double> below(stretch.positions.size(), 0.0);
  for (std::size_t k = 1; k <= visit_thresholds; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(visit_thresholds + 1);
    const double threshold = range.low + (range.high - range.low) * share;
    raise_gains(stretch, threshold, margin, 1, above);
    raise_gains(stretch, threshold, margin, -1, below);
  }
  // Twice the gain of two rates is chi-squared with two degrees of freedom, whose mean is 2.
  for (std::size_t k = 0; k < above.size(); ++k)
    above[k] = std::sqrt(std::max(2 * (above[k] + below[k]) - 2, 0.0));
  return above;
}

class Search {
 public:
  Search(std::span<const double> values, std::span<const std::size_t> possible)
      : values_(values), possible_(possible) {}

  /// Adds the changes between `left` and `right` to `found`, in order. The clearest one divides the search.
  void split(std::size_t left, std::size_t right, std::vector<std::size_t>& found) const {
    Stretch stretch{values_.subspan(left, right - left), {}};
    for (auto at = std::lower_bound(possible_.begin(), possible_.end(), left + level_points_min);
         at != possible_.end() && *at + level_points_min <= right; ++at)
      stretch.positions.push_back(*at - left);
    if (stretch.positions.empty()) return;
    const std::vector<double> distances = distances_of_visits(stretch);
    std::size_t best = 0;
    double strongest = 1;
    for (std::size_t k = 0; k < distances.size(); ++k) {
      const std::size_t shorter = std::min(stretch.positions[k], right - left - stretch.positions[k]);
      const double strength = distances[k] / significance_between(shorter, values_.size());
      if (strength < strongest) continue;
      strongest = strength;
      best = left + stretch.positions[k];
    }
    if (best == 0) return;
    split(left, best, found);
    found.push_back(best);
    split(best, right, found);
  }

 private:
  std::span<const double> values_;
  std::span<const std::size_t> possible_;
};

}  // namespace

std::vector<std::size_t> add_changes_of_visits(std::span<const double> values, std::span<const std::size_t> possible,
                                               std::span<const std::size_t> change_points) {
  const Search search(values, possible);
  std::vector<std::size_t> found;
  std::size_t left = 0;
  for (const std::size_t at : change_points) {
    search.split(left, at, found);
    found.push_back(at);
    left = at;
  }
  search.split(left, values.size(), found);
  return found;
}

}  // namespace perftrend::detect
