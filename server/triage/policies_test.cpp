#include "server/triage/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perftrend::triage {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Policies, WithoutAFileEverythingHasTheDefaults) {
  detect::Policy defaults;
  EXPECT_EQ(Policies().find("p", "m", "", Better::lower), defaults);
  defaults.better = Better::higher;
  EXPECT_EQ(Policies().find("p", "m", "", Better::higher), defaults);
}

TEST(Policies, EveryMatchingRuleAppliesAndALaterOneWins) {
  const auto policies = Policies::parse(R"(
[[policy]]
minimum_effect = 0.1
window_points = 20

[[policy]]
project = "batch_*"
metric = "prefill_??"
minimum_effect = 0.02
significance = 0.01
floor = 0.001
limit_high = 200.0
better = "higher"
)",
                                        "test")
                            .value();
  const auto other = policies.find("other", "prefill_ms", "", Better::lower);
  EXPECT_EQ(other.minimum_effect, 0.1);
  EXPECT_EQ(other.window_points, 20);
  EXPECT_EQ(other.better, Better::lower);
  const auto batch = policies.find("batch_1", "prefill_ms", "", Better::lower);
  EXPECT_EQ(batch.minimum_effect, 0.02);
  EXPECT_EQ(batch.window_points, 20);
  EXPECT_EQ(batch.significance, 0.01);
  EXPECT_EQ(batch.floor, 0.001);
  EXPECT_EQ(batch.limit_high, 200.0);
  EXPECT_EQ(batch.limit_low, std::nullopt);
  EXPECT_EQ(batch.better, Better::higher);
  EXPECT_EQ(policies.find("batch_1", "prefill_kib", "", Better::lower).minimum_effect, 0.1);
}

TEST(Policies, AProjectsOwnRulesComeAfterTheFilesAndNameNoProject) {
  const auto file = Policies::parse("[[policy]]\nminimum_effect = 0.1\nalerting = false\n", "f").value();
  const auto own =
      file.with_project_rules("[[policy]]\nmetric = \"a_*\"\nminimum_effect = 0.2\nalerting = true\n", "own", 3);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->version(), 3);
  EXPECT_EQ(own->find("p", "a_ms", "", Better::lower).minimum_effect, 0.2);
  EXPECT_EQ(own->find("p", "b_ms", "", Better::lower).minimum_effect, 0.1);
  EXPECT_TRUE(own->is_alerting("p", "a_ms"));
  EXPECT_FALSE(own->is_alerting("p", "b_ms"));
  EXPECT_TRUE(Policies().is_alerting("p", "b_ms"));
  EXPECT_THAT(file.with_project_rules("[[policy]]\nproject = \"x\"", "own", 1).error(), HasSubstr("names no project"));
  EXPECT_THAT(file.with_project_rules("[[policy]]\nproject = \"x\"", "own", 1).error(), StartsWith("own:2:1:"));
  EXPECT_THAT(file.with_project_rules("[[policy]]\nwindow_points = 1", "own", 1).error(), StartsWith("own:2:17:"));
  EXPECT_THAT(file.with_project_rules("[[metrics]]\nleave = [\"x\"]", "own", 1).error(),
              StartsWith("own:1:3: unknown key 'metrics'"))
      << "a policy does not decide which metrics are read: the key would be ignored";
}

TEST(Policies, RulesThatContradictEachOtherStillMakeAPolicyThatCanFlag) {
  const auto policies = Policies::parse("[[policy]]\nwindow_points = 5\nconfirm_points = 4\n", "f").value();
  const auto policy = policies.find("p", "m", "", Better::lower);
  EXPECT_EQ(policy.window_points, 5);
  EXPECT_EQ(policy.minimum_points, 5) << "the default is 8, which such a window never holds";
  EXPECT_EQ(policy.confirm_within, 4) << "the default is 3, and 3 points never contain 4";
}

TEST(Policies, SaysWhichRulesSpeakOfAProject) {
  const auto file = Policies::parse("[[policy]]\nproject = \"a*\"\nfloor = 1\n[[policy]]\nproject = \"b\"\n", "f");
  const auto joined = file->with_project_rules("[[policy]]\nmetric = \"m\"\nalerting = false\n", "own", 1).value();
  const auto rules = joined.rules_for("a1");
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0].floor, 1.0);
  EXPECT_FALSE(rules[0].own);
  EXPECT_EQ(rules[1].metric, "m");
  EXPECT_EQ(rules[1].alerting, false);
  EXPECT_TRUE(rules[1].own);
  EXPECT_EQ(joined.rules_for("c").size(), 1U);
}

TEST(Policies, SaysWhereAFileIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[[policy]]\nminimum_efect = 1", "f.toml:2:1: unknown key 'minimum_efect'"},
      {"[[policy]]\nminimum_effect = \"5%\"", "f.toml:2:18: minimum_effect must be a number"},
      {"[[policy]]\nminimum_effect = -1", "minimum_effect must be a number from 0"},
      {"[[policy]]\nminimum_effect = nan", "minimum_effect must be a number"},
      {"[[policy]]\nalerting = 1", "alerting must be true or false"},
      {"[[policy]]\nwindow_points = 2.5", "window_points must be a whole number"},
      {"[[policy]]\nwindow_points = 0", "window_points must be a whole number from 3"},
      {"[[policy]]\nsignificance = 0", "significance must be"},
      {"[[policy]]\nbetter = \"up\"", "better must be \"lower\" or \"higher\""},
      {"[[policy]]\nmetric = \"\"", "metric must be a text"},
      {"[[policy]]\nlimit_low = 5\nlimit_high = 1", "f.toml:1:1: limit_low is above limit_high"},
      {"[policies]\nx = 1", "f.toml:1:2: unknown key 'policies'"},
      {"policy = 1", "unknown key 'policy'"},
      {"[[policy]]\nminimum_effect = ", "f.toml:2:"},
  };
  for (const auto& [text, says] : cases) {
    const auto policies = Policies::parse(text, "f.toml");
    ASSERT_FALSE(policies) << text;
    EXPECT_THAT(policies.error(), StartsWith("f.toml:"));
    EXPECT_THAT(policies.error(), HasSubstr(says));
  }
}

}  // namespace
}  // namespace perftrend::triage
