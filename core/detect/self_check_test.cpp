#include "core/detect/self_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/detect/generated_noise.h"

namespace perftrend::detect {
namespace {

TEST(OwnNoise, HasOneLevelAndKeepsTheNoise) {
  std::vector<double> values = quiet_series(120, 100, 3);
  for (std::size_t i = 60; i < values.size(); ++i)
    values[i] += 40;
  const auto noise = own_noise(values);
  ASSERT_EQ(noise.size(), values.size());
  const auto [low, high] = std::minmax_element(noise.begin(), noise.end());
  EXPECT_LT(*high - *low, 8);
  EXPECT_NEAR(noise[1] - noise[0], values[1] - values[0], 1e-9);
  EXPECT_TRUE(own_noise({}).empty());
}

TEST(SelfCheck, FindsLargeStepsInQuietNoiseAndNoneInNothing) {
  std::size_t flagged = 0;
  std::size_t found_large = 0;
  std::size_t found_small = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto test = check_on_own_noise(quiet_series(200, 100, 50 + seed), {}, seed);
    EXPECT_EQ(test.judged, aa_points - 8);
    flagged += test.flagged;
    found_large += test.steps.back().found ? 1U : 0U;
    found_small += test.steps.at(1).found ? 1U : 0U;
    EXPECT_LE(test.steps.back().detection_delay_points, 3U);
  }
  EXPECT_LE(flagged, 10U);
  EXPECT_EQ(found_large, 20U);
  EXPECT_GE(found_small, 12U);
}

TEST(SelfCheck, IsHonestAboutNoiseThatHidesSteps) {
  std::size_t found = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto noise = generated_noise(NoiseKind::gauss, 200, seed);
    for (double& value : noise)
      value = 100 + 40 * value;
    found += check_on_own_noise(noise, {}, seed).steps.front().found ? 1U : 0U;
  }
  EXPECT_LE(found, 2U);
}

TEST(SelfCheck, TheSameSeedIsTheSameAnswerAndHigherMayBeBetter) {
  const auto noise = quiet_series(100, 100, 9);
  Policy policy;
  policy.better = Better::higher;
  const auto a = check_on_own_noise(noise, policy, 4);
  const auto b = check_on_own_noise(noise, policy, 4);
  EXPECT_EQ(a.flagged, b.flagged);
  EXPECT_TRUE(a.steps.back().found);
  EXPECT_EQ(a.steps.back().detection_delay_points, b.steps.back().detection_delay_points);
}

TEST(SelfCheck, AConstantHasNoFalseAlarmAndShowsEveryStep) {
  const auto test = check_on_own_noise(std::vector<double>(40, 7.0), {}, 1);
  EXPECT_EQ(test.flagged, 0U);
  for (std::size_t i = 1; i < step_sizes.size(); ++i)
    EXPECT_TRUE(test.steps.at(i).found) << step_sizes.at(i);
}

}  // namespace
}  // namespace perftrend::detect
