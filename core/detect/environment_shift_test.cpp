#include "core/detect/environment_shift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/detect/history.h"

namespace perftrend::detect {
namespace {

using ::testing::DoubleNear;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Series of one testbed and branch. From point `at` on a new environment measures them.
struct Scene {
  double effect = 1;         ///< of the machine, on all series
  double effect_spread = 0;  ///< logarithmic spread of the effect over the series
  double own = 1;            ///< further factor of the first series
  double noise = 0.008;      ///< of every point
  double first_noise = 0;    ///< of those of the first series, where it is larger
  std::size_t series = 24;
  std::size_t at = 40;
  std::function<std::int64_t(std::size_t)> order = [](std::size_t i) { return static_cast<std::int64_t>(i >= 40); };
};

constexpr std::size_t length = 60;

/// The first series of the scene, with the common shift of all of them.
std::vector<Observation> first_series(const Scene& scene, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> values(scene.series, std::vector<double>(length));
  std::vector<double> shifts;
  for (std::size_t s = 0; s < scene.series; ++s) {
    const double machine = scene.effect * std::exp(s == 0 ? 0 : scene.effect_spread * normal(random));
    for (std::size_t i = 0; i < length; ++i) {
      values[s][i] = 100 * (1 + (s == 0 ? std::max(scene.noise, scene.first_noise) : scene.noise) * normal(random));
      if (scene.order(i) == 1) values[s][i] *= machine;
      if (s == 0 && i >= scene.at) values[s][i] *= scene.own;
    }
    const auto before = std::span(values[s]).subspan(scene.at - compared_points, compared_points);
    if (const auto shift = shift_of_series(before, values[s][scene.at])) shifts.push_back(*shift);
  }
  const EnvironmentShift common = common_environment_shift(0, shifts);
  std::vector<Observation> points(length);
  for (std::size_t i = 0; i < length; ++i) {
    points[i].value = values[0][i];
    points[i].environment = scene.order(i);
    if (points[i].environment == 1) points[i].shift = common;
  }
  return points;
}

std::vector<Episode> of_kind(const History& history, EpisodeKind kind) {
  std::vector<Episode> found;
  std::copy_if(
      history.episodes.begin(), history.episodes.end(), std::back_inserter(found),
      [&](const Episode& episode) { return episode.kind == kind && episode.state != FindingState::dismissed; });
  return found;
}

TEST(EnvironmentShift, IsTheMedianOverTheSeries) {
  const EnvironmentShift found = common_environment_shift(7, {0.1, 0.08, 0.09, 0.11, 0.1, 0.1, 0.1, 0.9, -0.9});
  EXPECT_EQ(found.from, 7);
  EXPECT_EQ(found.series, 9);
  EXPECT_DOUBLE_EQ(found.shift, 0.1);
  EXPECT_LT(found.spread, 0.02) << "two series that moved apart do not count";
  const EnvironmentShift apart = common_environment_shift(7, {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3});
  EXPECT_GT(common_environment_shift(7, {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3}).spread, 0.1);
  EXPECT_GE(apart.spread, 0.1) << "a quarter of the series moved apart";
  EXPECT_EQ(common_environment_shift(7, {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}).series, 0) << "too few series";
}

TEST(EnvironmentShift, OfASeriesNeedsPositivePointsBefore) {
  EXPECT_THAT(shift_of_series(std::vector<double>{100, 90, 110}, 120).value_or(0), DoubleNear(std::log(1.2), 1e-12));
  EXPECT_FALSE(shift_of_series(std::vector<double>{100, 100}, 120));
  EXPECT_FALSE(shift_of_series(std::vector<double>{0, 0, 0}, 120));
  EXPECT_FALSE(shift_of_series(std::vector<double>{-1, -1, -1}, 120));
  EXPECT_FALSE(shift_of_series(std::vector<double>{1, 1, 1}, 0));
}

TEST(EnvironmentShift, SeparatesARegressionFromTheMachine) {
  for (const double effect : {1.0, 1.08, 1.3, 2.0}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const History history = judge_history(first_series({.effect = effect, .own = 1.12}, seed), {});
      const std::string what = "effect " + std::to_string(effect) + ", seed " + std::to_string(seed);
      const auto found = of_kind(history, EpisodeKind::level);
      ASSERT_THAT(found, SizeIs(1)) << what;
      EXPECT_TRUE(found[0].worse) << what;
      EXPECT_EQ(found[0].first, 40U) << what;
      EXPECT_EQ(found[0].last_good, 39U) << what;
      EXPECT_EQ(found[0].recognised_at, 40U) << what;
      EXPECT_EQ(found[0].state, FindingState::confirmed) << what;
      EXPECT_LE(found[0].decided_at, 43U) << what;
      EXPECT_NEAR(found[0].after / found[0].before, 1.12, 0.03) << what << ": the remaining size";
      EXPECT_NEAR(found[0].after, 112 * effect, 3 * effect) << what;
      EXPECT_EQ(history.points[40].verdict, Verdict::regressed) << what;
      EXPECT_NEAR(history.points[40].effect, 0.12, 0.04) << what;
      const auto noted = of_kind(history, EpisodeKind::environment);
      ASSERT_THAT(noted, SizeIs(effect > 1 ? 1 : 0)) << what;
      for (const Episode& episode : noted)
        EXPECT_NEAR(episode.after / episode.before, effect, 0.03 * effect) << what;
    }
  }
}

TEST(EnvironmentShift, SeparatesAnImprovementFromTheMachine) {
  for (const double effect : {1.0, 0.9, 0.6}) {
    const History history = judge_history(first_series({.effect = effect, .own = 0.85}, 3), {});
    const auto found = of_kind(history, EpisodeKind::level);
    ASSERT_THAT(found, SizeIs(1)) << effect;
    EXPECT_FALSE(found[0].worse) << effect;
    EXPECT_EQ(found[0].first, 40U) << effect;
  }
}

TEST(EnvironmentShift, WhatMovesWithTheOthersIsTheEnvironments) {
  for (const double effect : {1.0, 1.03, 1.08, 1.3, 0.8, 0.5}) {
    for (const double effect_spread : {0.0, 0.05}) {
      for (const double noise : {0.008, 0.05}) {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
          const Scene scene = {.effect = effect, .effect_spread = effect_spread, .noise = noise};
          const History history = judge_history(first_series(scene, seed), {});
          EXPECT_THAT(of_kind(history, EpisodeKind::level), IsEmpty())
              << "effect " << effect << ", spread " << effect_spread << ", noise " << noise << ", seed " << seed;
        }
      }
    }
  }
}

TEST(EnvironmentShift, TheFirstRunReportsIt) {
  const auto points = first_series({.effect = 1.2}, 4);
  const History history = judge_history(std::span(points).first(41), {});
  EXPECT_EQ(history.points[40].rule, Rule::environment_changed);
  EXPECT_EQ(history.points[40].verdict, Verdict::ok);
  EXPECT_NEAR(history.points[40].effect, 0.2, 0.04);
  const auto noted = of_kind(history, EpisodeKind::environment);
  ASSERT_THAT(noted, SizeIs(1));
  EXPECT_EQ(noted[0].state, FindingState::confirmed) << "all series of the run have shown it";
  EXPECT_EQ(judge_history(points, {}).points[41].rule, Rule::inside_band) << "full sensitivity from the second run on";
}

TEST(EnvironmentShift, ASeriesThatTheMachineDoesNotMoveIsNeitherBetterNorWorse) {
  for (const double effect : {1.3, 0.7}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const History history = judge_history(first_series({.effect = effect, .own = 1 / effect}, seed), {});
      EXPECT_THAT(of_kind(history, EpisodeKind::level), IsEmpty()) << effect;
      EXPECT_THAT(of_kind(history, EpisodeKind::environment), IsEmpty()) << effect;
    }
  }
}

TEST(EnvironmentShift, WithFewOrUnlikeSeriesAStepIsTheEnvironments) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const Scene& scene :
         {Scene{.effect = 1.08, .own = 1.12, .series = 7}, Scene{.effect = 1.08, .effect_spread = 0.3, .own = 1.12}}) {
      const History history = judge_history(first_series(scene, seed), {});
      EXPECT_THAT(of_kind(history, EpisodeKind::level), IsEmpty()) << scene.series << " series, seed " << seed;
    }
  }
}

TEST(EnvironmentShift, ASmallStepOfItsOwnIsFoundFromSeveralPoints) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Scene scene = {.effect = 1.05, .own = 1.12, .first_noise = 0.03};
    const auto episodes = of_kind(judge_history(first_series(scene, seed), {}), EpisodeKind::level);
    found += static_cast<std::size_t>(std::count_if(episodes.begin(), episodes.end(), [](const Episode& episode) {
      return episode.worse && episode.state == FindingState::confirmed && episode.first >= 38 && episode.first <= 42;
    }));
  }
  EXPECT_GE(found, 8U);
}

TEST(EnvironmentShift, HoldsForEnvironmentsThatTakeTurns) {
  const Scene scene = {.effect = 1.08, .own = 1.12, .order = [](std::size_t i) {
                         if (i < 40) return std::int64_t{0};
                         return i < 44 || i % 2 == 0 ? std::int64_t{1} : std::int64_t{0};
                       }};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto found = of_kind(judge_history(first_series(scene, seed), {}), EpisodeKind::level);
    ASSERT_THAT(found, SizeIs(1)) << "both environments show it, seed " << seed;
    EXPECT_EQ(found[0].first, 40U);
    EXPECT_EQ(found[0].last, length - 1);
  }
}

TEST(EnvironmentShift, ABranchInANewEnvironmentIsJudgedByIt) {
  GrowingHistory base{Policy{}};
  const auto points = first_series({}, 5);
  for (const Observation& point : std::span(points).first(40))
    base.append(point);
  const EnvironmentShift common = {.from = 0, .shift = std::log(1.1), .spread = 0.01, .series = 24};
  EXPECT_EQ(base.judge_next({.value = 110, .environment = 9, .shift = common}).rule, Rule::environment_changed);
  EXPECT_EQ(base.judge_next({.value = 100, .environment = 9, .shift = common}).verdict, Verdict::ok);
  const Judgement worse = base.judge_next({.value = 132, .environment = 9, .shift = common});
  EXPECT_EQ(worse.verdict, Verdict::regressed);
  EXPECT_NEAR(worse.effect, 0.2, 0.01);
}

}  // namespace
}  // namespace perftrend::detect
