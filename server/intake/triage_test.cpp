// The way from uploads to the life of regressions, quarantines and runs as wholes, on both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "server/intake/clock_text.h"
#include "server/intake/intake.h"
#include "server/store/audit.h"
#include "server/store/projects.h"
#include "server/store/quarantine.h"
#include "server/store/regressions.h"
#include "server/triage/dry_run.h"
#include "server/triage/life.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"
#include "server/triage/watch.h"
#include "tests/database/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t day_us = 86'400'000'000;

class TriageTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  /// Night `number` with a value of each of the cases c0, c1, …
  Accepted night(int number, const std::vector<double>& values, const std::string& properties = "",
                 const std::string& commit_time = "") {
    std::string cases;
    for (std::size_t i = 0; i < values.size(); ++i) {
      cases += fmt::format(
          "<testcase classname='k' name='c{}'><properties><property name='x_ms' value='{}'/></properties></testcase>",
          i, values[i]);
    }
    Upload sent;
    sent.project = "p";
    sent.commit = fmt::format("c{}", number);
    sent.started_at = to_rfc3339(1'767'225'600'000'000 + number * day_us);
    sent.commit_time = commit_time;
    sent.files = {{"", "application/xml",
                   fmt::format("<testsuite name='s'><properties>{}</properties>{}</testsuite>", properties, cases)}};
    auto accepted = take_upload(*database_, {}, {}, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  }

  std::vector<store::Regression> regressions() {
    store::RegressionFilter all;
    all.states = {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged, FindingState::fixed,
                  FindingState::dismissed};
    std::vector<store::Regression> found;
    database_->read([&](db::Connection& connection) { found = store::list_regressions(connection, 1, all); });
    return found;
  }

  void person(const triage::Step& step) {
    database_->write([&](db::Connection& connection) {
      auto record = store::list_regressions(connection, 1,
                                            {{FindingState::suspected, FindingState::confirmed,
                                              FindingState::acknowledged, FindingState::fixed, FindingState::dismissed},
                                             {},
                                             {},
                                             {},
                                             {},
                                             {},
                                             1})
                        .at(0)
                        .record;
      const auto after = triage::take_step(record, step, "alice");
      store::save_regression(connection, after.value(), record.state, 1, step.note);
    });
  }

  template <typename Read>
  auto read(const Read& function) {
    std::invoke_result_t<Read, db::Connection&> found{};
    database_->read([&](db::Connection& connection) { found = function(connection); });
    return found;
  }

  std::vector<store::Quarantine> stays(bool now_only = true) {
    return read([&](db::Connection& connection) { return store::list_quarantine(connection, 1, now_only, 100); });
  }

  db::Database& database() { return *database_; }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, TriageTest, tests::both_engines(), tests::engine_name);

double quiet(int number, int series = 0) {
  return 10.0 + 0.05 * (((number + 3 * series) * 7) % 11 - 5) / 5.0 + 0.001 * ((number * 31 + series) % 17);
}

std::vector<double> quiet_night(int number, std::size_t series, double factor = 1) {
  std::vector<double> values;
  for (std::size_t i = 0; i < series; ++i)
    values.push_back(factor * quiet(number, static_cast<int>(i)));
  return values;
}

TEST_P(TriageTest, APersonsWordOutlastsDetection) {
  int number = 0;
  for (; number < 12; ++number)
    night(number, {quiet(number)});
  for (int i = 0; i < 6; ++i, ++number)
    night(number, {1.4 * quiet(number)});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  person({.action = "acknowledge", .note = "seen"});
  night(number, {1.4 * quiet(number)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::acknowledged);
  EXPECT_EQ(regressions()[0].record.note, "seen");
  person({.action = "dismiss", .reason = "expected"});
  night(number + 1, {1.4 * quiet(number)});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].record.state, FindingState::dismissed);
  person({.action = "reopen"});
  for (int i = 2; i < 12; ++i)
    night(number + i, {quiet(number + i)});
  EXPECT_EQ(regressions().back().record.state, FindingState::fixed);
  EXPECT_EQ(regressions().back().record.reason, "returned");
}

TEST_P(TriageTest, WhenEverythingMovesThatIsOneFinding) {
  int number = 0;
  for (; number < 12; ++number)
    night(number, quiet_night(number, 12));
  const auto slow = night(number, quiet_night(number, 12, 1.5));
  ASSERT_TRUE(slow.verdict.moved);
  EXPECT_TRUE(slow.verdict.moved->worse);
  EXPECT_EQ(slow.verdict.moved->moved, 12);
  EXPECT_EQ(slow.verdict.moved->judged, 12);
  EXPECT_NEAR(slow.verdict.moved->effect, 0.5, 0.03);
  EXPECT_THAT(slow.verdict.told(), IsEmpty());
  EXPECT_THAT(slow.verdict.findings, SizeIs(12));
  EXPECT_THAT(regressions(), SizeIs(12));
  EXPECT_EQ(read([](db::Connection& connection) { return store::find_project(connection, "p"); })->open_regressions, 1);
  EXPECT_TRUE(read([&](db::Connection& connection) { return store::find_movement(connection, slow.run.id); }));
}

TEST_P(TriageTest, WhatMayBeChanceAmongManySeriesIsNotToldAndNotRecorded) {
  // Of 200 series one is just beyond its band: p near .001, which 200 series throw up every fifth night.
  int number = 0;
  for (; number < 30; ++number)
    night(number, quiet_night(number, 200));
  auto values = quiet_night(number, 200);
  const auto probe = read([](db::Connection& connection) {
    const auto trend = store::read_trend(connection, 1, 100);
    return triage::judge(trend, {}).points.back();
  });
  values[0] = std::max(probe.high, 1.05 * probe.centre) * 1.001;
  const auto last = night(number, values);
  const auto& finding = last.verdict.findings;
  if (!finding.empty() && finding[0].judged.p_value > 0.05 / 200) {
    EXPECT_EQ(last.verdict.chance, 1U);
    EXPECT_THAT(last.verdict.told(), IsEmpty());
    EXPECT_THAT(regressions(), IsEmpty());
  } else {
    // The smallest effect that matters is far outside of this noise: then it is told.
    EXPECT_THAT(last.verdict.told(), SizeIs(1));
  }
}

TEST_P(TriageTest, ASlowDriftIsAFindingWithALifeOfItsOwn) {
  std::mt19937_64 random(3);
  for (int number = 0; number < 120; ++number) {
    double noise = -6;  // the sum of twelve is nearly normal
    for (int i = 0; i < 12; ++i)
      noise += static_cast<double>(random() >> 11U) * 0x1p-53;
    night(number, {10 * (1 + 0.0025 * number) * (1 + 0.01 * noise)});
  }
  const auto found = regressions();
  const auto drift = std::find_if(found.begin(), found.end(),
                                  [](const auto& each) { return each.record.kind == store::FindingKind::drift; });
  ASSERT_NE(drift, found.end());
  EXPECT_EQ(drift->record.state, FindingState::confirmed);
  EXPECT_TRUE(drift->record.worse);
  EXPECT_THAT(drift->record.explanation, HasSubstr("slow drift"));
  EXPECT_EQ(std::count_if(found.begin(), found.end(),
                          [](const auto& each) { return each.record.kind == store::FindingKind::drift; }),
            1);
}

TEST_P(TriageTest, ARegressionAgesOutWhenItsSeriesStops) {
  int number = 0;
  for (; number < 12; ++number)
    night(number, {quiet(number), quiet(number, 1)});
  for (int i = 0; i < 5; ++i, ++number)
    night(number, {quiet(number), 1.5 * quiet(number, 1)});
  ASSERT_EQ(regressions()[0].record.state, FindingState::confirmed);
  for (int i = 0; i < 14; ++i, ++number)
    night(number, {quiet(number)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  night(number++, {quiet(number)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::dismissed);
  EXPECT_EQ(regressions()[0].record.reason, "aged_out");
  night(number, {quiet(number), 1.5 * quiet(number, 1)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed) << "the series goes on";
}

TEST_P(TriageTest, ARunThatComesLateJudgesAgainWhatFollows) {
  int number = 0;
  for (; number < 12; ++number)
    night(10 * number, {quiet(number)});
  for (int i = 0; i < 3; ++i, ++number)
    night(10 * number, {1.4 * quiet(number)});
  ASSERT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].first_commit, "c120");
  EXPECT_EQ(regressions()[0].last_good_commit, "c110");
  // Bisecting: a run between the two narrows the range from either side.
  night(900, {quiet(3)}, "", to_rfc3339(1'767'225'600'000'000 + 113 * day_us));
  EXPECT_EQ(regressions()[0].last_good_commit, "c900");
  night(901, {1.4 * quiet(3)}, "", to_rfc3339(1'767'225'600'000'000 + 116 * day_us));
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].first_commit, "c901");
  EXPECT_EQ(regressions()[0].last_good_commit, "c900");
}

TEST_P(TriageTest, ANewPolicyLeavesNoFindingThatNoPolicyStandsBehind) {
  int number = 0;
  for (; number < 12; ++number)
    night(number, {quiet(number)});
  for (int i = 0; i < 5; ++i, ++number)
    night(number, {1.2 * quiet(number)});
  ASSERT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].record.policy_version, 0);
  const auto put = [&](const std::string& toml) {
    database().write([&](db::Connection& connection) {
      ASSERT_TRUE(triage::put_policy(connection, {}, 1, "p", {toml, "alice", "", {}}, 5));
    });
  };
  const auto tried = read([](db::Connection& connection) {
    const auto proposed = triage::Policies().with_project_rules("[[policy]]\nminimum_effect = 0.5\n", "t", 0).value();
    return triage::dry_run(connection, {}, proposed, 1, "p");
  });
  EXPECT_EQ(tried.present.regressions, 1);
  EXPECT_EQ(tried.proposed.regressions, 0);
  ASSERT_THAT(tried.less, SizeIs(1));
  EXPECT_THAT(tried.more, IsEmpty());
  put("[[policy]]\nminimum_effect = 0.5\n");
  EXPECT_EQ(regressions()[0].record.state, FindingState::dismissed);
  EXPECT_EQ(regressions()[0].record.reason, "withdrawn");
  put("");
  night(number++, {1.2 * quiet(number)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].record.policy_version, 2);
  put("[[policy]]\nalerting = false\n");
  EXPECT_FALSE(regressions()[0].record.alerting);
  EXPECT_EQ(read([](db::Connection& connection) { return store::find_project(connection, "p"); })->open_regressions, 0);
}

const std::string stated =
    "<property name='perftrend.quarantine' value='new timing'/><property name='perftrend.quarantine.owner' "
    "value='bob'/><property name='perftrend.quarantine.expiry' value='2026-02-01'/>";

TEST_P(TriageTest, AScenarioBringsACaseInAndLetsItGo) {
  const auto first = night(0, {quiet(0), quiet(0, 1)}, stated);
  ASSERT_THAT(stays(), SizeIs(2));
  EXPECT_EQ(stays()[0].source, "scenario");
  EXPECT_EQ(stays()[0].owner, "bob");
  EXPECT_THAT(first.run.warnings, Contains(HasSubstr("expired on 2026-02-01 (owner: bob)")));
  for (int number = 1; number < 12; ++number)
    night(number, {quiet(number), quiet(number, 1)}, stated);
  const auto slow = night(12, {14, quiet(12, 1)}, stated);
  ASSERT_THAT(slow.verdict.told(), SizeIs(1));
  EXPECT_TRUE(slow.verdict.told()[0].quarantined);
  EXPECT_FALSE(slow.verdict.told()[0].alerting);
  EXPECT_FALSE(regressions()[0].record.alerting);
  // An older run says nothing of today, a newer one without the words lets go.
  night(900, {quiet(1), quiet(1, 1)}, "", to_rfc3339(1'767'225'600'000'000 + 3 * day_us + 1));
  EXPECT_THAT(stays(), SizeIs(2));
  night(13, {14, quiet(13, 1)});
  EXPECT_THAT(stays(), IsEmpty());
  EXPECT_EQ(stays(false)[0].left_reason, "its scenario no longer says so");
  EXPECT_TRUE(regressions()[0].record.alerting);
  EXPECT_THAT(read([](db::Connection& connection) {
                return store::list_audit(connection, 1, {"quarantine", 0, 0, 10});
              }),
              SizeIs(4));
}

TEST_P(TriageTest, NoiseBringsACaseInAndCleanNightsLetItGo) {
  int number = 0;
  for (; number < 20; ++number)
    night(number, {quiet(number)});
  // Ever larger spikes, so that none was seen before.
  for (const double spike : {14.0, 24.0, 44.0}) {
    EXPECT_THAT(stays(), IsEmpty());
    night(number++, {spike});
    for (int i = 0; i < 4; ++i, ++number)
      night(number, {quiet(number)});
  }
  ASSERT_THAT(stays(), SizeIs(1));
  EXPECT_EQ(stays()[0].source, "noise");
  EXPECT_THAT(stays()[0].reason, HasSubstr("3 suspicions of x_ms"));
  const auto numbers = [&] {
    return read([&](db::Connection& connection) { return triage::measure_stay(connection, {}, "p", stays(false)[0]); });
  };
  for (int i = 0; i < 5; ++i, ++number)
    night(number, {quiet(number)});
  EXPECT_GE(numbers().clean_nights, 5);
  EXPECT_FALSE(numbers().steady);
  ASSERT_THAT(numbers().series, SizeIs(1));
  EXPECT_GT(numbers().series[0].steadiness.minimum_detectable_effect, 0.05);
  EXPECT_EQ(numbers().series[0].steadiness.withdrawn, 3);
  for (int i = 0; i < 9; ++i, ++number)
    night(number, {quiet(number)});
  EXPECT_THAT(stays(), IsEmpty());
  EXPECT_THAT(stays(false)[0].left_reason, HasSubstr("14 clean nights"));
  night(number, {quiet(number)});
  EXPECT_THAT(stays(), IsEmpty()) << "old suspicions do not bring it back";
}

TEST_P(TriageTest, TheWatchSaysHowRightItWas) {
  int number = 0;
  for (; number < 60; ++number)
    night(number, {quiet(number)});
  for (int i = 0; i < 6; ++i, ++number)
    night(number, {1.4 * quiet(number)});
  const auto watch = [&] {
    return read([](db::Connection& connection) { return triage::watch_project(connection, {}, 1, "p"); });
  };
  EXPECT_EQ(watch().told, 1);
  EXPECT_EQ(watch().precision, 1.0);
  EXPECT_THAT(watch().late_points, ElementsAre(0));
  EXPECT_EQ(watch().series, 1U);
  EXPECT_EQ(watch().recall.back().found, 1U);
  person({.action = "dismiss", .reason = "false_alarm"});
  EXPECT_EQ(watch().precision, 0.0);
}

}  // namespace
}  // namespace perftrend::intake
