// What an upload finds where the machine changes, near a ceiling, from 0, and between two runs of one commit; on both
// engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "server/triage/life.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t day_us = 86'400'000'000;

struct NightlyRun {
  std::string metric = "prefill_ms";
  double value = 0;
  std::string kernel{};
  std::string commit{};  ///< empty: one of its own
  std::string better{};
};

class EnvironmentsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  Accepted upload(const NightlyRun& run) {
    std::string machine;
    if (!run.kernel.empty())
      machine = fmt::format(
          "<properties><property name='environment.kernel' value='{}'/><property name='environment.cpu_model' "
          "value='EPYC 7763'/></properties>",
          run.kernel);
    const std::string better =
        run.better.empty() ? "" : fmt::format("<property name='{}.better' value='{}'/>", run.metric, run.better);
    Upload sent;
    sent.project = "p";
    sent.commit = run.commit.empty() ? fmt::format("c{}", number_) : run.commit;
    sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number_ * day_us);
    ++number_;
    sent.files = {{"", "application/xml",
                   fmt::format("<testsuite name='s'>{}<testcase classname='k' name='c'><properties><property name='{}' "
                               "value='{}'/>{}</properties></testcase></testsuite>",
                               machine, run.metric, run.value, better)}};
    auto accepted = take_upload(*database_, {}, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  }

  /// `level` with noise of `spread`.
  double about(double level, double spread = 0.5) { return std::normal_distribution<double>(level, spread)(random_); }

  std::vector<store::Regression> found(store::FindingKind kind) {
    store::RegressionFilter all;
    std::vector<store::Regression> listed;
    database_->read([&](db::Connection& connection) { listed = store::list_regressions(connection, 1, all); });
    std::erase_if(listed, [&](const store::Regression& each) { return each.record.kind != kind; });
    return listed;
  }
  std::vector<store::Regression> regressions() { return found(store::FindingKind::level); }

  std::int64_t open_regressions() {
    std::int64_t count = 0;
    database_->read(
        [&](db::Connection& connection) { count = store::find_project(connection, "p")->open_regressions; });
    return count;
  }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  Options options_;
  int number_ = 0;
  std::mt19937_64 random_{1};
};

INSTANTIATE_TEST_SUITE_P(Engines, EnvironmentsTest, tests::both_dialects(), tests::dialect_name);

TEST_P(EnvironmentsTest, TwoMachinesThatTakeTurnsAreBothJudged) {
  std::size_t judged = 0;
  for (int i = 0; i < 60; ++i)
    judged += upload({.value = about(i % 2 == 0 ? 100 : 130), .kernel = i % 2 == 0 ? "a" : "b"}).verdict.judged;
  EXPECT_GE(judged, 44U);
  EXPECT_THAT(regressions(), IsEmpty());
  for (int i = 0; i < 6; ++i)
    upload({.value = about(i % 2 == 0 ? 150 : 195), .kernel = i % 2 == 0 ? "a" : "b"});
  ASSERT_THAT(regressions(), SizeIs(1)) << "both show one regression";
  EXPECT_EQ(regressions()[0].first_commit, "c60");
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
}

TEST_P(EnvironmentsTest, AKernelUpdateIsAFindingOfItsOwn) {
  for (int i = 0; i < 20; ++i)
    upload({.value = about(100), .kernel = "6.1.0-18"});
  const auto first = upload({.value = about(112), .kernel = "6.1.0-22"});
  ASSERT_THAT(first.verdict.findings, SizeIs(1));
  EXPECT_EQ(first.verdict.findings[0].kind(), "environment");
  EXPECT_EQ(first.verdict.findings[0].verdict, Verdict::ok);
  EXPECT_THAT(first.verdict.findings[0].explanation, HasSubstr("Environment changed: +12"));
  EXPECT_THAT(first.verdict.findings[0].explanation, HasSubstr("kernel 6.1.0-18 → 6.1.0-22"));
  for (int i = 0; i < 10; ++i)
    EXPECT_THAT(upload({.value = about(112), .kernel = "6.1.0-22"}).verdict.reported(), SizeIs(i < 2 ? 1 : 0));
  EXPECT_THAT(regressions(), IsEmpty());
  EXPECT_EQ(open_regressions(), 0);
  const auto noted = found(store::FindingKind::environment);
  ASSERT_THAT(noted, SizeIs(1));
  EXPECT_EQ(noted[0].record.state, FindingState::noted);
  EXPECT_EQ(noted[0].record.reason, "environment_changed");
  EXPECT_EQ(noted[0].first_commit, "c20");
  EXPECT_THAT(noted[0].environment_changes, ElementsAre("kernel 6.1.0-18 → 6.1.0-22"));
  EXPECT_THAT(store::explain(noted[0]), HasSubstr("Changed: kernel 6.1.0-18 → 6.1.0-22."));
  EXPECT_FALSE(triage::take_action(noted[0].record, {.action = "acknowledge"}, "alice", 0));
  EXPECT_FALSE(triage::take_action(noted[0].record, {.action = "reopen"}, "alice", 0));
}

TEST_P(EnvironmentsTest, AKernelUpdateNeitherClosesNorHidesARegression) {
  for (int i = 0; i < 20; ++i)
    upload({.value = about(100), .kernel = "18"});
  for (int i = 0; i < 4; ++i)
    upload({.value = about(130), .kernel = "18"});
  for (int i = 0; i < 12; ++i)
    upload({.value = about(130), .kernel = "22"});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].first_commit, "c20");
  EXPECT_EQ(regressions()[0].last_good_commit, "c19");
  EXPECT_THAT(found(store::FindingKind::environment), IsEmpty()) << "the update had no effect";
  for (int i = 0; i < 4; ++i)
    upload({.value = about(156), .kernel = "23"});
  EXPECT_EQ(open_regressions(), 1) << "a step with the update itself is not a regression";
  for (int i = 0; i < 4; ++i)
    upload({.value = about(200), .kernel = "23"});
  EXPECT_EQ(open_regressions(), 2) << "a later one is";
}

TEST_P(EnvironmentsTest, APercentageNearItsCeilingIsJudgedByTheDistanceFromIt) {
  for (int i = 0; i < 20; ++i)
    upload({.metric = "success_percent", .value = about(99.2, 0.02), .better = "higher"});
  const auto first = upload({.metric = "success_percent", .value = about(96, 0.02), .better = "higher"});
  ASSERT_THAT(first.verdict.reported(), SizeIs(1));
  EXPECT_THAT(first.verdict.reported()[0].explanation, HasSubstr("Distance from 100 percent: "));
  for (int i = 0; i < 2; ++i)
    upload({.metric = "success_percent", .value = about(96, 0.02), .better = "higher"});
  EXPECT_EQ(open_regressions(), 1);
}

TEST_P(EnvironmentsTest, SoIsAShareWithoutAUnitAndAPercentageFarFromItIsNot) {
  for (int i = 0; i < 20; ++i) {
    upload({.metric = "accuracy", .value = about(0.992, 0.0002), .better = "higher"});
    upload({.metric = "hit_percent", .value = about(50, 0.02), .better = "higher"});
  }
  EXPECT_THAT(upload({.metric = "hit_percent", .value = 49, .better = "higher"}).verdict.findings, IsEmpty());
  EXPECT_THAT(upload({.metric = "accuracy", .value = 0.96, .better = "higher"}).verdict.reported(), SizeIs(1));
}

TEST_P(EnvironmentsTest, AChangeFromZeroHasOneEffectEverywhere) {
  for (int i = 0; i < 17; ++i)
    upload({.metric = "errors", .value = 0});
  const auto first = upload({.metric = "errors", .value = 12});
  ASSERT_THAT(first.verdict.reported(), SizeIs(1));
  EXPECT_EQ(first.verdict.reported()[0].effect, 1);
  EXPECT_THAT(first.verdict.reported()[0].explanation, HasSubstr("From 0 to 12, normally 0."));
  ASSERT_THAT(regressions(), SizeIs(1));
  const auto& record = regressions()[0].record;
  EXPECT_EQ(detect::relative_change(record.before, record.after), 1);
}

TEST_P(EnvironmentsTest, AStepBetweenTwoRunsOfOneCommitIsSaidToBeOne) {
  for (int i = 0; i < 21; ++i)
    upload({.value = about(100), .commit = "7d865e9"});
  for (int i = 0; i < 4; ++i)
    upload({.value = about(125), .commit = "7d865e9"});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_TRUE(regressions()[0].is_same_commit());
  EXPECT_THAT(store::explain(regressions()[0]),
              HasSubstr("No commit lies between the last good run and this one: look at the machine, the engine or the "
                        "data."));
  for (int i = 0; i < 4; ++i)
    upload({.value = about(160), .commit = fmt::format("other{}", i)});
  EXPECT_FALSE(regressions()[0].is_same_commit());
}

}  // namespace
}  // namespace perftrend::intake
