#include "core/detect/change_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "core/detect/candidates.h"
#include "core/detect/drift.h"
#include "core/detect/generated_noise.h"
#include "core/detect/history.h"
#include "core/detect/levels.h"
#include "core/detect/partition.h"

namespace perftrend::detect {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointwise;
using ::testing::SizeIs;

using Places = std::vector<std::size_t>;

/// Noise of standard deviation 1 around 100; from 80 on `step` more, from 140 on back.
std::vector<double> hill(NoiseKind kind, double step, std::uint64_t seed, std::size_t points = 200) {
  std::vector<double> values = generated_noise(kind, points, seed);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += 100 + (i >= 80 && i < 140 ? step : 0);
  return values;
}

TEST(ChangePointsInNoise, ALoneSpikeChangesNone) {
  for (const NoiseKind kind : all_noise_kinds) {
    const std::vector<double> clean = hill(kind, 8, 11);
    const Places without = find_change_points(clean);
    ASSERT_THAT(without, SizeIs(2));
    for (const std::size_t at : {0U, 10U, 40U, 77U, 80U, 81U, 110U, 150U, 198U, 199U}) {
      std::vector<double> spiked = clean;
      spiked[at] *= 10;
      EXPECT_EQ(find_change_points(spiked), without) << "spike at " << at << ", noise " << static_cast<int>(kind);
    }
    for (const std::size_t at : {78U, 79U}) {  // just before a step up it may be taken for its beginning
      std::vector<double> spiked = clean;
      spiked[at] *= 10;
      const Places places = find_change_points(spiked);
      ASSERT_THAT(places, SizeIs(2));
      EXPECT_GE(places[0], at);
      EXPECT_LE(places[0], without[0]);
      EXPECT_EQ(places[1], without[1]);
    }
  }
}

TEST(ChangePointsInNoise, AreThoseOfTheSeriesScaledAndMirrored) {
  std::uint64_t seed = 40;
  for (const NoiseKind kind : all_noise_kinds) {
    const std::vector<double> values = hill(kind, 4, ++seed);
    const Places expected = find_change_points(values);
    for (const double factor : {2.0, 0.125, -1.0, 1e-9, 1e9, 3.7}) {
      std::vector<double> scaled = values;
      for (double& value : scaled)
        value *= factor;
      EXPECT_EQ(find_change_points(scaled), expected) << factor;
    }
  }
}

// A shift leaves the noise as it is; only the rule of the least relative change looks at the level. Steps of twice the
// noise and more do not depend on it.
TEST(ChangePointsInNoise, AreThoseOfTheSeriesShifted) {
  std::uint64_t seed = 60;
  for (const NoiseKind kind : all_noise_kinds) {
    const std::vector<double> values = hill(kind, 8, ++seed);
    const Places expected = find_change_points(values);
    ASSERT_THAT(expected, SizeIs(2));
    for (const double shift : {-100.0, 1000.0, 4096.0}) {
      std::vector<double> shifted = values;
      for (double& value : shifted)
        value += shift;
      EXPECT_EQ(find_change_points(shifted), expected) << shift;
    }
  }
}

TEST(ChangePointsInNoise, SmallRelativeStepsMatterOnlyWhereTheyAreClear) {
  // 1.5 standard deviations: sure, yet only 0.15 % of the level. As 5 % of it, it is reported.
  std::vector<double> high = generated_noise(NoiseKind::gauss, 200, 3);
  for (std::size_t i = 0; i < high.size(); ++i)
    high[i] += 1000 + (i >= 100 ? 1.5 : 0);
  std::vector<double> low = high;
  for (double& value : low)
    value -= 970;
  EXPECT_THAT(find_change_points(high), IsEmpty());
  ASSERT_THAT(find_change_points(low), SizeIs(1));
  EXPECT_NEAR(static_cast<double>(find_change_points(low)[0]), 100, 5);
}

TEST(ChangePointsInNoise, AStepIsFoundInEveryKind) {
  for (const NoiseKind kind : all_noise_kinds) {
    int found = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Places places = find_change_points(hill(kind, 4, 900 + seed));
      const auto near = [&](std::size_t at) {
        return std::any_of(places.begin(), places.end(), [&](std::size_t c) { return c + 3 >= at && c <= at + 3; });
      };
      found += places.size() == 2 && near(80) && near(140) ? 1 : 0;
    }
    EXPECT_GE(found, 18) << static_cast<int>(kind);
  }
}

// A/A: at most 0.1 per 1,000 points of independent noise, 60 series of 300 points of each kind.
TEST(ChangePointsInNoise, NoiseAloneHasHardlyAny) {
  for (const NoiseKind kind : all_noise_kinds) {
    std::size_t found = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed)
      found += find_change_points(hill(kind, 0, 2000 + seed, 300)).size();
    EXPECT_LE(found, 2U) << static_cast<int>(kind);
  }
}

TEST(ChangePointsInNoise, AutocorrelatedNoiseHasFew) {
  std::size_t found = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::vector<double> values = generated_noise(NoiseKind::gauss, 300, 3000 + seed);
    for (std::size_t i = 1; i < values.size(); ++i)
      values[i] = 0.6 * values[i - 1] + 0.8 * values[i];
    found += find_change_points(values).size();
  }
  EXPECT_LE(found, 4U);
}

TEST(ChangePointsInNoise, ADriftWithAStepKeepsTheStep) {
  std::vector<double> values = quiet_series(200, 100, 4);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += 0.05 * static_cast<double>(i) + (i >= 120 ? 10 : 0);
  const Places places = find_change_points(values);
  ASSERT_THAT(places, SizeIs(1));
  EXPECT_NEAR(static_cast<double>(places[0]), 120, 2);
}

TEST(ExtremeNumbers, StayNumbers) {
  constexpr double largest = std::numeric_limits<double>::max();
  constexpr double smallest = std::numeric_limits<double>::denorm_min();
  const std::vector<std::vector<double>> patterns = {{largest, -largest},     {largest, 0, 1},  {smallest, 0},
                                                     {smallest, largest, -1}, {1e308, 1.1e308}, {1, 1 + 1e-15},
                                                     {0, 0, 0, largest},      {-0.0, 0.0},      {1e-300, 1e300}};
  for (const auto& pattern : patterns) {
    std::vector<double> values;
    for (std::size_t i = 0; i < 64; ++i)
      values.push_back(pattern[(i * i / 3) % pattern.size()]);
    values.resize(90, pattern.back());
    const Places places = find_change_points(values);
    EXPECT_TRUE(std::is_sorted(places.begin(), places.end()));
    for (const double level : levels_between(values, places))
      EXPECT_TRUE(std::isfinite(level));
    const History history = judge_history(observations(values), {});
    for (const Judgement& j : history.points) {
      for (const double number : {j.centre, j.spread, j.low, j.high, j.effect, j.effect_low, j.effect_high, j.p_value,
                                  j.minimum_detectable_effect})
        EXPECT_TRUE(std::isfinite(number)) << pattern[0];
      EXPECT_GT(j.p_value, 0);
      EXPECT_LE(j.p_value, 1);
    }
    EXPECT_TRUE(!history.drift || std::isfinite(history.drift->effect));
  }
}

TEST(Trend, IsTheSlopeOfTheLine) {
  std::vector<double> values = quiet_series(100, 50, 9);
  EXPECT_FALSE(find_trend(values));
  EXPECT_FALSE(find_trend(std::vector<double>(100, 50)));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += 0.2 * static_cast<double>(i);
  values[30] *= 10;
  const auto trend = find_trend(values);
  ASSERT_TRUE(trend);
  EXPECT_NEAR(trend->slope, 0.2, 0.02);
  EXPECT_NEAR(trend->effect, 0.2 * 99 / 60, 0.03);
  EXPECT_FALSE(find_trend(std::span(values).first(trend_points_min - 1)));
}

TEST(Candidates, TheRunningMedianIsTheMedianOfSeven) {
  const std::vector<double> values = generated_noise(NoiseKind::student3, 300, 5);
  const std::vector<double> clipped = clip_to_running_median(values, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t from = i < 3 ? 0 : i - 3;
    const std::size_t to = std::min(values.size(), i + 4);
    std::vector<double> window(values.begin() + static_cast<std::ptrdiff_t>(from),
                               values.begin() + static_cast<std::ptrdiff_t>(to));
    std::sort(window.begin(), window.end());
    const std::size_t n = window.size();
    const double median = n % 2 == 1 ? window[n / 2] : (window[n / 2] + window[n / 2 - 1]) / 2;
    EXPECT_NEAR(clipped[i], median, 1e-12) << i;
  }
}

TEST(Candidates, ClippingKeepsStepsSharp) {
  std::vector<double> values(20, 1);
  std::fill(values.begin() + 10, values.end(), 50);
  values[4] = 1000;
  std::vector<double> expected = values;
  expected[4] = 3;
  EXPECT_THAT(clip_to_running_median(values, 2), Pointwise(DoubleNear(1e-12), expected));
}

double cost_of(std::span<const double> values, const Places& places, double penalty) {
  double cost = penalty * static_cast<double>(places.size());
  std::size_t left = 0;
  for (std::size_t k = 0; k <= places.size(); ++k) {
    const std::size_t right = k < places.size() ? places[k] : values.size();
    double mean = 0;
    for (std::size_t i = left; i < right; ++i)
      mean += values[i] / static_cast<double>(right - left);
    for (std::size_t i = left; i < right; ++i)
      cost += (values[i] - mean) * (values[i] - mean);
    left = right;
  }
  return cost;
}

// Against every subset there is.
TEST(Partition, IsTheCheapestOfAll) {
  const Places proposed{4, 9, 11, 17, 22, 25, 31, 36};
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    std::vector<double> values = generated_noise(NoiseKind::gauss, 40, seed);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] += static_cast<double>((seed * (i / 9)) % 4);
    const double penalty = 1 + static_cast<double>(seed % 8);
    double cheapest = std::numeric_limits<double>::infinity();
    for (unsigned subset = 0; subset < 1U << proposed.size(); ++subset) {
      Places places;
      for (std::size_t k = 0; k < proposed.size(); ++k) {
        if ((subset >> k & 1U) != 0) places.push_back(proposed[k]);
      }
      cheapest = std::min(cheapest, cost_of(values, places, penalty));
    }
    EXPECT_NEAR(cost_of(values, cheapest_partition(values, proposed, penalty), penalty), cheapest, 1e-9) << seed;
  }
}

TEST(Levels, AreTheMediansBetween) {
  const std::vector<double> values{1, 2, 3, 10, 10, 100};
  EXPECT_THAT(levels_between(values, Places{}), ElementsAre(6.5));
  EXPECT_THAT(levels_between(values, Places{3, 5}), ElementsAre(2, 10, 100));
  EXPECT_THAT(levels_between({}, Places{}), IsEmpty());
}

}  // namespace
}  // namespace perftrend::detect
