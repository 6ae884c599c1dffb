#include "server/http/json/downsample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace perftrend::http {
namespace {

std::vector<double> noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> draw(100, 5);
  std::vector<double> values(size);
  std::generate(values.begin(), values.end(), [&] { return draw(random); });
  return values;
}

TEST(Downsample, ShortTrendsAreWhole) {
  const std::vector<double> values = {3, 1, 2, 5};
  const std::vector<char> kept(4, 0);
  EXPECT_EQ(downsample(values, kept, 4), (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_TRUE(downsample({}, {}, 4).empty());
}

TEST(Downsample, EachStretchShowsItsSmallestItsLargestAndOthersEvenly) {
  const std::vector<double> values = {5, 4, 9, 5, 5, 5, 1, 5, 8, 5};
  const std::vector<char> kept(10, 0);
  EXPECT_EQ(downsample(values, kept, 4), (std::vector<std::size_t>{0, 2, 6, 9}));
  EXPECT_EQ(downsample(values, kept, 6), (std::vector<std::size_t>{0, 2, 6, 7, 9})) << "and of the others 2 and 7";
  std::vector<double> wave(160);
  for (std::size_t i = 0; i < wave.size(); ++i)
    wave[i] = static_cast<double>(i % 80);
  wave[10] = -1;
  wave[150] = 100;
  EXPECT_EQ(downsample(wave, std::vector<char>(160, 0), 18),
            (std::vector<std::size_t>{0, 6, 10, 20, 33, 46, 60, 73, 79, 80, 86, 100, 113, 126, 140, 150, 153, 159}));
}

TEST(Downsample, AMarkedPointDoesNotStandInForTheLargestOfTheOthers) {
  const std::vector<double> values = {5, 4, 900, 5, 7, 5, 5, 5, 6, 5};
  std::vector<char> kept(10, 0);
  kept[2] = 1;  // a spike while the machine was busy: shown, but no line leads there
  EXPECT_EQ(downsample(values, kept, 4), (std::vector<std::size_t>{0, 1, 2, 4, 9}));
}

TEST(Downsample, KeepsItsPromisesForAnyTrend) {
  std::mt19937 random(7);
  for (unsigned round = 0; round < 300; ++round) {
    const std::size_t size = 1 + random() % 3000;
    const std::size_t points_max = downsampled_points_min + random() % 400;
    const auto values = noise(size, round);
    std::vector<char> kept(size, 0);
    const auto marks = random() % (1 + size / 10);
    for (std::size_t i = 0; i < marks; ++i)
      kept[random() % size] = 1;
    const auto shown = downsample(values, kept, points_max);
    ASSERT_EQ(shown, downsample(values, kept, points_max));
    ASSERT_TRUE(std::adjacent_find(shown.begin(), shown.end(), std::greater_equal<>()) == shown.end()) << round;
    const std::set<std::size_t> there(shown.begin(), shown.end());
    ASSERT_TRUE(there.contains(0) && there.contains(size - 1)) << round;
    const auto extremes = std::minmax_element(values.begin(), values.end());
    ASSERT_TRUE(there.contains(static_cast<std::size_t>(extremes.first - values.begin()))) << round;
    std::size_t unmarked = 0;
    double largest = values[0];
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_TRUE(kept[i] == 0 || there.contains(i)) << round;
    }
    for (const auto i : shown) {
      unmarked += kept[i] == 0 ? 1U : 0U;
      largest = std::max(largest, values[i]);
    }
    ASSERT_EQ(largest, *extremes.second) << round;
    ASSERT_LE(unmarked, points_max) << round;
  }
}

// ------------------------------------------------------------------------------------------------- points_to_keep()

constexpr std::int64_t day_us = 86'400'000'000;

struct Made {
  points::TrendColumns trend;
  detect::History history;
};

Made quiet_trend(std::size_t size) {
  Made made;
  for (std::size_t i = 0; i < size; ++i) {
    made.trend.at_us.push_back(static_cast<std::int64_t>(i) * day_us);
    made.trend.value.push_back(10);
    made.trend.environment.push_back(1);
  }
  made.history.points.resize(size);
  for (auto& point : made.history.points)
    point.verdict = Verdict::ok;
  return made;
}

std::vector<std::size_t> marked(const std::vector<char>& kept) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] != 0) indices.push_back(i);
  }
  return indices;
}

using Indices = std::vector<std::size_t>;

TEST(PointsToKeep, NothingOfAQuietTrend) {
  const auto made = quiet_trend(50);
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), Indices{});
}

TEST(PointsToKeep, Verdicts) {
  auto made = quiet_trend(50);
  made.history.points[5].verdict = Verdict::regressed;
  made.history.points[6].verdict = Verdict::improved;
  made.history.points[7].verdict = Verdict::suspect;
  made.history.points[8].verdict = Verdict::too_few;
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{5, 6, 7, 8}));
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 6)), (Indices{0, 1, 2})) << "counted from the first shown";
}

TEST(PointsToKeep, WhereTheBandReachesLowestAndHighest) {
  auto made = quiet_trend(50);
  for (auto& point : made.history.points) {
    point.window_points = 30;
    point.low = 9;
    point.high = 11;
  }
  made.history.points[3].low = 7;
  made.history.points[30].low = 8;
  made.history.points[40].high = 12;
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{3, 40}));
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 10)), (Indices{20, 30})) << "of those shown";
}

TEST(PointsToKeep, BordersOfLevelsEpisodesDriftEnvironmentsAndHoles) {
  auto made = quiet_trend(50);
  made.history.change_points = {4};
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{3, 4}));
  made = quiet_trend(50);
  detect::Episode episode;
  episode.last_good = 8;
  episode.first = 10;
  episode.recognised_at = 12;
  episode.last = 20;
  made.history.episodes = {episode};
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{8, 9, 10, 12, 20, 21}));
  made = quiet_trend(50);
  made.history.drift = detect::Drift{30, 49, 0.1, 0.001, true};
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{30, 49}));
  made = quiet_trend(50);
  std::fill(made.trend.environment.begin() + 25, made.trend.environment.end(), 2);
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{24, 25}));
  made = quiet_trend(50);
  for (std::size_t i = 40; i < 50; ++i)
    made.trend.at_us[i] += 3 * day_us;
  EXPECT_EQ(marked(points_to_keep(made.trend, made.history, 0)), (Indices{39, 40}));
}

}  // namespace
}  // namespace perftrend::http
