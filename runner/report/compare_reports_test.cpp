#include "runner/report/compare_reports.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/detect/history.h"
#include "tests/support/compared_reports.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Pair {
  const char* what;
  Samples before, after;
  Verdict verdict;
  const char* explanation;
};

TEST(CompareReports, TwoReportsAreJudgedByTheirSamples) {
  for (const auto& [what, before, after, verdict, explanation] : std::vector<Pair>{
           {"slower", ten, times(ten, 1.4), Verdict::regressed, "+40.0 % ["},
           {"faster", ten, times(ten, 0.5), Verdict::improved, "-49."},
           {"the same", ten, ten, Verdict::ok, "below the 5 % minimum effect"},
           {"significant and small", ten, times(ten, 1.04), Verdict::ok, "below the 5 % minimum effect"},
           {"large and not significant", {1, 9, 2, 8}, {2, 10, 3, 7}, Verdict::ok, "by chance"},
           {"one is ten times the level",
            ten,
            {10.1, 10.3, 102, 10.15, 10.25, 10.05, 10.35, 10.12},
            Verdict::ok,
            "below the 5 %"},
           {"too few", {1, 1, 1}, {9, 9, 9}, Verdict::too_few, "fewer than 4 samples"},
       }) {
    const ReportComparison comparison =
        compare(report(property("prefill_ms", list(before))), report(property("prefill_ms", list(after))));
    ASSERT_EQ(comparison.series.size(), 1U) << what;
    EXPECT_EQ(comparison.series[0].verdict, verdict) << what << ": " << comparison.series[0].explanation;
    EXPECT_THAT(comparison.series[0].explanation, HasSubstr(explanation)) << what;
    EXPECT_LE(comparison.series[0].effect_low, comparison.series[0].effect) << what;
    EXPECT_GE(comparison.series[0].effect_high, comparison.series[0].effect) << what;
  }
}

TEST(CompareReports, ARateIsBetterHigher) {
  const auto rate = [](double factor) { return report(property("tokens_per_s", list(times(ten, factor)))); };
  EXPECT_EQ(compare(rate(1), rate(1.4)).series.at(0).verdict, Verdict::improved);
  EXPECT_EQ(compare(rate(1), rate(0.6)).series.at(0).verdict, Verdict::regressed);
}

TEST(CompareReports, ChangesExpectedByChanceAreNotFindings) {
  // p = 0.03 of one series is a finding; among thirty series it is expected by chance.
  const Samples before{1, 2, 3, 4}, after{5, 6, 7, 8};
  std::string left = property("a_ms", list(before)), right = property("a_ms", list(after));
  EXPECT_EQ(compare(report(left), report(right)).series.at(0).verdict, Verdict::regressed);
  for (int i = 0; i < 29; ++i) {
    left += property(fmt::format("other{}_ms", i), list(ten));
    right += property(fmt::format("other{}_ms", i), list(ten));
  }
  const ReportComparison many = compare(report(left), report(right));
  EXPECT_EQ(many.series.at(0).verdict, Verdict::ok);
  EXPECT_THAT(many.series.at(0).explanation, HasSubstr("by chance"));
}

TEST(CompareReports, ACommonShiftIsDetected) {
  std::string left, right;
  for (int i = 0; i < 10; ++i) {
    left += property(fmt::format("m{}_ms", i), list(ten));
    right += property(fmt::format("m{}_ms", i), list(times(ten, 1.3)));
  }
  const ReportComparison all = compare(report(left), report(right));
  EXPECT_TRUE(all.common_shift);
  EXPECT_NEAR(all.common_shift_effect, 0.3, 0.02);
}

TEST(CompareReports, ASuspectRunIsShownAndNotJudged) {
  const auto quiet = report(property("prefill_ms", list(ten)));
  const auto noisy = report(property("prefill_ms", list(times(ten, 2))), property("perftrend.suspect", "load 9"));
  for (const ReportComparison& each : {compare(quiet, noisy), compare(noisy, quiet)}) {
    EXPECT_EQ(each.series.at(0).verdict, Verdict::suspect);
  }
}

TEST(CompareReports, OtherDifferencesThanTimesAreListed) {
  const auto before = report(property("a_ms", "1 2 3 4") + property("old_ms", "1"),
                             property("environment.engine_build", "b1") + property("environment.kernel", "6.1"));
  const auto after = report(property("a_ms", "1 2 3 4") + property("new_ms", "1"),
                            property("environment.engine_build", "b2") + property("environment.kernel", "6.1") +
                                property("environment.smt", "on"));
  const ReportComparison comparison = compare(before, after);
  EXPECT_THAT(comparison.environment, ElementsAre("engine_build: b1 -> b2", "smt: (unknown) -> on"));
  EXPECT_THAT(comparison.only_before, ElementsAre("c t old_ms"));
  EXPECT_THAT(comparison.only_after, ElementsAre("c t new_ms"));
}

/// Reports of about 10 ms, then one of `last_ms`.
std::vector<ReadReport> history(std::size_t count, double last_ms) {
  std::vector<ReadReport> reports;
  for (std::size_t i = 0; i + 1 < count; ++i)
    reports.push_back(report(property("prefill_ms", list(times(ten, 1 + 0.002 * static_cast<double>(i % 5))))));
  reports.push_back(report(property("prefill_ms", list(times(ten, last_ms / 10)))));
  return reports;
}

TEST(CompareReports, AHistoryIsJudgedAsTheServerJudgesIt) {
  ASSERT_EQ(reports_of_a_history(), 9U);
  for (const double last_ms : {10.0, 10.2, 14.0, 7.0}) {
    const auto reports = history(12, last_ms);
    const ReportComparison comparison = compare_reports(reports);
    std::vector<detect::Observation> points;
    for (const ReadReport& each : reports) {
      const MetricValue& metric = each.metrics.at(0);
      points.push_back({metric.value, metric.mad, static_cast<int>(metric.samples.size()), false, 1});
    }
    const detect::Judgement server = detect::judge_history(points, {}).points.back();
    const ComparedSeries& series = comparison.series.at(0);
    EXPECT_EQ(comparison.baseline_runs, 11U);
    EXPECT_EQ(series.verdict, server.verdict) << last_ms;
    EXPECT_EQ(series.p_value, server.p_value);
    EXPECT_EQ(series.effect, server.effect);
    EXPECT_EQ(series.explanation, detect::explain(server, {}, points.back().value, "ms"));
    EXPECT_EQ(series.before.samples.size(), 11U) << "one value per run";
  }
  EXPECT_EQ(compare_reports(history(12, 14)).series.at(0).verdict, Verdict::regressed);
  EXPECT_EQ(compare_reports(history(12, 10)).series.at(0).verdict, Verdict::ok);
}

TEST(ReadReport, AMalformedOneIsRefusedWithItsPlace) {
  EXPECT_THAT(read_report("<testsuite>\n <testcase></testsuite>").error(), testing::StartsWith("2:"));
  EXPECT_FALSE(read_report("").has_value());
}

}  // namespace
}  // namespace perftrend::runner
