#include "core/detect/selection.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/evidence.h"
#include "core/detect/locate.h"
#include "core/detect/residuals.h"
#include "core/detect/returning_levels.h"

namespace perftrend::detect {

namespace {

/// Points that the correlation of the whole series counts as, next to that of the values around a change point. Noise
/// changes along a series: a restless stretch must not hide a clear step elsewhere.
constexpr double common_noise_points = 60;

/// Share of its largest strength that a change point retains while its neighbours are removed. Without it, a doubtful
/// change point that is removed makes its neighbours doubtful, and so on to both ends of the series.
constexpr double retained_strength = 0.8;

/// Backward elimination. Segment k lies between borders k and k + 1; borders 0 and last are the ends of the series.
class Selection {
 public:
  Selection(std::span<const double> values, double origin, const std::vector<std::size_t>& change_points);

  /// Removes the weakest change point until each remaining one passes. Each removal adds its step to the residuals
  /// around its neighbours: many equal wiggles disappear, and a true step among them stays.
  void remove_what_fails();

  [[nodiscard]] std::vector<std::size_t> selected() const { return {borders_.begin() + 1, borders_.end() - 1}; }

 private:
  struct TestedBorder {
    double strength = 0;  ///< at least 1 if the change point passes; the smallest one is removed first
    double retained = 0;
  };

  void test(std::size_t border);
  void remove(std::size_t border);
  double needed(std::size_t border) const;
  double inflation(std::size_t border);
  Residuals residuals(std::size_t from, std::size_t to);
  std::size_t change_points() const { return borders_.size() - 2; }
  std::size_t length(std::size_t segment) const { return borders_[segment + 1] - borders_[segment]; }

  std::span<const double> values_;
  double origin_;
  std::vector<std::size_t> borders_;
  std::vector<TestedBorder> tested_;  ///< by border; unused for the two ends
  Residuals common_;                  ///< of the whole series, before the first removal, as common_noise_points values
  std::vector<double> scratch_;
};

Selection::Selection(std::span<const double> values, double origin, const std::vector<std::size_t>& change_points)
    : values_(values), origin_(origin) {
  borders_.push_back(0);
  borders_.insert(borders_.end(), change_points.begin(), change_points.end());
  borders_.push_back(values.size());
  tested_.resize(borders_.size());
  scratch_.reserve(values.size() + 1);
  for (std::size_t k = 0; k + 1 < borders_.size(); ++k)
    common_ += residuals(borders_[k], borders_[k + 1]);
  common_ = common_.scaled_to(common_noise_points);
  for (std::size_t border = 1; border <= change_points.size(); ++border)
    test(border);
}

Residuals Selection::residuals(std::size_t from, std::size_t to) {
  return Residuals::of_segment(values_.subspan(from, to - from), scratch_);
}

double Selection::needed(std::size_t border) const {
  const std::size_t before = length(border - 1);
  const std::size_t after = length(border);
  if (border == change_points() && after < before) return significance_newest;
  return significance_between(std::min(before, after), values_.size());
}

double Selection::inflation(std::size_t border) {
  const auto [left, at, right] = near_by({borders_[border - 1], borders_[border], borders_[border + 1]});
  Residuals around = common_;
  around += residuals(left, at);
  around += residuals(at, right);
  return around.inflation(std::min(at - left, right - at));
}

void Selection::test(std::size_t border) {
  const Evidence e = evidence_for({borders_[border - 1], borders_[border], borders_[border + 1]}, values_, scratch_);
  TestedBorder& tested = tested_[border];
  tested.strength = std::max(e.distance / (needed(border) * inflation(border)), tested.retained);
  tested.retained = std::max(tested.retained, retained_strength * tested.strength);
  const double level = std::abs(e.centre + origin_);
  const std::size_t after_min = border == change_points() ? newest_points_min : level_points_min;
  const bool lasts = length(border - 1) >= level_points_min && length(border) >= after_min;
  const bool seen = e.step >= step_min && e.shift > rounding * level;
  const bool matters = e.shift >= relative_min * level || e.step >= step_clear;
  if (!lasts) {
    tested.strength = 0.1 * std::min(tested.strength, 1.0);
  } else if (!seen || !matters) {
    tested.strength = std::min(tested.strength, 0.9);
  }
}

void Selection::remove(std::size_t border) {
  const auto at = static_cast<std::ptrdiff_t>(border);
  borders_.erase(borders_.begin() + at);
  tested_.erase(tested_.begin() + at);
  if (border > 1) test(border - 1);
  if (border + 1 < borders_.size()) test(border);
}

void Selection::remove_what_fails() {
  while (change_points() > 0) {
    const auto weakest =
        std::min_element(tested_.begin() + 1, tested_.end() - 1,
                         [](const TestedBorder& a, const TestedBorder& b) { return a.strength < b.strength; });
    if (weakest->strength >= 1) return;
    remove(static_cast<std::size_t>(weakest - tested_.begin()));
  }
}

std::vector<std::size_t> select(std::span<const double> values, double origin,
                                const std::vector<std::size_t>& proposed) {
  if (proposed.empty()) return {};
  Selection selection(values, origin, proposed);
  selection.remove_what_fails();
  return selection.selected();
}

std::vector<std::size_t> best_locations(std::span<const double> values, const std::vector<std::size_t>& change_points) {
  std::vector<std::size_t> locations;
  for (std::size_t k = 0; k < change_points.size(); ++k) {
    const bool is_newest = k + 1 == change_points.size();
    const std::size_t left = locations.empty() ? 0 : locations.back();
    const std::size_t right = is_newest ? values.size() : change_points[k + 1];
    const std::size_t right_min = is_newest ? newest_points_min : level_points_min;
    locations.push_back(locate_change({left, change_points[k], right}, level_points_min, right_min, values));
  }
  return locations;
}

}  // namespace

double significance_between(std::size_t points, std::size_t series_points) {
  const double places = static_cast<double>(series_points) / (2 * static_cast<double>(points));
  return significance_inside + significance_per_place * std::sqrt(std::max(2 * std::log(places), 0.0));
}

std::vector<std::size_t> select_change_points(std::span<const double> values, double origin,
                                              const std::vector<std::size_t>& proposed) {
  // The second test begins with what the first left: what passed only among removed neighbours fails.
  std::vector<std::size_t> selected = select(values, origin, select(values, origin, proposed));
  const std::vector<std::size_t> lasting = without_returning_levels(values, selected);
  if (lasting.size() < selected.size()) selected = select(values, origin, lasting);
  return best_locations(values, selected);
}

}  // namespace perftrend::detect
