#include "core/detect/noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/detect/generated_noise.h"
#include "core/detect/residuals.h"
#include "core/stats/median.h"

namespace perftrend::detect {
namespace {

using ::testing::IsEmpty;

std::vector<double> ascending(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

TEST(Noise, SpreadOfFewValuesIsTheScaledMad) {
  EXPECT_EQ(spread_of_sorted(std::vector<double>{7}, 7), 0);
  EXPECT_EQ(spread_of_sorted(std::vector<double>{7, 7, 7}, 7), 0);
  const std::vector<double> five{1, 2, 3, 4, 100};
  EXPECT_NEAR(spread_of_sorted(five, 3), stats::mad_to_sigma * 5 / 4.2, 1e-12);
}

TEST(Noise, SpreadSeesASecondMode) {
  std::vector<double> values(30, 10);
  for (std::size_t i = 0; i < 7; ++i)
    values[i] = 14;
  EXPECT_NEAR(spread_of_sorted(ascending(values), 10), 4 / 2.5631, 1e-3);
}

TEST(Noise, SpreadOfNormalNoiseIsItsStandardDeviation) {
  const std::vector<double> values = ascending(generated_noise(NoiseKind::gauss, 20'000, 1));
  EXPECT_NEAR(spread_of_sorted(values, stats::median_of_sorted(values)), 1, 0.03);
  const std::vector<double> in_order = generated_noise(NoiseKind::gauss, 20'000, 1);
  EXPECT_NEAR(spread_of_differences(in_order), 1, 0.03);
}

TEST(Noise, DifferencesDoNotSeeALevelChange) {
  std::vector<double> values = generated_noise(NoiseKind::gauss, 400, 2);
  const double before = spread_of_differences(values);
  for (std::size_t i = 200; i < values.size(); ++i)
    values[i] += 1000;
  EXPECT_NEAR(spread_of_differences(values), before, 0.01);
}

TEST(Noise, DifferencesThatAreMostlyNothing) {
  EXPECT_EQ(spread_of_differences(std::vector<double>(10, 3)), 0);
  EXPECT_EQ(spread_of_differences(std::vector<double>{3}), 0);
  std::vector<double> step(11, 3);
  step[10] = 5;
  EXPECT_NEAR(spread_of_differences(step), 2 * std::sqrt(0.1 / 2), 1e-12);
}

TEST(Noise, TheCentreIsDeafToFarValues) {
  const std::vector<double> values{9, 10, 11, 1000};
  EXPECT_NEAR(centre_of_sorted(values, 10.5, 1), 10, 0.05);
  EXPECT_EQ(centre_of_sorted(values, 10.5, 0), 10.5);
}

TEST(Noise, TicksAreSeenWhereMostValuesTie) {
  EXPECT_EQ(tick_of_sorted(std::vector<double>{1, 1, 1, 3, 3, 3, 5}), 2);
  EXPECT_EQ(tick_of_sorted(std::vector<double>{1, 2, 3, 4}), 0);
  EXPECT_EQ(tick_of_sorted(std::vector<double>{1, 1, 1, 1}), 0);
}

TEST(Noise, NoiseUnitsUndoUnitAndMagnitude) {
  const std::vector<double> values = quiet_series(100, 50, 3);
  const NoiseUnits units = in_noise_units(values);
  ASSERT_EQ(units.values.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR((units.values[i] + units.origin) * units.scale, values[i], 1e-9);
  for (const double factor : {1e-320, 1e-300, 1e300}) {
    std::vector<double> scaled = values;
    for (double& value : scaled)
      value *= factor;
    for (const double value : in_noise_units(scaled).values)
      EXPECT_TRUE(std::isfinite(value));
  }
  EXPECT_THAT(in_noise_units(std::vector<double>(5, 2)).values, IsEmpty());
  EXPECT_THAT(in_noise_units(std::vector<double>(5, 0)).values, IsEmpty());
}

TEST(Residuals, IndependentNoiseAveragesOutAndCorrelatedNoiseDoesNot) {
  std::vector<double> scratch;
  std::vector<double> values = generated_noise(NoiseKind::gauss, 1000, 4);
  const Residuals independent = Residuals::of_segment(values, scratch);
  for (const std::size_t points : {1U, 2U, 8U, 64U, 1000U}) {
    EXPECT_GE(independent.inflation(points), 1);
    EXPECT_LT(independent.inflation(points), 1.3);
  }
  for (std::size_t i = 1; i < values.size(); ++i)
    values[i] = 0.6 * values[i - 1] + 0.8 * values[i];
  // sqrt((1 + phi) / (1 - phi)) is 2 for phi = 0.6.
  EXPECT_NEAR(Residuals::of_segment(values, scratch).inflation(64), 2, 0.4);
}

TEST(Residuals, SegmentsAreAddedAndScaled) {
  std::vector<double> scratch;
  const Residuals one = Residuals::of_segment(generated_noise(NoiseKind::gauss, 200, 5), scratch);
  Residuals two = one;
  two += one;
  EXPECT_NEAR(two.squares(), 2 * one.squares(), 1e-9);
  const Residuals scaled = two.scaled_to(200);
  EXPECT_NEAR(scaled.squares(), one.squares(), 1e-9);
  for (const std::size_t points : {2U, 16U, 64U})
    EXPECT_NEAR(scaled.inflation(points), one.inflation(points), 1e-9);
}

}  // namespace
}  // namespace perftrend::detect
