#include "core/detect/verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace perftrend::detect {
namespace {

Baseline thirty_points() {
  return {.points = 30,
          .centre = 100,
          .spread = 1,
          .degrees_of_freedom = 29,
          .second_lowest = 98.5,
          .second_highest = 101.5};
}

Judgement judge(const Baseline& baseline, double value, const Policy& policy) {
  const double critical = critical_distance(policy.significance, baseline.degrees_of_freedom, baseline.points);
  return judge_point(baseline, {.value = value}, policy, critical);
}

TEST(Verdict, IsDecidedByTheFirstRuleThatHolds) {
  Policy strict;
  strict.minimum_effect = 0.02;
  Policy higher;
  higher.better = Better::higher;
  Policy young;
  young.minimum_points = 31;
  Baseline two_modes = thirty_points();
  two_modes.second_highest = 112;
  struct Case {
    const char* what;
    Baseline baseline;
    Policy policy;
    double value;
    Verdict verdict;
    Rule rule;
  };
  const std::vector<Case> cases = {
      {"the centre itself", thirty_points(), {}, 100, Verdict::ok, Rule::inside_band},
      {"an ordinary run", thirty_points(), {}, 102, Verdict::ok, Rule::inside_band},
      {"sure but small", thirty_points(), {}, 104.9, Verdict::ok, Rule::below_minimum_effect},
      {"sure and large", thirty_points(), {}, 106, Verdict::regressed, Rule::beyond_band},
      {"the same below", thirty_points(), {}, 94, Verdict::improved, Rule::beyond_band},
      {"a rate that rose", thirty_points(), higher, 106, Verdict::improved, Rule::beyond_band},
      {"a rate that fell", thirty_points(), higher, 94, Verdict::regressed, Rule::beyond_band},
      {"large but not sure", thirty_points(), strict, 103, Verdict::ok, Rule::inside_band},
      {"known from the window", two_modes, {}, 112, Verdict::ok, Rule::seen_in_window},
      {"beyond what the window holds", two_modes, {}, 113, Verdict::regressed, Rule::beyond_band},
      {"a young segment", thirty_points(), young, 200, Verdict::too_few, Rule::too_few_points},
      {"nothing to compare with", {}, {}, 200, Verdict::too_few, Rule::too_few_points},
  };
  for (const Case& c : cases) {
    const Judgement j = judge(c.baseline, c.value, c.policy);
    EXPECT_EQ(j.verdict, c.verdict) << c.what;
    EXPECT_EQ(j.rule, c.rule) << c.what;
  }
}

// Student's t with 10 degrees of freedom at two-sided .001 is 4.587 in every table.
TEST(Verdict, TheCriticalDistanceIsStudents) {
  EXPECT_NEAR(critical_distance(0.001, 10, 1'000'000), 4.587, 0.001);
  EXPECT_NEAR(critical_distance(0.05, 5, 1'000'000), 2.571, 0.001);
  EXPECT_NEAR(critical_distance(0.05, 5, 1), 2.571 * std::sqrt(2.0), 0.002);
  EXPECT_EQ(critical_distance(0.001, 10, 30), critical_distance(0.001, 1000, 30)) << "tails are never trusted further";
}

TEST(Verdict, TheBandHoldsNoiseAndMinimumEffect) {
  const Judgement j = judge(thirty_points(), 106, {});
  EXPECT_NEAR(j.low, 95, 1e-9);
  EXPECT_NEAR(j.high, 105, 1e-9);
  EXPECT_NEAR(j.effect, 0.06, 1e-12);
  EXPECT_NEAR(j.effect_low, 0.06 - 0.0196 * std::sqrt(31.0 / 30), 1e-5);
  EXPECT_NEAR(j.effect_high, 0.06 + 0.0196 * std::sqrt(31.0 / 30), 1e-5);
  EXPECT_NEAR(j.minimum_detectable_effect, 0.0584, 1e-4);
  Baseline noisy = thirty_points();
  noisy.spread = 10;
  const Judgement wide = judge(noisy, 106, {});
  EXPECT_NEAR(wide.high - 100, 45.87 * std::sqrt(31.0 / 30), 0.02);
  EXPECT_NEAR(wide.minimum_detectable_effect, 0.5504, 1e-3);
}

TEST(Verdict, ARunThatWasNoisyInItselfIsTrustedLess) {
  const Policy policy;
  const double critical = critical_distance(policy.significance, 29, 30);
  const Observation calm{.value = 107, .mad = 1, .samples = 9};
  const Observation wild{.value = 107, .mad = 12, .samples = 9};
  EXPECT_EQ(judge_point(thirty_points(), calm, policy, critical).verdict, Verdict::regressed);
  const Judgement j = judge_point(thirty_points(), wild, policy, critical);
  EXPECT_EQ(j.verdict, Verdict::ok);
  EXPECT_NEAR(j.spread, 1.2533 * 1.4826 * 12 / 3, 0.01);
}

TEST(Verdict, LimitsAreSaidAndDecideNothing) {
  Policy policy;
  policy.limit_low = 90;
  policy.limit_high = 101;
  const Judgement j = judge(thirty_points(), 101.5, policy);
  EXPECT_EQ(j.verdict, Verdict::ok);
  EXPECT_TRUE(j.outside_limits);
  EXPECT_TRUE(judge({}, 89, policy).outside_limits);
  EXPECT_FALSE(judge(thirty_points(), 100, policy).outside_limits);
}

TEST(Verdict, EveryNumberIsFinite) {
  constexpr double largest = std::numeric_limits<double>::max() / 8;
  for (const double centre : {0.0, 1e-300, -1e-300, 1.0, -1e300, largest}) {
    for (const double spread : {0.0, 1e-310, 1.0, 1e300}) {
      for (const double value : {0.0, 5e-324, -1.0, 1e300, -largest}) {
        const Baseline baseline{.points = 10, .centre = centre, .spread = spread, .degrees_of_freedom = 9};
        const Judgement j = judge(baseline, value, {});
        for (const double number : {j.low, j.high, j.effect, j.effect_low, j.effect_high, j.minimum_detectable_effect})
          EXPECT_TRUE(std::isfinite(number)) << centre << ' ' << spread << ' ' << value;
        EXPECT_GT(j.p_value, 0);
        EXPECT_LE(j.p_value, 1);
      }
    }
  }
}

TEST(Verdict, AwayFromZeroIsAChangeOfAHundredPercent) {
  Baseline zero;
  zero.points = 20;
  zero.degrees_of_freedom = 19;
  EXPECT_EQ(judge(zero, 0, {}).verdict, Verdict::ok);
  const Judgement j = judge(zero, 3, {});
  EXPECT_EQ(j.verdict, Verdict::regressed);
  EXPECT_EQ(j.effect, 1);
  EXPECT_EQ(judge(zero, -3, {}).effect, -1);
}

TEST(RelevantChange, IsOfTheLevelOrOfTheDistanceFromTheCeiling) {
  struct Case {
    bool share;
    double centre, change;
  };
  for (const auto& [share, centre, change] : std::vector<Case>{
           {false, 99.2, 4.96},
           {true, 99.2, 0.2},  // a quarter of 0.8
           {true, 50, 2.5},    // far from the ceiling: 5 % of the level
           {true, 90, 2.5},    // a quarter of 10
           {true, 100, 0.1},   // at least a thousandth of the ceiling
           {true, 99.99, 0.1},
           {true, 0.992, 0.002},  // a share of 1
           {true, 1, 0.001},
           {true, 0.5, 0.025},
           {true, 250, 12.5},  // not a share after all
           {true, -3, 0.15},
       }) {
    Policy policy;
    policy.share = share;
    EXPECT_NEAR(relevant_change(policy, centre), change, 1e-9) << centre;
  }
}

TEST(Verdict, AShareNearItsCeilingIsJudgedByTheDistanceFromIt) {
  Policy policy;
  policy.better = Better::higher;
  policy.share = true;
  Baseline baseline = thirty_points();
  baseline.centre = baseline.second_lowest = baseline.second_highest = 99.2;
  baseline.spread = 0.02;
  const Judgement j = judge(baseline, 96, policy);
  EXPECT_EQ(j.verdict, Verdict::regressed);
  EXPECT_TRUE(explain(j, policy, 96, "percent").find(" Distance from 100 percent: 4 instead of 0.8.") !=
              std::string::npos);
  const Judgement small = judge(baseline, 99.05, policy);
  EXPECT_EQ(small.rule, Rule::below_minimum_effect);
  EXPECT_TRUE(explain(small, policy, 99.05, "percent").find("smaller than 0.2, the change that matters") !=
              std::string::npos);
  policy.share = false;
  EXPECT_EQ(judge(baseline, 96, policy).rule, Rule::below_minimum_effect);
}

TEST(RelativeChange, FromZeroIsOneInItsDirection) {
  EXPECT_EQ(relative_change(0, 12), 1);
  EXPECT_EQ(relative_change(0, -12), -1);
  EXPECT_EQ(relative_change(0, 0), 0);
  EXPECT_NEAR(relative_change(10, 12), 0.2, 1e-12);
  EXPECT_NEAR(relative_change(-10, -12), -0.2, 1e-12);
}

struct Explained {
  Verdict verdict;
  Rule rule;
  const char* text;
};

class Explain : public ::testing::TestWithParam<Explained> {};

TEST_P(Explain, SaysTheNumbersAndTheRule) {
  Judgement j = judge(thirty_points(), 106, {});
  j.verdict = GetParam().verdict;
  j.rule = GetParam().rule;
  EXPECT_EQ(explain(j, {}, 106, "ms"), GetParam().text);
}

#define SLOWER "6 % slower than usual: 106 ms, normally 95-105 ms."
#define STATISTICS                                                                                                  \
  " Change +6 % (95 % interval +4.01 % to +7.99 %) from the centre 100 ms of 30 accepted points, spread 1 ms. The " \
  "smallest change that one point can show here is 5.84 %."

INSTANTIATE_TEST_SUITE_P(
    Rules, Explain,
    ::testing::Values(
        Explained{Verdict::suspect, Rule::suspect_point,
                  "Not judged: the machine was not quiet when 106 ms was measured."},
        Explained{Verdict::too_few, Rule::too_few_points,
                  "Not judged yet: the baseline has 30 of the 8 accepted points that it needs."},
        Explained{Verdict::ok, Rule::inside_band, "As usual: 106 ms, normally 95-105 ms." STATISTICS},
        Explained{Verdict::ok, Rule::below_minimum_effect,
                  SLOWER " Not flagged: significant (p = 0.0001506), but below the 5 % minimum effect." STATISTICS},
        Explained{Verdict::ok, Rule::seen_in_window,
                  SLOWER " Not flagged: the baseline itself has values this far out." STATISTICS},
        Explained{Verdict::ok, Rule::seen_before,
                  SLOWER " Not flagged: the series has had excursions this large before and returned each "
                         "time." STATISTICS},
        Explained{Verdict::regressed, Rule::beyond_band,
                  SLOWER " Regressed: this point alone is outside the normal range (p = 0.0001506)." STATISTICS},
        Explained{Verdict::improved, Rule::level_shift,
                  SLOWER " Improved: together with the points before it, it shows a new level." STATISTICS}));

TEST(ExplainComparison, SaysTheDirectionInTheWordsOfTheUnit) {
  struct Case {
    double centre, value;
    const char* unit;
    const char* text;
  };
  for (const auto& [centre, value, unit, text] : std::vector<Case>{
           {12.5, 15.4, "ms", "23 % slower than usual: 15.4 ms, normally 11.88-13.12 ms. "},
           {10.1035, 12, "ms", "19 % slower than usual: 12 ms, normally 9.60-10.61 ms. "},
           {100.07, 12, "ms", "88 % faster than usual: 12 ms, normally 95.1-105.1 ms. "},
           {12.5, 8, "s", "36 % faster than usual: 8 s, normally 11.88-13.12 s. "},
           {250'000, 120'000, "bytes", "52 % lower than usual: 120000 bytes, normally 237500-262500 bytes. "},
           {40, 150, "", "275 % higher than usual: 150, normally 38-42. "},
           {-40, -30, "", "25 % higher than usual: -30, normally -42 to -38. "},
           {0, 12, "errors",
            "From 0 to 12 errors, normally 0 errors. Regressed: this point alone is outside the normal range "
            "(p = 2.461e-116). Centre 0 errors of 20 accepted points, spread 0 errors."},
       }) {
    Baseline baseline;
    baseline.points = 20;
    baseline.degrees_of_freedom = 19;
    baseline.centre = centre;
    baseline.second_lowest = baseline.second_highest = centre;
    const std::string explained = explain(judge(baseline, value, {}), {}, value, unit);
    EXPECT_TRUE(explained.starts_with(text)) << explained;
  }
}

TEST(ExplainLimits, AreSaidLast) {
  Policy policy;
  policy.limit_high = 105;
  const std::string text = explain(judge(thirty_points(), 106, policy), policy, 106, "");
  EXPECT_TRUE(text.ends_with(" The value is outside the expected range of the policy.")) << text;
  EXPECT_TRUE(text.starts_with("6 % higher than usual: 106, normally 95-105.")) << text;
}

}  // namespace
}  // namespace perftrend::detect
