#include "core/detect/selection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/detect/evidence.h"
#include "core/detect/locate.h"
#include "core/detect/residuals.h"

namespace perftrend::detect {

namespace {

/// Moving a change point changes the values that its neighbours are tested on: test, move, test and move again.
constexpr int rounds = 2;

/// Backward elimination. Segment k lies between borders k and k + 1; borders 0 and last are the ends of the series.
class Selection {
 public:
  Selection(std::span<const double> values, double origin, const std::vector<std::size_t>& change_points);

  /// Removes the weakest change point until each remaining one passes. Each removal adds its step to the residuals, so
  /// the noise is measured again: many equal wiggles disappear, and a true step among them stays.
  void remove_what_fails();

  std::vector<std::size_t> best_locations();

 private:
  /// The facts about a change point that do not depend on the noise of the whole series.
  struct TestedBorder {
    Evidence evidence;
    double needed = 0;  ///< standard errors of independent noise
  };

  void test(std::size_t border);
  double needed(std::size_t border) const;
  double strength(std::size_t border, const std::array<double, block_scales>& inflation) const;
  void remove(std::size_t border);
  Residuals residuals(std::size_t segment);
  std::size_t change_points() const { return borders_.size() - 2; }
  std::size_t length(std::size_t segment) const { return borders_[segment + 1] - borders_[segment]; }

  std::span<const double> values_;
  double origin_;
  std::vector<std::size_t> borders_;
  std::vector<TestedBorder> tested_;  ///< by border; unused for the two ends
  std::vector<Residuals> segments_;
  Residuals all_;
  std::vector<double> scratch_;
};

Selection::Selection(std::span<const double> values, double origin, const std::vector<std::size_t>& change_points)
    : values_(values), origin_(origin) {
  borders_.push_back(0);
  borders_.insert(borders_.end(), change_points.begin(), change_points.end());
  borders_.push_back(values.size());
  tested_.resize(borders_.size());
  scratch_.reserve(values.size() + 1);
  for (std::size_t k = 0; k + 1 < borders_.size(); ++k) {
    segments_.push_back(residuals(k));
    all_ += segments_.back();
    if (k > 0) test(k);
  }
}

Residuals Selection::residuals(std::size_t segment) {
  return Residuals::of_segment(values_.subspan(borders_[segment], length(segment)), scratch_);
}

void Selection::test(std::size_t border) {
  tested_[border] = {evidence_for({borders_[border - 1], borders_[border], borders_[border + 1]}, values_, scratch_),
                     needed(border)};
}

double Selection::needed(std::size_t border) const {
  const std::size_t before = length(border - 1);
  const std::size_t after = length(border);
  if (border == change_points() && after < before) return significance_newest;
  const double locations = static_cast<double>(values_.size()) / (2 * static_cast<double>(std::min(before, after)));
  return significance_inside + significance_per_place * std::sqrt(std::max(2 * std::log(locations), 0.0));
}

/// At least 1 if the change point passes; the smallest one is removed first.
double Selection::strength(std::size_t border, const std::array<double, block_scales>& inflation) const {
  const auto& [e, needed] = tested_[border];
  const std::size_t before = length(border - 1);
  const std::size_t after = length(border);
  const double strength = e.distance / (needed * inflation_at(inflation, std::min(before, after)));
  const double level = std::abs(e.centre + origin_);
  const std::size_t after_min = border == change_points() ? newest_points_min : level_points_min;
  if (before < level_points_min || after < after_min) return 0.1 * std::min(strength, 1.0);
  const bool seen = e.step >= step_min && e.shift > rounding * level;
  const bool matters = e.shift >= relative_min * level || e.step >= step_clear;
  return seen && matters ? strength : std::min(strength, 0.9);
}

void Selection::remove(std::size_t border) {
  const auto at = static_cast<std::ptrdiff_t>(border);
  all_ -= segments_[border - 1];
  all_ -= segments_[border];
  borders_.erase(borders_.begin() + at);
  tested_.erase(tested_.begin() + at);
  segments_.erase(segments_.begin() + at);
  segments_[border - 1] = residuals(border - 1);
  all_ += segments_[border - 1];
  if (border > 1) test(border - 1);
  if (border + 1 < borders_.size()) test(border);
}

void Selection::remove_what_fails() {
  while (change_points() > 0) {
    const std::array<double, block_scales> inflation = all_.inflation();
    std::size_t weakest = 0;
    double least = 1;
    for (std::size_t border = 1; border <= change_points(); ++border) {
      const double s = strength(border, inflation);
      if (s < least) {
        least = s;
        weakest = border;
      }
    }
    if (weakest == 0) return;
    remove(weakest);
  }
}

std::vector<std::size_t> Selection::best_locations() {
  std::vector<std::size_t> locations;
  for (std::size_t border = 1; border <= change_points(); ++border) {
    const std::size_t left = locations.empty() ? 0 : locations.back();
    const std::size_t right_min = border == change_points() ? newest_points_min : level_points_min;
    locations.push_back(
        locate_change({left, borders_[border], borders_[border + 1]}, level_points_min, right_min, values_));
  }
  return locations;
}

}  // namespace

std::vector<std::size_t> select_change_points(std::span<const double> values, double origin,
                                              std::vector<std::size_t> proposed) {
  for (int round = 0; round < rounds && !proposed.empty(); ++round) {
    Selection selection(values, origin, proposed);
    selection.remove_what_fails();
    proposed = selection.best_locations();
  }
  return proposed;
}

}  // namespace perftrend::detect
