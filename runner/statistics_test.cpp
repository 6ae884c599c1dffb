#include "runner/statistics.h"

#include <gtest/gtest.h>

#include <vector>

namespace perftrend::runner {
namespace {

TEST(Summarise, Table) {
  struct Case {
    std::vector<double> samples;
    SampleSummary expected;
  };
  for (const auto& [samples, expected] : std::vector<Case>{
           {{}, {0, 0, 0, 0, 0}},
           {{4}, {1, 4, 0, 4, 4}},
           {{3, 1}, {2, 2, 1, 1, 3}},
           {{5, 1, 3}, {3, 3, 2, 1, 5}},
           {{1, 2, 3, 100}, {4, 2.5, 1, 1, 100}},
           {{2, 2, 2, 9}, {4, 2, 0, 2, 9}},
       }) {
    const SampleSummary got = summarise(samples);
    EXPECT_EQ(got.count, expected.count);
    EXPECT_DOUBLE_EQ(got.median, expected.median);
    EXPECT_DOUBLE_EQ(got.mad, expected.mad);
    EXPECT_DOUBLE_EQ(got.min, expected.min);
    EXPECT_DOUBLE_EQ(got.max, expected.max);
  }
}

}  // namespace
}  // namespace perftrend::runner
