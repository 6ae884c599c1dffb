#include "core/stats/median.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace perftrend::stats {
namespace {

using Samples = std::vector<double>;

TEST(Median, Table) {
  struct Case {
    Samples values;
    double expected;
  };
  constexpr double most = std::numeric_limits<double>::max();
  for (const auto& [values, expected] : std::vector<Case>{
           {{}, 0},
           {{4}, 4},
           {{3, 1}, 2},
           {{5, 1, 3}, 3},
           {{1, 2, 3, 100}, 2.5},
           {{most, most}, most},
           {{-most, most}, 0},
       }) {
    EXPECT_EQ(median(values), expected) << ::testing::PrintToString(values);
  }
}

TEST(Median, AllWaysToComputeItAgree) {
  std::mt19937_64 random(3);
  std::uniform_int_distribution<int> size(1, 40);
  std::uniform_int_distribution<int> value(-9, 9);  // with ties
  for (int repeat = 0; repeat < 500; ++repeat) {
    Samples values(static_cast<std::size_t>(size(random)));
    std::generate(values.begin(), values.end(), [&] { return value(random) / 7.0; });
    Samples ascending = values;
    std::sort(ascending.begin(), ascending.end());
    const double middle = median_of_sorted(ascending);
    EXPECT_EQ(median(values), middle);
    Samples deviations;
    for (const double each : values)
      deviations.push_back(std::abs(each - middle));
    EXPECT_EQ(mad_of_sorted(ascending, middle), select_median(deviations));
    EXPECT_EQ(select_median(values), middle);
  }
}

TEST(QuantileOfSorted, IsTheNearestRank) {
  const Samples ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  struct Case {
    double share;
    double expected;
  };
  for (const auto& [share, expected] :
       std::vector<Case>{{0, 1}, {0.05, 1}, {0.1, 1}, {0.11, 2}, {0.5, 5}, {0.9, 9}, {0.95, 10}, {1, 10}}) {
    EXPECT_EQ(quantile_of_sorted<double>(ten, share), expected) << share;
  }
}

}  // namespace
}  // namespace perftrend::stats
