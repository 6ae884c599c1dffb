// Comparison of branches, commits and runs, on both engines.

#include "server/triage/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/corrections/series.h"
#include "tests/triage/branches_fixture.h"

namespace perftrend::triage {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class CompareTest : public tests::BranchesFixture {
 protected:
  tl::expected<Comparison, std::string> compare(const SideQuestion& base, const SideQuestion& head) {
    tl::expected<Comparison, std::string> compared;
    database().read(
        [&](db::Connection& connection) { compared = triage::compare(connection, policies(), 1, "p", base, head); });
    return compared;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, CompareTest, tests::both_dialects(), tests::dialect_name);

TEST_P(CompareTest, SidesAreFoundByName) {
  const std::string commit = "0123456789abcdef0123456789abcdef01234567";
  quiet_days(0, 12);
  for (int day = 12; day < 18; ++day)
    upload({.day = day, .value = 1.3 * quiet(day), .branch = "topic", .commit = commit});
  struct Case {
    std::string name;
    SideQuestion base, head;
    CompareMethod method;
    std::size_t base_values, head_values;
    bool is_slower;
  };
  for (const auto& each : std::vector<Case>{
           {"branches", {"main", {}}, {"topic", {}}, CompareMethod::baseline, 12, 6, true},
           {"the commit in full", {"main", {}}, {commit, {}}, CompareMethod::baseline, 12, 6, true},
           {"the commit abbreviated", {"main", {}}, {commit.substr(0, 8), {}}, CompareMethod::baseline, 12, 6, true},
           {"spellings of the branches",
            {"origin/main", {}},
            {"refs/heads/topic", {}},
            CompareMethod::baseline,
            12,
            6,
            true},
           {"commits", {"c3", SideKind::commit}, {commit, SideKind::commit}, CompareMethod::none, 1, 6, false},
           {"runs", {"3", SideKind::run}, {"4", SideKind::run}, CompareMethod::none, 1, 1, false}}) {
    const auto compared = compare(each.base, each.head);
    ASSERT_TRUE(compared) << each.name << ": " << compared.error();
    ASSERT_THAT(compared->series, SizeIs(1)) << each.name;
    const auto& row = compared->series[0];
    EXPECT_EQ(row.method, each.method) << each.name;
    EXPECT_EQ(row.base_values, each.base_values) << each.name;
    EXPECT_EQ(row.head_values, each.head_values) << each.name;
    EXPECT_EQ(row.verdict == Verdict::regressed, each.is_slower) << each.name;
    EXPECT_THAT(compared->only_base, SizeIs(0)) << each.name;
    if (each.is_slower) {
      EXPECT_NEAR(row.effect, 0.3, 0.02) << each.name;
    }
  }
}

TEST_P(CompareTest, WhatCannotBeFoundIsNamed) {
  upload({.day = 0, .commit = "abcdef0123456"});
  upload({.day = 1, .commit = "abcdef0987654"});
  upload({.day = 2, .branch = "c0"});
  upload({.day = 3, .commit = "c0"});
  struct Case {
    SideQuestion base;
    std::string cause;
  };
  for (const auto& each :
       std::vector<Case>{{{"nowhere", {}}, "base is not a branch, commit or run of this project: 'nowhere'"},
                         {{"999", SideKind::run}, "base is not a run of this project"},
                         {{"abcdef0", {}}, "'abcdef0' is the beginning of several commits"},
                         {{"c0", {}}, "'c0' is a branch and a commit: state base_kind"}}) {
    const auto compared = compare(each.base, {"main", {}});
    ASSERT_FALSE(compared) << each.cause;
    EXPECT_THAT(compared.error(), HasSubstr(each.cause));
  }
}

TEST_P(CompareTest, UnitsOfOneQuantityAreConvertedToThatOfTheHead) {
  quiet_days(0, 12);
  quiet_days(12, 18, "topic", 1.3);
  corrections::SeriesChange change;
  change.unit = "us";
  ASSERT_TRUE(corrections::change_series({database(), policies()}, {1, "p"}, 1, change, {"ann", ""}));
  const auto by_branch = compare({"main", {}}, {"topic", {}});
  ASSERT_TRUE(by_branch);
  ASSERT_THAT(by_branch->series, SizeIs(1));
  EXPECT_EQ(by_branch->series[0].unit, "ms");
  EXPECT_EQ(by_branch->series[0].verdict, Verdict::regressed);
  EXPECT_NEAR(by_branch->series[0].base_median, 100, 0.5);
  EXPECT_NEAR(by_branch->series[0].effect, 0.3, 0.02);
  const auto by_run = compare({"c3", SideKind::commit}, {"c15", SideKind::commit});
  ASSERT_TRUE(by_run);
  ASSERT_THAT(by_run->series, SizeIs(1));
  EXPECT_NEAR(by_run->series[0].effect, 0.3, 0.02);
}

TEST_P(CompareTest, AnotherQuantityUnderTheSameNameIsOnOneSideOnly) {
  quiet_days(0, 12);
  upload({.day = 12, .value = 5, .branch = "topic", .unit = "bytes"});
  const auto compared = compare({"main", {}}, {"topic", {}});
  ASSERT_TRUE(compared);
  EXPECT_THAT(compared->series, SizeIs(0));
  ASSERT_THAT(compared->only_base, SizeIs(1));
  ASSERT_THAT(compared->only_head, SizeIs(1));
  EXPECT_EQ(compared->only_base[0].unit, "ms");
  EXPECT_EQ(compared->only_head[0].unit, "bytes");
}

TEST_P(CompareTest, TheBaseEndsAtTheMergeBaseOfTheHead) {
  quiet_days(0, 12);
  quiet_days(12, 24, "main", 1.3);
  upload({.day = 30, .value = quiet(30), .branch = "topic", .base_branch = "main", .base_commit = "c11"});
  const auto compared = compare({"main", {}}, {"topic", {}});
  ASSERT_TRUE(compared);
  ASSERT_THAT(compared->series, SizeIs(1));
  EXPECT_EQ(compared->series[0].base_values, 12U);
  EXPECT_EQ(compared->series[0].verdict, Verdict::ok);
  EXPECT_THAT(compared->base.text, HasSubstr("the merge base, run 12"));
}

TEST_P(CompareTest, ACommitThatWasOnlyBisectedIsFound) {
  quiet_days(0, 12);
  upload({.day = 13, .value = 1.3 * quiet(13), .commit = "k1", .purpose = "bisect"});
  for (const auto& base : {"main", "c3"}) {
    const auto compared = compare({base, {}}, {"k1", {}});
    ASSERT_TRUE(compared) << compared.error();
    ASSERT_THAT(compared->series, SizeIs(1)) << base;
    EXPECT_NEAR(compared->series[0].effect, 0.3, 0.02) << base;
  }
}

TEST_P(CompareTest, AFreshChangeOfTheBaseIsNotTheHeads) {
  quiet_days(0, 12);
  quiet_days(12, 14, "main", 1.3);
  upload({.day = 15, .value = 1.3 * quiet(15), .branch = "topic", .base_branch = "main", .base_commit = "c13"});
  const auto compared = compare({"main", {}}, {"topic", {}});
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->regressed, 0);
  EXPECT_THAT(compared->base.text, HasSubstr("main itself changed lately"));
}

}  // namespace
}  // namespace perftrend::triage
