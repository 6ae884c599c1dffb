#include "core/stats/sample_summary.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

namespace perftrend::stats {
namespace {

TEST(Summarise, Table) {
  struct Case {
    std::vector<double> samples;
    SampleSummary expected;
  };
  for (const auto& [samples, expected] : std::vector<Case>{
           {{}, {0, 0, 0, 0, 0, 0}},
           {{4}, {1, 4, 0, 4, 4, 4}},
           {{3, 1}, {2, 2, 1, 1, 3, 3}},
           {{5, 1, 3}, {3, 3, 2, 1, 5, 5}},
           {{1, 2, 3, 100}, {4, 2.5, 1, 1, 100, 100}},
           {{2, 2, 2, 9}, {4, 2, 0, 2, 9, 9}},
           {{20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, {20, 10.5, 5, 1, 20, 19}},
       }) {
    const SampleSummary got = summarise(samples);
    EXPECT_EQ(got.count, expected.count);
    EXPECT_DOUBLE_EQ(got.median, expected.median);
    EXPECT_DOUBLE_EQ(got.mad, expected.mad);
    EXPECT_DOUBLE_EQ(got.min, expected.min);
    EXPECT_DOUBLE_EQ(got.max, expected.max);
    EXPECT_DOUBLE_EQ(got.p95, expected.p95);
  }
}

std::vector<double> one_to(int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(MedianInterval, RanksAreThoseOfTheTables) {
  // Conover's table A3 of the binomial distribution, p = 0.5: the rank of the lower end for 95 %.
  struct Case {
    int count;
    double low;
  };
  for (const auto& [count, low] : std::vector<Case>{{6, 1}, {8, 1}, {9, 2}, {10, 2}, {12, 3}, {15, 4}, {20, 6}}) {
    const auto interval = median_interval(one_to(count)).value();
    EXPECT_DOUBLE_EQ(interval.low, low) << count;
    EXPECT_DOUBLE_EQ(interval.high, count + 1 - low) << count;
  }
  EXPECT_FALSE(median_interval(one_to(5)).has_value());
}

TEST(MedianInterval, HoldsTheMedianAsOftenAsItSays) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> skewed(0, 1);  // its median is 1
  constexpr int trials = 4000;
  int held = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> samples(17);
    for (double& each : samples)
      each = skewed(random);
    const auto interval = median_interval(samples).value();
    held += interval.low <= 1 && 1 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(held, trials * 94 / 100);
  EXPECT_LT(held, trials * 99 / 100) << "wider than need be";
}

TEST(IsNarrow, ByShareOrByTicks) {
  const std::vector<double> samples{10, 10.1, 10.1, 10.2, 10.2, 10.3, 10.3, 10.4, 10.5, 99};
  EXPECT_TRUE(is_narrow(samples, 0.05, 0));  // [10.1, 10.5], 3.9 % of 10.25
  EXPECT_FALSE(is_narrow(samples, 0.03, 0));
  EXPECT_TRUE(is_narrow(samples, 0.03, 0.21)) << "no clock here can do better";
  EXPECT_FALSE(is_narrow(std::vector<double>{1, 1, 1, 1, 1}, 0.5, 1)) << "too few for an interval";
}

}  // namespace
}  // namespace perftrend::stats
