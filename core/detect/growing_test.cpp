#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "core/detect/generated_noise.h"
#include "core/detect/history.h"

namespace perftrend::detect {
namespace {

void expect_same(const Judgement& grown, const Judgement& whole) {
  EXPECT_EQ(grown.verdict, whole.verdict);
  EXPECT_EQ(grown.rule, whole.rule);
  EXPECT_EQ(grown.window_points, whole.window_points);
  EXPECT_EQ(grown.centre, whole.centre);
  EXPECT_EQ(grown.spread, whole.spread);
  EXPECT_EQ(grown.low, whole.low);
  EXPECT_EQ(grown.high, whole.high);
  EXPECT_EQ(grown.effect, whole.effect);
  EXPECT_EQ(grown.p_value, whole.p_value);
  EXPECT_EQ(grown.minimum_detectable_effect, whole.minimum_detectable_effect);
  EXPECT_EQ(grown.segment_start, whole.segment_start);
  EXPECT_EQ(grown.outside_limits, whole.outside_limits);
}

void expect_same(const Episode& grown, const Episode& whole) {
  EXPECT_EQ(grown.kind, whole.kind);
  EXPECT_EQ(grown.first, whole.first);
  EXPECT_EQ(grown.last, whole.last);
  EXPECT_EQ(grown.worse, whole.worse);
  EXPECT_EQ(grown.state, whole.state);
  EXPECT_EQ(grown.ending, whole.ending);
  EXPECT_EQ(grown.before, whole.before);
  EXPECT_EQ(grown.after, whole.after);
  EXPECT_EQ(grown.decided_at, whole.decided_at);
  EXPECT_EQ(grown.last_good, whole.last_good);
  EXPECT_EQ(grown.recognised_at, whole.recognised_at);
}

void expect_same(const History& grown, const History& whole) {
  ASSERT_EQ(grown.points.size(), whole.points.size());
  for (std::size_t i = 0; i < whole.points.size(); ++i)
    expect_same(grown.points[i], whole.points[i]);
  ASSERT_EQ(grown.episodes.size(), whole.episodes.size());
  for (std::size_t i = 0; i < whole.episodes.size(); ++i)
    expect_same(grown.episodes[i], whole.episodes[i]);
  ASSERT_EQ(grown.drift.has_value(), whole.drift.has_value());
  if (!whole.drift) return;
  EXPECT_EQ(grown.drift->first, whole.drift->first);
  EXPECT_EQ(grown.drift->last, whole.drift->last);
  EXPECT_EQ(grown.drift->effect, whole.drift->effect);
  EXPECT_EQ(grown.drift->p_value, whole.drift->p_value);
  EXPECT_EQ(grown.drift->worse, whole.drift->worse);
}

/// Levels that come and go, spikes, slow drifts, suspect runs, and environments that change and return.
std::vector<Observation> eventful_series(NoiseKind kind, std::size_t points, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Observation> series = observations(generated_noise(kind, points, seed + 1));
  double level = 100;
  double slope = 0;
  std::int64_t environment = 1;
  for (Observation& point : series) {
    const auto event = random() % 100;
    if (event < 2) level *= event == 0 ? 1.2 : 0.85;
    if (event == 2) slope = static_cast<double>(random() % 5) / 10 - 0.2;
    if (event == 3) environment = 1 + static_cast<std::int64_t>(random() % 2);
    if (event == 4) level = 100;
    level += slope;
    point.value += level;
    if (event == 5) point.value *= 10;
    point.mad = static_cast<double>(random() % 3);
    point.samples = 1 + static_cast<int>(random() % 5);
    point.suspect = event >= 94;
    point.restart = random() % 150 == 0;
    point.environment = environment;
  }
  return series;
}

/// A point that is added may also show a new level together with the points before it; else both are the same.
void expect_next(const Judgement& next, const Judgement& appended) {
  const bool of_environment = appended.rule == Rule::environment_changed || next.rule == Rule::environment_changed;
  if (of_environment || appended.rule == Rule::level_shift || appended.segment_start != next.segment_start) return;
  expect_same(next, appended);
}

TEST(GrowingHistory, SaysAfterEveryPointWhatTheWholeReplaySays) {
  std::size_t episodes = 0;
  std::size_t drifts = 0;
  for (const NoiseKind kind : all_noise_kinds) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const auto series = eventful_series(kind, 240, 100 * static_cast<std::uint64_t>(kind) + seed);
      Policy policy;
      if (seed % 2 == 0) policy.better = Better::higher;
      if (seed % 3 == 0) policy.window_points = 10;
      GrowingHistory growing(policy);
      for (std::size_t n = 1; n <= series.size(); ++n) {
        const Judgement next = growing.judge_next(series[n - 1]);
        growing.append(series[n - 1]);
        expect_next(next, growing.history().points.back());
        const History whole = judge_history(std::span(series).first(n), policy);
        expect_same(growing.history(), whole);
        if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << ", after " << n << " points";
        episodes += whole.episodes.size();
        drifts += whole.drift ? 1U : 0U;
      }
    }
  }
  EXPECT_GT(episodes, 1000U) << "the series are to be eventful";
  EXPECT_GT(drifts, 20U);
}

TEST(GrowingHistory, GoesOnAfterItWasAskedAndAfterItWasMoved) {
  const auto series = eventful_series(NoiseKind::gauss, 120, 5);
  GrowingHistory growing{Policy{}};
  for (std::size_t n = 1; n <= series.size(); ++n) {
    growing.append(series[n - 1]);
    if (n % 10 != 0) continue;
    growing.history();
    growing.history();
    GrowingHistory moved(std::move(growing));
    growing = std::move(moved);
  }
  expect_same(growing.history(), judge_history(series, Policy{}));
  EXPECT_GT(growing.bytes(), 120 * sizeof(Judgement));
}

}  // namespace
}  // namespace perftrend::detect
