#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/detect/change_points.h"
#include "core/detect/generated_noise.h"

namespace perftrend::detect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Stretch {
  double level = 0;
  std::size_t points = 0;
};

std::vector<double> levels(std::initializer_list<Stretch> stretches, double noise = 0, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values;
  for (const Stretch& stretch : stretches) {
    for (std::size_t i = 0; i < stretch.points; ++i)
      values.push_back(stretch.level + noise * normal(random));
  }
  return values;
}

TEST(ChangePointProperties, ExactOnConstantsAndCleanSteps) {
  EXPECT_THAT(find_change_points({}), IsEmpty());
  for (const std::size_t n : {1U, 2U, 3U, 9U, 1000U}) {
    EXPECT_THAT(find_change_points(levels({{7, n}})), IsEmpty()) << n;
    EXPECT_THAT(find_change_points(levels({{0, n}})), IsEmpty()) << n;
  }
  EXPECT_THAT(find_change_points(levels({{1, 30}, {2, 30}})), ElementsAre(30));
  EXPECT_THAT(find_change_points(levels({{100, 30}, {101, 30}})), ElementsAre(30));
  EXPECT_THAT(find_change_points(levels({{-5, 30}, {5, 30}})), ElementsAre(30));
  EXPECT_THAT(find_change_points(levels({{0, 30}, {5, 30}})), ElementsAre(30));
  EXPECT_THAT(find_change_points(levels({{10, 12}, {12, 12}, {9, 12}})), ElementsAre(12, 24));
  EXPECT_THAT(find_change_points(levels({{10, 40}, {12, 40}, {10, 40}, {12, 40}, {10, 40}})),
              ElementsAre(40, 80, 120, 160));
}

TEST(ChangePointProperties, LoneSpikesAreNone) {
  std::vector<double> values = levels({{100, 61}});
  values[30] = 1000;
  EXPECT_THAT(find_change_points(values), IsEmpty());
  values[0] = 1000;
  values[60] = 1000;
  EXPECT_THAT(find_change_points(values), IsEmpty());
  values = levels({{100, 80}, {120, 80}}, 2);
  for (const std::size_t at : {3U, 30U, 79U, 81U, 120U, 159U})
    values[at] *= 10;
  EXPECT_THAT(find_change_points(values), SizeIs(1));
  EXPECT_NEAR(static_cast<double>(find_change_points(values)[0]), 80, 2);
}

TEST(ChangePointProperties, ADisturbanceThatEndsIsNotALevel) {
  EXPECT_THAT(find_change_points(levels({{100, 60}, {150, 4}, {100, 60}}, 2)), IsEmpty());
  EXPECT_THAT(find_change_points(levels({{100, 60}, {150, 12}, {100, 60}}, 2)), ElementsAre(60, 72));
}

TEST(ChangePointProperties, TheNewestLevelIsSeenFromThreePointsOn) {
  EXPECT_THAT(find_change_points(levels({{100, 100}, {110, 2}}, 1)), IsEmpty());
  EXPECT_THAT(find_change_points(levels({{100, 100}, {110, 3}}, 1)), ElementsAre(100));
}

/// Of `count` steps of `step` in such noise, how many are found within two points of their place.
int placed(NoiseKind kind, double step, int count) {
  int hits = 0;
  for (int k = 0; k < count; ++k) {
    const auto seed = static_cast<std::uint64_t>(k + 1);
    const auto at = static_cast<std::size_t>(60 + 3 * k % 70);
    std::vector<double> values = generated_noise(kind, 200, seed);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] += 30 + (i >= at ? step : 0);
    const std::vector<std::size_t> found = find_change_points(values);
    const auto is_near = [&](std::size_t c) { return c + 2 >= at && c <= at + 2; };
    hits += std::any_of(found.begin(), found.end(), is_near) ? 1 : 0;
  }
  return hits;
}

TEST(ChangePointProperties, NoiseOfTwoModesHidesNoStepThatEachModeShows) {
  EXPECT_GE(placed(NoiseKind::bimodal, 1, 100), 80);  // 2.5 deviations of one mode, half of the distance of the two
}

TEST(ChangePointProperties, AnEdgeOfTheNoisePlacesAStep) {
  EXPECT_GE(placed(NoiseKind::lognormal, 1, 100), 80);  // nothing is faster than its floor
}

TEST(ChangePointProperties, NoiseAloneIsQuiet) {
  std::size_t points = 0;
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    found += find_change_points(levels({{100, 250}}, 5, seed)).size();
    points += 250;
  }
  EXPECT_LE(found, 2U) << "false change points in " << points;
}

TEST(ChangePointProperties, AutocorrelatedNoiseIsQuiet) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::vector<double> values = levels({{0, 300}}, 1, seed);
    for (std::size_t i = 1; i < values.size(); ++i)
      values[i] += 0.6 * values[i - 1];
    for (double& value : values)
      value += 50;
    found += find_change_points(values).size();
  }
  EXPECT_LE(found, 6U) << "false change points in 30000";
}

TEST(ChangePointProperties, StepsInNoiseAreSeenWhereTheyAre) {
  int seen = 0;
  std::size_t wrong = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::vector<std::size_t> found = find_change_points(levels({{100, 90}, {104, 110}}, 2, seed));
    const auto near = [](std::size_t at) { return at >= 85 && at <= 95; };
    seen += std::any_of(found.begin(), found.end(), near) ? 1 : 0;
    wrong += static_cast<std::size_t>(std::count_if(found.begin(), found.end(), [&](auto at) { return !near(at); }));
  }
  EXPECT_GE(seen, 97);
  EXPECT_LE(wrong, 3U);
}

TEST(ChangePointProperties, ADriftIsNotAStaircaseAndAStepOnItIsFound) {
  std::vector<double> values = levels({{100, 300}}, 1);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += 0.03 * static_cast<double>(i);
  EXPECT_THAT(find_change_points(values), IsEmpty());
  for (std::size_t i = 150; i < values.size(); ++i)
    values[i] += 8;
  EXPECT_THAT(find_change_points(values), ElementsAre(150));
}

// ------------------------------------------------------------------------------------------------------- properties

class EveryStaircase : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::vector<double> values = levels({{50, 70}, {54, 60}, {47, 80}}, 1.0, GetParam());
  std::vector<std::size_t> found = find_change_points(values);
};

TEST_P(EveryStaircase, IsScaled) {
  for (const double factor : {1e-300, 1e-9, 0.5, 3.0, 1e9, 1e300, -1.0}) {
    std::vector<double> scaled = values;
    for (double& value : scaled)
      value *= factor;
    EXPECT_EQ(find_change_points(scaled), found) << factor;
  }
}

TEST_P(EveryStaircase, IsShifted) {  // while the steps stay relevant, the level does not matter
  for (const double offset : {-40.0, 10.0, 100.0}) {
    std::vector<double> shifted = values;
    for (double& value : shifted)
      value += offset;
    EXPECT_EQ(find_change_points(shifted), found) << offset;
  }
}

TEST_P(EveryStaircase, ReadsTheSameBackwards) {
  std::vector<double> reversed(values.rbegin(), values.rend());
  std::vector<std::size_t> mirrored = find_change_points(reversed);
  for (std::size_t& at : mirrored)
    at = values.size() - at;
  std::reverse(mirrored.begin(), mirrored.end());
  EXPECT_EQ(mirrored, found);
}

TEST_P(EveryStaircase, IsAscendingAndInside) {
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_EQ(std::adjacent_find(found.begin(), found.end()), found.end());
  for (const std::size_t at : found)
    EXPECT_TRUE(at >= 6 && at + 3 <= values.size()) << at;
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryStaircase, testing::Range<std::uint64_t>(1, 13));

TEST(ChangePointProperties, ExtremeValuesAreHarmless) {
  constexpr double huge = std::numeric_limits<double>::max();
  constexpr double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_THAT(find_change_points(levels({{-huge, 30}, {huge, 30}})), ElementsAre(30));
  EXPECT_THAT(find_change_points(levels({{0, 30}, {tiny, 30}})), ElementsAre(30));
  std::vector<double> wild;
  for (int i = 0; i < 200; ++i)
    wild.push_back(std::ldexp(i % 3 == 0 ? -1.0 : 1.0, (i * 37) % 2000 - 1000));
  for (const std::size_t at : find_change_points(wild))
    EXPECT_LT(at, wild.size());
}

TEST(ChangePointProperties, DifferencesInTheLastBitAreNone) {
  std::vector<double> values(40, 0.3);
  for (std::size_t i = 20; i < 40; ++i)
    values[i] = 0.1 + 0.2;
  EXPECT_THAT(find_change_points(values), IsEmpty());
}

}  // namespace
}  // namespace perftrend::detect
