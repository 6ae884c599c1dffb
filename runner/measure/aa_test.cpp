#include "runner/measure/aa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <random>

namespace perftrend::runner {
namespace {

using ::testing::HasSubstr;

PromptSamples prompt(const char* text, std::vector<double> prefill_ms) {
  return {text, {{"prefill_ms", std::move(prefill_ms)}, {"total_ms", {1}}}, {5}, {2}};
}

TEST(ScoreRuns, SpreadBetweenAndWithinRuns) {
  const AaScore score =
      score_runs({{prompt("a", {10, 10, 10.2})}, {prompt("a", {11, 11, 11.2})}, {prompt("a", {12, 12, 12.2})}}, 1);
  ASSERT_EQ(score.series.size(), 1U) << "total_ms is not shown where there is a prefill";
  const AaSeries& series = score.series[0];
  EXPECT_EQ(series.subject, "Prompt 0");
  EXPECT_EQ(series.metric, "prefill_ms");
  EXPECT_THAT(series.medians_ms, ::testing::ElementsAre(10, 11, 12));
  EXPECT_DOUBLE_EQ(series.centre_ms, 11);
  EXPECT_NEAR(series.spread_percent, 100.0 / 11, 1e-9) << "the standard deviation of 10, 11, 12 is 1";
  EXPECT_DOUBLE_EQ(series.within_percent, 0);
  EXPECT_EQ(series.pairs, 3U);
  EXPECT_EQ(score.runs, 3U);
  EXPECT_EQ(score.runs_not_quiet, 1U);
  EXPECT_DOUBLE_EQ(score.score_percent, series.spread_percent);
}

TEST(ScoreRuns, ASeriesMissingInARunIsOmitted) {
  EXPECT_TRUE(score_runs({{prompt("a", {1})}, {}, {prompt("a", {1})}}, 0).series.empty());
  EXPECT_TRUE(score_runs({{prompt("a", {1})}, {prompt("b", {1})}}, 0).series.empty()) << "another prompt";
  EXPECT_TRUE(score_runs({}, 0).series.empty());
}

TEST(ScoreRuns, EqualRunsHaveNoSpreadAndShiftedRunsDiffer) {
  const std::vector<double> low{1, 1.1, 1.2, 1.3, 1.4}, high{2, 2.1, 2.2, 2.3, 2.4};
  EXPECT_EQ(score_runs({{prompt("a", low)}, {prompt("a", low)}}, 0).series.at(0).pairs_different, 0U);
  EXPECT_EQ(score_runs({{prompt("a", low)}, {prompt("a", high)}}, 0).series.at(0).pairs_different, 1U);
  EXPECT_EQ(score_runs({{prompt("a", low)}, {prompt("a", low)}}, 0).score_percent, 0);
}

TEST(SmallestChange, GrowsWithTheSpreadAndShrinksWithRunsAndKnowledge) {
  // With the spread known for certain: (1.960 + 0.842) sqrt(2) = 3.962.
  EXPECT_NEAR(smallest_change(1, 1, 1'000'000), 3.962, 0.001);
  EXPECT_NEAR(smallest_change(1, 5, 1'000'000), 3.962 / std::sqrt(5), 0.001);
  EXPECT_NEAR(smallest_change(2, 1, 10), 2 * smallest_change(1, 1, 10), 1e-12);
  EXPECT_GT(smallest_change(1, 1, 4), smallest_change(1, 1, 10));
  EXPECT_GT(smallest_change(1, 1, 0), 0) << "no runs at all";
}

/// The formula against a simulation: the t test detects a change of this size in 80 of 100 cases.
TEST(SmallestChange, IsDetectedAsOftenAsItSays) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  constexpr int runs = 5;
  const double critical = 2.306004;  // t of 8 degrees, two-sided 5 %
  const double change = smallest_change(1, runs, 9);
  int seen = 0;
  constexpr int trials = 4000;
  for (int trial = 0; trial < trials; ++trial) {
    double sum_a = 0, sum_b = 0, squares_a = 0, squares_b = 0;
    for (int i = 0; i < runs; ++i) {
      const double a = normal(random), b = normal(random) + change;
      sum_a += a;
      sum_b += b;
      squares_a += a * a;
      squares_b += b * b;
    }
    const double pooled = (squares_a - sum_a * sum_a / runs + squares_b - sum_b * sum_b / runs) / (2 * runs - 2);
    if (std::abs(sum_b - sum_a) / runs > critical * std::sqrt(pooled * 2 / runs)) ++seen;
  }
  EXPECT_NEAR(static_cast<double>(seen) / trials, 0.8, 0.04);
}

TEST(AaScore, TextAndJson) {
  const AaScore score =
      score_runs({{prompt("a", {10, 10, 10.2})}, {prompt("a", {11, 11, 11.2})}, {prompt("a", {12, 12, 12.2})}}, 1);
  EXPECT_THAT(to_text(score),
              HasSubstr("A/A noise score: 9.09 % between 3 runs of the same scenario (1 of them not quiet)\n"));
  EXPECT_THAT(to_text(score), HasSubstr("Prompt 0 prefill             11.00ms    9.09 %    0.00 %"));
  const auto object = to_object(score);
  EXPECT_EQ(object["series"][0]["medians"].dump(), "[10.0,11.0,12.0]");
  EXPECT_EQ(object["runs"], 3);
  EXPECT_NEAR(object["series"][0]["detectable_one_run_percent"].get<double>(), score.series[0].one_run_percent, 1e-12);
}

}  // namespace
}  // namespace perftrend::runner
