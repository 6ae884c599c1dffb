// Series with many levels, and series whose levels return: what a person sees in them is found.

#include "core/detect/returning_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/detect/change_points.h"
#include "core/detect/generated_noise.h"
#include "core/detect/visits.h"

namespace perftrend::detect {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Places = std::vector<std::size_t>;

bool has_near(const Places& places, std::size_t at, std::size_t tolerance) {
  return std::any_of(places.begin(), places.end(),
                     [&](std::size_t place) { return place + tolerance >= at && place <= at + tolerance; });
}

struct Scores {
  double recall = 0;
  double false_per_thousand = 0;
};

/// Steps of at least four times the noise that are found within two points.
Scores staircase_scores(double spread, double mean_points, std::size_t points, int count) {
  int clear = 0;
  int found = 0;
  std::size_t wrong = 0;
  for (int k = 0; k < count; ++k) {
    std::vector<DrawnLevel> levels;
    const Places places =
        find_change_points(staircase(spread, mean_points, points, static_cast<std::uint64_t>(k + 1), levels));
    for (const DrawnLevel& level : levels) {
      if (level.step < 4 || level.at < 6 || level.at + 6 > points) continue;
      ++clear;
      found += has_near(places, level.at, 2) ? 1 : 0;
    }
    for (const std::size_t place : places) {
      wrong += std::none_of(levels.begin(), levels.end(),
                            [&](const DrawnLevel& level) { return has_near({place}, level.at, 5); })
                   ? 1U
                   : 0U;
    }
  }
  return {static_cast<double>(found) / clear,
          1000 * static_cast<double>(wrong) / static_cast<double>(points) / static_cast<double>(count)};
}

// A change point that is removed adds its step to the noise. This must not hide the clear steps around it, however long
// the series is.
TEST(ManyLevels, AreFoundInALongSeries) {
  for (const double spread : {4.0, 8.0}) {
    const Scores scores = staircase_scores(spread, 50, 3000, 8);
    EXPECT_GE(scores.recall, 0.97) << spread;
    EXPECT_LE(scores.false_per_thousand, 0.3) << spread;
  }
}

TEST(ManyLevels, AreFoundAlsoWhenTheyAreShort) {
  const Scores scores = staircase_scores(8, 20, 3000, 8);
  EXPECT_GE(scores.recall, 0.9);
  EXPECT_LE(scores.false_per_thousand, 0.3);
}

TEST(ManyLevels, AStepIsFoundNextToAStretchOfRestlessNoise) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::vector<double> values = two_mode_series({.gap = 8, .mean_stay = 8}, 300, seed);
    const std::vector<double> quiet = quiet_series(160, 120, seed);
    values.insert(values.end(), quiet.begin(), quiet.end());
    for (std::size_t i = 380; i < values.size(); ++i)
      values[i] += 4;
    found += has_near(find_change_points(values), 380, 3) ? 1 : 0;
  }
  EXPECT_GE(found, 34);
}

Places alternating(std::size_t stays, std::size_t points) {
  Places places;
  for (std::size_t k = 1; k < stays; ++k)
    places.push_back(k * points);
  return places;
}

std::vector<double> alternating_values(std::size_t stays, std::size_t points, double gap) {
  std::vector<double> values = generated_noise(NoiseKind::gauss, stays * points, 3);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += 100 + (i / points % 2 == 1 ? gap : 0);
  return values;
}

TEST(ReturningLevels, ShortOnesThatReturnOftenAreOneSeriesOfTwoModes) {
  const std::vector<double> often = alternating_values(9, 15, 10);
  EXPECT_THAT(without_returning_levels(often, alternating(9, 15)), IsEmpty());
  EXPECT_THAT(find_change_points(often), IsEmpty());
}

TEST(ReturningLevels, AreChangesWhileTheyAreFewOrLong) {
  const std::vector<double> twice = alternating_values(5, 15, 10);
  EXPECT_EQ(without_returning_levels(twice, alternating(5, 15)), alternating(5, 15));
  const std::vector<double> lasting = alternating_values(9, lasting_points, 10);
  EXPECT_EQ(without_returning_levels(lasting, alternating(9, lasting_points)), alternating(9, lasting_points));
}

TEST(ReturningLevels, OfDifferentHeightAreChanges) {
  std::vector<double> values = alternating_values(9, 15, 10);
  for (std::size_t stay = 1; stay < 9; stay += 2) {
    for (std::size_t i = 0; i < 15; ++i)
      values[stay * 15 + i] += 3 * static_cast<double>(stay);
  }
  EXPECT_EQ(without_returning_levels(values, alternating(9, 15)), alternating(9, 15));
}

/// Share of 60 shifts of one or both modes that are found within one mean stay.
double shifts_found(TwoModes modes, std::size_t& others) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    modes.shift_at = 120 + seed;
    const Places places = find_change_points(two_mode_series(modes, 300, seed));
    const auto tolerance = std::max<std::size_t>(5, static_cast<std::size_t>(modes.mean_stay));
    found += has_near(places, modes.shift_at, tolerance) ? 1 : 0;
    others += static_cast<std::size_t>(std::count_if(places.begin(), places.end(), [&](std::size_t place) {
      return !has_near({place}, modes.shift_at, tolerance);
    }));
  }
  return found / 60.0;
}

TEST(TwoModesThatStay, ShowAShiftOfBoth) {
  for (const double stay : {5.0, 10.0, 15.0}) {
    std::size_t others = 0;
    EXPECT_GE(shifts_found({.mean_stay = stay, .low_shift = 18, .high_shift = 18}, others), 0.95) << stay;
    EXPECT_GE(shifts_found({.mean_stay = stay, .low_shift = 9, .high_shift = 9}, others), 0.9) << stay;
    EXPECT_GE(shifts_found({.mean_stay = stay, .low_shift = 6, .high_shift = 6}, others), 0.65) << stay;
    EXPECT_GE(shifts_found({.mean_stay = stay, .low_shift = 3, .high_shift = 3}, others), 0.5) << stay;
    EXPECT_LE(others, 4 * 60 * 300 * 18 / 1000U) << stay;  // 18 per 1,000 points: switches between long stays
  }
}

TEST(TwoModesThatStay, ShowAShiftOfOne) {
  std::size_t others = 0;
  EXPECT_GE(shifts_found({.mean_stay = 5, .high_shift = 12}, others), 0.5);
  EXPECT_GE(shifts_found({.mean_stay = 5, .low_shift = -12}, others), 0.5);
}

TEST(TwoModesThatStay, AreQuietWhenNothingChanges) {
  for (const double stay : {3.0, 5.0}) {
    std::size_t found = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed)
      found += find_change_points(two_mode_series({.mean_stay = stay}, 300, seed)).size();
    EXPECT_LE(found, 12U) << stay;
  }
}

TEST(Visits, ALevelThatIsNeverVisitedAgainIsAChange) {
  std::vector<double> values = alternating_values(40, 8, 8);
  for (std::size_t i = 160; i < values.size(); ++i)
    values[i] += 4;
  const Places possible = alternating(40, 8);
  EXPECT_THAT(add_changes_of_visits(values, possible, {}), ElementsAre(160));
  EXPECT_THAT(add_changes_of_visits(alternating_values(40, 8, 8), possible, {}), IsEmpty());
  EXPECT_THAT(add_changes_of_visits(values, possible, Places{40}), Contains(40));
}

TEST(Visits, IndependentNoiseIsNotSearched) {
  const std::vector<double> values = quiet_series(200, 100, 1);
  Places possible;
  for (std::size_t at = 6; at + 6 < values.size(); ++at)
    possible.push_back(at);
  EXPECT_THAT(add_changes_of_visits(values, possible, {}), IsEmpty());
}

}  // namespace
}  // namespace perftrend::detect
