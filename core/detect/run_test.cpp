#include "core/detect/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "core/detect/generated_noise.h"
#include "core/detect/history.h"

namespace perftrend::detect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The fifteen p-values of Benjamini and Hochberg 1995, section 4.1: at .05 the first four hold.
TEST(FalseDiscoveryRate, TheExampleOfThePaper) {
  const std::vector<double> p{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
                              .0459, .3240, .4262, .5719, .6528, .7590, 1.000};
  std::size_t found = 0;
  for (const bool holds : discoveries(p))
    found += holds ? 1 : 0;
  EXPECT_EQ(found, 4U);
  EXPECT_TRUE(discoveries(p)[3]);
  EXPECT_FALSE(discoveries(p)[4]);
}

TEST(FalseDiscoveryRate, StepsUpOverWhatFailsByItself) {
  // .04 > .05 / 2 alone; the second rank carries it.
  EXPECT_THAT(discoveries(std::vector<double>{.04, .045}), ElementsAre(true, true));
  EXPECT_THAT(discoveries(std::vector<double>{.9, .001, .8}), ElementsAre(false, true, false));
  EXPECT_THAT(discoveries({}), IsEmpty());
}

Judgement judgement(Verdict verdict, double p, double effect, Rule rule = Rule::beyond_band) {
  Judgement j;
  j.verdict = verdict;
  j.rule = rule;
  j.p_value = p;
  j.effect = effect;
  return j;
}

Judgement ok(double p = 0.5) {
  return judgement(Verdict::ok, p, 0.001, Rule::inside_band);
}

TEST(Run, AFlagAmongManySeriesNeedsMore) {
  std::vector<JudgedInRun> run(1000, ok());
  run[3] = judgement(Verdict::regressed, 0.0009, 0.07);
  run[7] = judgement(Verdict::regressed, 1e-7, 0.3);
  run[9] = judgement(Verdict::improved, 1e-8, -0.3);
  run[11] = judgement(Verdict::regressed, 0.3, 0.08, Rule::level_shift);
  const RunFindings findings = judge_run(run);
  EXPECT_THAT(findings.regressed, ElementsAre(7, 11));
  EXPECT_THAT(findings.improved, ElementsAre(9));
  EXPECT_THAT(findings.expected_by_chance, ElementsAre(3));
  EXPECT_EQ(findings.judged, 1000U);
  EXPECT_FALSE(findings.common_shift);
}

TEST(Run, AloneTheSameFlagHolds) {
  const std::vector<JudgedInRun> run{judgement(Verdict::regressed, 0.0009, 0.07)};
  EXPECT_THAT(judge_run(run).regressed, ElementsAre(0));
  EXPECT_FALSE(judge_run(run).common_shift) << "one series is not everything";
}

TEST(Run, WhatIsNotJudgedDoesNotCount) {
  std::vector<JudgedInRun> run(5, judgement(Verdict::suspect, 1e-9, 3, Rule::suspect_point));
  run.resize(9, judgement(Verdict::too_few, 1, 0, Rule::too_few_points));
  run.push_back(ok());
  const RunFindings findings = judge_run(run);
  EXPECT_EQ(findings.judged, 1U);
  EXPECT_THAT(findings.regressed, IsEmpty());
  EXPECT_EQ(judge_run({}).judged, 0U);
}

TEST(Run, EverythingMovedIsOneFinding) {
  struct Case {
    std::size_t regressed, improved, quiet;
    bool moved, worse;
  };
  for (const Case& c : {Case{162, 0, 0, true, true}, Case{4, 0, 4, true, true}, Case{4, 0, 5, false, false},
                        Case{7, 0, 0, false, false}, Case{0, 8, 2, true, false}, Case{5, 5, 0, true, true},
                        Case{4, 4, 4, false, false}}) {
    std::vector<JudgedInRun> run(c.regressed, judgement(Verdict::regressed, 1e-8, 0.25));
    run.resize(c.regressed + c.improved, judgement(Verdict::improved, 1e-8, -0.25));
    run.resize(c.regressed + c.improved + c.quiet, ok());
    const RunFindings findings = judge_run(run);
    EXPECT_EQ(findings.common_shift, c.moved) << c.regressed << ' ' << c.improved << ' ' << c.quiet;
    EXPECT_EQ(findings.common_shift_worse, c.worse);
    EXPECT_EQ(findings.common_shift_effect, c.moved ? (c.worse ? 0.25 : -0.25) : 0);
    EXPECT_THAT(findings.regressed, SizeIs(c.regressed)) << "the list is filled as well";
  }
}

// An A/A run: 1,000 series of six kinds of noise without a change.
TEST(Run, AnAaRunOverAThousandSeries) {
  std::vector<JudgedInRun> run;
  for (std::uint64_t series = 0; series < 1000; ++series) {
    std::vector<double> values = generated_noise(all_noise_kinds[series % 6], 60, 7000 + series);
    for (double& value : values)
      value += 30;
    run.push_back(judge_history(observations(values), {}).points.back());
  }
  const RunFindings findings = judge_run(run);
  RecordProperty("flagged", static_cast<int>(findings.regressed.size() + findings.improved.size()));
  RecordProperty("chance", static_cast<int>(findings.expected_by_chance.size()));
  EXPECT_LE(findings.regressed.size() + findings.improved.size(), 6U);
  EXPECT_LE(findings.expected_by_chance.size(), 10U);
  EXPECT_FALSE(findings.common_shift);
}

}  // namespace
}  // namespace perftrend::detect
