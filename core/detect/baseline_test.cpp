#include "core/detect/baseline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "core/detect/generated_noise.h"

namespace perftrend::detect {
namespace {

RollingBaseline of(const std::vector<double>& values, int window = 30, double floor = 0) {
  RollingBaseline baseline(window, floor);
  for (const double value : values)
    baseline.accept(value);
  return baseline;
}

TEST(Baseline, StartsEmpty) {
  const RollingBaseline baseline(30, 0);
  EXPECT_EQ(baseline.current().points, 0);
  EXPECT_EQ(baseline.current().spread, 0);
  EXPECT_EQ(baseline.inflation(), 1);
}

TEST(Baseline, ForgetsWhatLeftTheWindow) {
  const Baseline b = of({900, 900, 900, 1, 2, 3, 4, 5}, 5).current();
  EXPECT_EQ(b.points, 5);
  EXPECT_NEAR(b.centre, 3, 1e-12);
  EXPECT_EQ(b.second_lowest, 2);
  EXPECT_EQ(b.second_highest, 4);
}

TEST(Baseline, OneValueIsItsOwnCentre) {
  const Baseline b = of({7}).current();
  EXPECT_EQ(b.centre, 7);
  EXPECT_EQ(b.second_lowest, 7);
  EXPECT_EQ(b.second_highest, 7);
}

TEST(Baseline, TheSpreadIsThatOfTheNoiseAndNeverBelowTheFloors) {
  const std::vector<double> values = quiet_series(200, 100, 1);
  EXPECT_NEAR(of(values, 200).current().spread, 1, 0.15);
  EXPECT_EQ(of(values, 200, 5).current().spread, 5);
  std::vector<double> ticks;
  for (int i = 0; i < 20; ++i)
    ticks.push_back(i == 9 ? 12 : 10);
  EXPECT_GE(of(ticks).current().spread, 1) << "half of the timer's tick";
}

TEST(Baseline, OneSpikeMovesItALittle) {
  std::vector<double> values = quiet_series(30, 100, 2);
  const Baseline clean = of(values).current();
  values[12] = 1000;
  const Baseline spiked = of(values).current();
  EXPECT_NEAR(spiked.centre, clean.centre, 0.2);
  EXPECT_NEAR(spiked.spread, clean.spread, 0.3);
}

TEST(Baseline, ARestartForgetsTheCentreAndKeepsTheSpread) {
  RollingBaseline baseline = of(quiet_series(30, 100, 3));
  const double spread = baseline.current().spread;
  baseline.restart(200, true);
  EXPECT_EQ(baseline.current().points, 0);
  baseline.accept(200);
  EXPECT_EQ(baseline.current().centre, 200);
  EXPECT_NEAR(baseline.current().spread, 2 * spread, 0.02) << "timing noise grows with the level";
  EXPECT_EQ(baseline.current().degrees_of_freedom, 29);
}

TEST(Baseline, ABetterLevelDoesNotShrinkTheSpread) {
  RollingBaseline baseline = of(quiet_series(30, 100, 3));
  const double spread = baseline.current().spread;
  baseline.restart(50, true);
  baseline.accept(50);
  EXPECT_NEAR(baseline.current().spread, spread, 1e-9);
}

TEST(Baseline, AnotherMachineTeachesNothingOfTheLevel) {
  RollingBaseline baseline = of(quiet_series(30, 100, 3));
  const double spread = baseline.current().spread;
  baseline.restart(0, false);
  baseline.accept(1000);
  EXPECT_NEAR(baseline.current().spread, spread, 1e-9);
}

TEST(Baseline, ItsOwnNoiseTakesOver) {
  RollingBaseline baseline = of(quiet_series(30, 100, 4));
  baseline.restart(100, true);
  const std::vector<double> calm = quiet_series(300, 0, 5);
  for (const double value : calm)
    baseline.accept(100 + value / 10);
  EXPECT_NEAR(baseline.current().spread, 0.1, 0.04);
}

TEST(Baseline, AutocorrelationInflatesStandardErrors) {
  std::vector<double> values = quiet_series(400, 0, 6);
  EXPECT_LT(of(values).inflation(), 1.3);
  for (std::size_t i = 1; i < values.size(); ++i)
    values[i] += 0.8 * values[i - 1];
  EXPECT_GT(of(values).inflation(), 1.5);
  EXPECT_LE(of(values).inflation(), std::sqrt(19.0) + 1e-9);
}

// Two levels that take long turns look correlated until they are known to be two environments.
TEST(Baseline, ReplacedValuesReplaceTheirAutocorrelation) {
  const std::vector<double> noise = quiet_series(60, 100, 7);
  std::vector<double> mixed = noise;
  for (std::size_t i = 0; i < mixed.size(); ++i)
    mixed[i] += i / 7 % 2 == 0 ? 8 : 0;
  RollingBaseline baseline = of(mixed);
  ASSERT_GT(baseline.inflation(), 1.5);
  baseline.replace(std::vector<double>(noise.end() - 30, noise.end()));
  EXPECT_LT(baseline.inflation(), 1.3);
}

}  // namespace
}  // namespace perftrend::detect
