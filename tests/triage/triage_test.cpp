// The way from uploads to the life of regressions, quarantines and runs as wholes, on both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "core/detect/run.h"
#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "server/store/audit.h"
#include "server/store/projects.h"
#include "server/store/quarantine.h"
#include "server/store/regressions.h"
#include "server/triage/accuracy.h"
#include "server/triage/dry_run.h"
#include "server/triage/life.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"
#include "tests/support/database_under_test.h"
#include "tests/support/paths.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::int64_t day_us = 86'400'000'000;

class TriageTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  /// Day `number` with a value of each of the cases c0, c1, …
  Accepted day(int number, const std::vector<double>& values, const std::string& properties = "",
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
    sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number * day_us);
    sent.commit_time = commit_time;
    sent.files = {{"", "application/xml",
                   fmt::format("<testsuite name='s'><properties>{}</properties>{}</testsuite>", properties, cases)}};
    auto accepted = take_upload(*database_, {}, {}, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  }

  std::vector<store::Regression> regressions() {
    store::RegressionFilter all;
    std::vector<store::Regression> found;
    database_->read([&](db::Connection& connection) { found = store::list_regressions(connection, 1, all); });
    return found;
  }

  void person(const triage::Action& step) {
    database_->write([&](db::Connection& connection) {
      auto record = store::list_regressions(connection, 1, {{}, {}, {}, {}, {}, {}, 1}).at(0).record;
      const auto after = triage::take_action(record, step, "alice", store::newest_run_id(connection, 1));
      store::save_regression(connection, after.value(), record.state, 1, step.note);
    });
  }

  void by_hand(const CaseKey& key) {
    database_->write([&](db::Connection& connection) {
      ASSERT_TRUE(triage::enter_by_hand(connection, 1, key, {"a known neighbour", "bob", {}, 14}, "ann", 0));
    });
  }

  triage::StoredPolicy put_policy(const std::string& toml) {
    triage::StoredPolicy stored;
    database_->write([&](db::Connection& connection) {
      stored = triage::put_policy(connection, {}, 1, "p", {toml, "alice", "", {}}, 5).value();
    });
    return stored;
  }

  template <typename Read>
  auto read(const Read& function) {
    std::invoke_result_t<Read, db::Connection&> found{};
    database_->read([&](db::Connection& connection) { found = function(connection); });
    return found;
  }

  std::vector<store::QuarantineEntry> entries(bool now_only = true) {
    return read([&](db::Connection& connection) { return store::list_quarantine(connection, 1, now_only, 100); });
  }

  db::Database& database() { return *database_; }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, TriageTest, tests::both_dialects(), tests::dialect_name);

double quiet(int number, int series = 0) {
  return 10.0 + 0.05 * (((number + 3 * series) * 7) % 11 - 5) / 5.0 + 0.001 * ((number * 31 + series) % 17);
}

std::vector<double> quiet_day(int number, std::size_t series, double factor = 1) {
  std::vector<double> values;
  for (std::size_t i = 0; i < series; ++i)
    values.push_back(factor * quiet(number, static_cast<int>(i)));
  return values;
}

TEST_P(TriageTest, APersonsWordOutlastsDetection) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, {quiet(number)});
  for (int i = 0; i < 6; ++i, ++number)
    day(number, {1.4 * quiet(number)});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  person({.action = "acknowledge", .note = "seen"});
  day(number, {1.4 * quiet(number)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::acknowledged);
  EXPECT_EQ(regressions()[0].record.note, "seen");
  person({.action = "dismiss", .reason = "expected"});
  day(number + 1, {1.4 * quiet(number)});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].record.state, FindingState::dismissed);
  person({.action = "reopen"});
  for (int i = 2; i < 12; ++i)
    day(number + i, {quiet(number + i)});
  EXPECT_EQ(regressions().back().record.state, FindingState::fixed);
  EXPECT_EQ(regressions().back().record.reason, "returned");
}

TEST_P(TriageTest, WhenEverythingMovesThatIsOneFinding) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, quiet_day(number, 12));
  const auto slow = day(number, quiet_day(number, 12, 1.5));
  ASSERT_TRUE(slow.verdict.common_shift);
  EXPECT_TRUE(slow.verdict.common_shift->worse);
  EXPECT_EQ(slow.verdict.common_shift->shifted, 12);
  EXPECT_EQ(slow.verdict.common_shift->judged, 12);
  EXPECT_NEAR(slow.verdict.common_shift->effect, 0.5, 0.03);
  EXPECT_THAT(slow.verdict.reported(), IsEmpty());
  EXPECT_THAT(slow.verdict.findings, SizeIs(12));
  EXPECT_THAT(regressions(), SizeIs(12));
  const auto open = [&] {
    return read([](db::Connection& connection) { return store::find_project(connection, "p"); })->open_regressions;
  };
  const auto shift = [&] {
    return read([&](db::Connection& connection) { return store::find_common_shift(connection, slow.run.id); });
  };
  EXPECT_EQ(open(), 0) << "it is only suspected";
  ASSERT_TRUE(shift());
  EXPECT_EQ(shift()->state, store::CommonShift::State::suspected);
  for (int i = 1; i <= 2; ++i)
    day(number + i, quiet_day(number + i, 12, 1.5));
  EXPECT_EQ(open(), 1) << "one finding of twelve series";
  EXPECT_EQ(shift()->state, store::CommonShift::State::confirmed);
}

/// Six times the noise of a quiet day: a p-value just below the significance lies beyond the smallest effect that
/// matters. It is bounded, so no other day is flagged.
double rough(int number, int series) {
  return 10 + 6 * (quiet(number, series) - 10);
}

class ChanceTest : public TriageTest {
 protected:
  static constexpr std::size_t series_count = 200;

  /// Thirty rough days of every series.
  void SetUp() override {
    for (int number = 0; number < 30; ++number)
      day(number, rough_day(number));
  }
  static std::vector<double> rough_day(int number) {
    std::vector<double> values;
    for (std::size_t i = 0; i < series_count; ++i)
      values.push_back(rough(number, static_cast<int>(i)));
    return values;
  }
  /// The value of the first series' next day that has this chance, by halving.
  double value_of_chance(double chance) {
    const auto trend = read([](db::Connection& connection) { return points::read_trend(connection, 1, 100); });
    const auto p_value = [&](double value) {
      auto longer = trend;
      longer.at_us.push_back(longer.at_us.back() + day_us);
      longer.run.push_back(longer.run.back() + 1);
      longer.commit.emplace_back();
      longer.value.push_back(value);
      longer.min.push_back(value);
      longer.mad.push_back(0);
      longer.samples.push_back(1);
      longer.environment.push_back(longer.environment.back());
      longer.suspect.push_back(0);
      longer.restart.push_back(0);
      return triage::judge(longer, {}).points.back().p_value;
    };
    double low = 10, high = 20;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (p_value(middle) > chance ? low : high) = middle;
    }
    return high;
  }
  Accepted thirty_first_day(double first_value) {
    auto values = rough_day(30);
    values[0] = first_value;
    return day(30, values);
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ChanceTest, tests::both_dialects(), tests::dialect_name);

TEST_P(ChanceTest, WhatMayBeChanceAmongManySeriesIsNeitherReportedNorRecorded) {
  // Flagged by itself (p < 0.001), but 200 series throw up such a point every eighth day.
  const auto last = thirty_first_day(value_of_chance(0.0006));
  ASSERT_THAT(last.verdict.findings, SizeIs(1));
  EXPECT_LT(last.verdict.findings[0].judged.p_value, 0.001);
  EXPECT_GT(last.verdict.findings[0].judged.p_value, detect::false_discovery_rate / series_count);
  EXPECT_TRUE(last.verdict.findings[0].expected_by_chance);
  EXPECT_EQ(last.verdict.expected_by_chance, 1U);
  EXPECT_THAT(last.verdict.reported(), IsEmpty());
  EXPECT_THAT(regressions(), IsEmpty());
}

TEST_P(ChanceTest, WhatIsUnlikelyEvenAmongManySeriesIsReported) {
  const auto last = thirty_first_day(value_of_chance(0.5 * detect::false_discovery_rate / series_count));
  ASSERT_THAT(last.verdict.findings, SizeIs(1));
  EXPECT_FALSE(last.verdict.findings[0].expected_by_chance);
  EXPECT_EQ(last.verdict.expected_by_chance, 0U);
  EXPECT_THAT(last.verdict.reported(), SizeIs(1));
  EXPECT_THAT(regressions(), SizeIs(1));
}

TEST_P(TriageTest, ASlowDriftIsAFindingWithALifeOfItsOwn) {
  std::mt19937_64 random(3);
  for (int number = 0; number < 120; ++number) {
    double noise = -6;  // the sum of twelve is nearly normal
    for (int i = 0; i < 12; ++i)
      noise += static_cast<double>(random() >> 11U) * 0x1p-53;
    day(number, {10 * (1 + 0.0025 * number) * (1 + 0.01 * noise)});
  }
  const auto found = regressions();
  const auto drift = std::find_if(found.begin(), found.end(),
                                  [](const auto& each) { return each.record.kind == store::FindingKind::drift; });
  ASSERT_NE(drift, found.end());
  EXPECT_EQ(drift->record.state, FindingState::confirmed);
  EXPECT_TRUE(drift->record.worse);
  EXPECT_THAT(drift->record.explanation, HasSubstr("Slow drift"));
  EXPECT_EQ(std::count_if(found.begin(), found.end(),
                          [](const auto& each) { return each.record.kind == store::FindingKind::drift; }),
            1);
}

TEST_P(TriageTest, ARegressionOfASeriesThatWaitsForItsNextBuildStaysOpen) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, {quiet(number), quiet(number, 1)});
  for (int i = 0; i < 10; ++i, ++number)
    day(number, {quiet(number), 1.5 * quiet(number, 1)});
  ASSERT_EQ(regressions()[0].record.state, FindingState::confirmed);
  for (int i = 0; i < 60; ++i, ++number)
    day(number, {quiet(number)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed) << "60 runs of its neighbour say nothing about it";
  for (int i = 0; i < 4; ++i, ++number)
    day(number, {quiet(number), quiet(number, 1)});
  EXPECT_EQ(regressions()[0].record.state, FindingState::fixed) << "its own runs do";
}

TEST_P(TriageTest, ARunThatComesLateJudgesAgainWhatFollows) {
  int number = 0;
  for (; number < 12; ++number)
    day(10 * number, {quiet(number)});
  for (int i = 0; i < 3; ++i, ++number)
    day(10 * number, {1.4 * quiet(number)});
  ASSERT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].first_commit, "c120");
  EXPECT_EQ(regressions()[0].last_good_commit, "c110");
  // Bisecting: a run between the two narrows the range from either side.
  day(900, {quiet(3)}, "", times::to_rfc3339(1'767'225'600'000'000 + 113 * day_us));
  EXPECT_EQ(regressions()[0].last_good_commit, "c900");
  day(901, {1.4 * quiet(3)}, "", times::to_rfc3339(1'767'225'600'000'000 + 116 * day_us));
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].first_commit, "c901");
  EXPECT_EQ(regressions()[0].last_good_commit, "c900");
}

TEST_P(TriageTest, ANewPolicyRemovesFindingsThatItWouldNotMake) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, {quiet(number)});
  for (int i = 0; i < 5; ++i, ++number)
    day(number, {1.2 * quiet(number)});
  ASSERT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].record.policy_version, 0);
  const auto tried = read([](db::Connection& connection) {
    const auto proposed = triage::Policies().with_project_rules("[[policy]]\nminimum_effect = 0.5\n", "t", 0).value();
    return triage::dry_run(connection, {}, proposed, 1, "p");
  });
  EXPECT_EQ(tried.present.regressions, 1);
  EXPECT_EQ(tried.proposed.regressions, 0);
  ASSERT_THAT(tried.less, SizeIs(1));
  EXPECT_THAT(tried.more, IsEmpty());
  put_policy("[[policy]]\nminimum_effect = 0.5\n");
  EXPECT_EQ(regressions()[0].record.state, FindingState::closed);
  EXPECT_EQ(regressions()[0].record.reason, "withdrawn");
  put_policy("");
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed) << "at once: it is open in this run";
  day(number, {1.2 * quiet(number)});
  ++number;
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].record.policy_version, 2);
  put_policy("[[policy]]\nalerting = false\n");
  EXPECT_FALSE(regressions()[0].record.alerting);
  EXPECT_EQ(read([](db::Connection& connection) { return store::find_project(connection, "p"); })->open_regressions, 0);
}

TEST_P(TriageTest, AStricterPolicyFlagsWhatIsOffNowAndLeavesWhatWasOver) {
  int number = 0;
  day(number++, {quiet(0), quiet(0, 1)});  // makes the project
  put_policy("[[policy]]\nminimum_effect = 0.5\n");
  const auto days = [&](int count, double first, double second) {
    for (int i = 0; i < count; ++i, ++number)
      day(number, {first * quiet(number), second * quiet(number, 1)});
  };
  days(12, 1, 1);
  days(5, 1.3, 1);
  days(12, 1, 1);
  days(5, 1, 1.3);
  ASSERT_THAT(regressions(), IsEmpty()) << "by 30 %: less than mattered";
  const auto put = put_policy("");
  EXPECT_EQ(put.judged.series, 0) << "none has an open record";
  EXPECT_THAT(regressions(), IsEmpty()) << "the gate of the next run reports it, not the change of the policy";
  days(1, 1, 1.3);
  ASSERT_THAT(regressions(), SizeIs(1)) << "what was closed before is not reported";
  EXPECT_EQ(regressions()[0].series.key.name, "c1");
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
  EXPECT_EQ(regressions()[0].record.policy_version, 2);
}

TEST_P(TriageTest, WhatWasReportedAndClosedStaysUnderAnotherPolicy) {
  int number = 0;
  const auto days = [&](int count, double first) {
    for (int i = 0; i < count; ++i, ++number)
      day(number, {first * quiet(number)});
  };
  days(12, 1);
  days(4, 1.3);
  days(12, 1);
  days(5, 1.3);
  const auto before = regressions();
  ASSERT_THAT(before, SizeIs(2));  // newest first
  ASSERT_EQ(before[0].record.state, FindingState::confirmed);
  ASSERT_EQ(before[1].record.state, FindingState::fixed);
  const auto expect_unchanged = [&] {
    const auto after = regressions()[1].record;
    EXPECT_EQ(after.state, FindingState::fixed);
    EXPECT_EQ(after.reason, "returned");
    EXPECT_EQ(after.policy_version, 0);
    EXPECT_EQ(after.updated_us, before[1].record.updated_us);
  };
  // By this policy the first one would never have been confirmed: four points of the next five are more than it had.
  const auto put = put_policy("[[policy]]\nconfirm_points = 4\nconfirm_within = 5\n");
  EXPECT_EQ(put.judged.series, 1);
  EXPECT_EQ(put.judged.open_before, 1);
  EXPECT_EQ(put.judged.open_after, 1);
  EXPECT_EQ(regressions()[0].record.policy_version, 1) << "the open one follows at once";
  expect_unchanged();
  days(1, 1.3);
  expect_unchanged();
  const auto none = put_policy("[[policy]]\nminimum_effect = 0.5\n");
  EXPECT_EQ(none.judged.open_after, 0);
  EXPECT_EQ(regressions()[0].record.reason, "withdrawn");
  expect_unchanged();
}

const std::string stated =
    "<property name='perftrend.quarantine' value='new timing'/><property name='perftrend.quarantine.owner' "
    "value='bob'/><property name='perftrend.quarantine.expiry' value='2026-02-01'/>";

TEST_P(TriageTest, AScenarioBringsACaseInAndLetsItGo) {
  const auto first = day(0, {quiet(0), quiet(0, 1)}, stated);
  ASSERT_THAT(entries(), SizeIs(2));
  EXPECT_EQ(entries()[0].source, "scenario");
  EXPECT_EQ(entries()[0].owner, "bob");
  EXPECT_THAT(first.run.warnings, Contains(HasSubstr("expired on 2026-02-01 (owner: bob)")));
  for (int number = 1; number < 12; ++number)
    day(number, {quiet(number), quiet(number, 1)}, stated);
  const auto slow = day(12, {14, quiet(12, 1)}, stated);
  ASSERT_THAT(slow.verdict.reported(), SizeIs(1));
  EXPECT_TRUE(slow.verdict.reported()[0].quarantined);
  EXPECT_TRUE(slow.verdict.reported()[0].alerting) << "it fails no build, and that is all it does";
  EXPECT_TRUE(regressions()[0].record.alerting);
  // An older run says nothing of today, a newer one without the words lets go.
  day(900, {quiet(1), quiet(1, 1)}, "", times::to_rfc3339(1'767'225'600'000'000 + 3 * day_us + 1));
  EXPECT_THAT(entries(), SizeIs(2));
  day(13, {14, quiet(13, 1)});
  EXPECT_THAT(entries(), IsEmpty());
  EXPECT_EQ(entries(false)[0].left_reason, "its scenario no longer says so");
  EXPECT_TRUE(regressions()[0].record.alerting);
  EXPECT_THAT(read([](db::Connection& connection) {
                return store::list_audit(connection, 1, {"quarantine", 0, 0, 10});
              }),
              SizeIs(4));
}

TEST_P(TriageTest, WhatAPersonPutInQuarantineAlertsNoOne) {
  for (int number = 0; number < 12; ++number)
    day(number, {quiet(number)});
  day(12, {14});
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_TRUE(regressions()[0].record.alerting);
  const CaseKey key = regressions()[0].series.key;
  by_hand(key);
  EXPECT_FALSE(regressions()[0].record.alerting) << "that which is open is muted too";
  const auto slow = day(13, {14});
  ASSERT_THAT(slow.verdict.reported(), SizeIs(1));
  EXPECT_TRUE(slow.verdict.reported()[0].quarantined);
  EXPECT_FALSE(slow.verdict.reported()[0].alerting);
}

TEST_P(TriageTest, WhatAPersonEndedStaysEndedUntilTheScenarioSaysSomethingElse) {
  day(0, {quiet(0)}, stated);
  const auto entered = entries();
  ASSERT_THAT(entered, SizeIs(1));
  database().write([&](db::Connection& connection) {
    ASSERT_TRUE(triage::leave(connection, entered[0], "steady enough", "alice", 1));
  });
  day(1, {quiet(1)}, stated);
  EXPECT_THAT(entries(), IsEmpty()) << "the same words are no news";
  const std::string other = "<property name='perftrend.quarantine' value='another engine'/>";
  day(2, {quiet(2)}, other);
  ASSERT_THAT(entries(), SizeIs(1));
  EXPECT_EQ(entries()[0].reason, "another engine");
}

TEST_P(TriageTest, AWrongExpiryIsReportedAndALongReasonIsCut) {
  std::string umlauts = "x";
  for (int i = 0; i < 1500; ++i)
    umlauts += "\xC3\xA4";
  const auto accepted = day(0, {quiet(0)},
                            "<property name='perftrend.quarantine' value='" + umlauts +
                                "'/><property name='perftrend.quarantine.expiry' value='soon'/>");
  EXPECT_THAT(accepted.run.warnings, Contains(HasSubstr("perftrend.quarantine.expiry is 'soon', which is not a day")));
  ASSERT_THAT(entries(), SizeIs(1));
  EXPECT_EQ(entries()[0].reason, umlauts.substr(0, 1999)) << "2,000 bytes would end within a character";
  EXPECT_EQ(entries()[0].expires_us, std::nullopt);
  EXPECT_THAT(day(1, {quiet(1)}, stated).run.warnings, Not(Contains(HasSubstr("no day"))));
}

TEST_P(TriageTest, NoiseBringsACaseInAndCleanRunsLetItGo) {
  int number = 0;
  for (; number < 20; ++number)
    day(number, {quiet(number)});
  // Ever larger spikes, so that none was seen before.
  for (const double spike : {14.0, 24.0, 44.0}) {
    EXPECT_THAT(entries(), IsEmpty());
    day(number++, {spike});
    for (int i = 0; i < 4; ++i, ++number)
      day(number, {quiet(number)});
  }
  ASSERT_THAT(entries(), SizeIs(1));
  EXPECT_EQ(entries()[0].source, "noise");
  EXPECT_THAT(entries()[0].reason, HasSubstr("3 suspicions of x_ms"));
  const auto numbers = [&] {
    return read(
        [&](db::Connection& connection) { return triage::measure_entry(connection, {}, "p", entries(false)[0]); });
  };
  for (int i = 0; i < 5; ++i, ++number)
    day(number, {quiet(number)});
  EXPECT_GE(numbers().clean_runs, 5);
  EXPECT_FALSE(numbers().steady);
  ASSERT_THAT(numbers().series, SizeIs(1));
  EXPECT_GT(numbers().series[0].steadiness.minimum_detectable_effect, 0.05);
  EXPECT_EQ(numbers().series[0].steadiness.withdrawn, 3);
  for (int i = 0; i < 9; ++i, ++number)
    day(number, {quiet(number)});
  EXPECT_THAT(entries(), IsEmpty());
  EXPECT_THAT(entries(false)[0].left_reason, HasSubstr("14 clean runs"));
  day(number, {quiet(number)});
  EXPECT_THAT(entries(), IsEmpty()) << "old suspicions do not bring it back";
}

TEST_P(TriageTest, NoiseThatAPersonForgaveDoesNotBringACaseBack) {
  int number = 0;
  const auto quiet_days = [&](int count) {
    for (int i = 0; i < count; ++i, ++number)
      day(number, {quiet(number)});
  };
  const auto spikes = [&](const std::vector<double>& values) {
    for (const double value : values) {
      day(number++, {value});
      quiet_days(4);
    }
  };
  quiet_days(20);
  spikes({14, 24, 44});
  const auto entered = entries();
  ASSERT_THAT(entered, SizeIs(1));
  const std::int64_t now_us = 1'767'225'600'000'000 + number * day_us - 1;
  database().write([&](db::Connection& connection) {
    ASSERT_TRUE(triage::leave(connection, entered[0], "the fan was changed", "alice", now_us));
  });
  quiet_days(1);
  EXPECT_THAT(entries(), IsEmpty()) << "three old suspicions, one of them lately";
  spikes({84, 164});
  EXPECT_THAT(entries(), IsEmpty()) << "two new ones";
  spikes({324});
  EXPECT_THAT(entries(), SizeIs(1)) << "three new ones";
}

TEST(Reasons, PagesAndContractExplainEveryWord) {
  const auto text_of = [](const std::string& path) {
    std::ifstream in(tests::source_dir() + path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto page = text_of("/docs/regressions.md");
  const auto contract = text_of("/schema/openapi/regressions.yaml");
  for (const auto reason : triage::list_reasons()) {
    EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", reason)));
    EXPECT_THAT(contract, ::testing::ContainsRegex(fmt::format("enum: \\[(suspected[a-z_, ]*)?{}[],]", reason)));
    EXPECT_NE(triage::describe_reason(reason), "");
  }
}

TEST_P(TriageTest, AccuracyCountsWhatAPersonReviewed) {
  int number = 0;
  for (; number < 60; ++number)
    day(number, {quiet(number)});
  for (int i = 0; i < 6; ++i, ++number)
    day(number, {1.4 * quiet(number)});
  const auto accuracy = [&] {
    return read([](db::Connection& connection) { return triage::measure_accuracy(connection, {}, 1, "p"); });
  };
  EXPECT_EQ(accuracy().reported, 1);
  EXPECT_EQ(accuracy().reviewed, 0);
  EXPECT_EQ(accuracy().precision, std::nullopt) << "no one has judged it";
  EXPECT_THAT(accuracy().detection_delay_points, ElementsAre(0));
  EXPECT_EQ(accuracy().series, 1U);
  EXPECT_EQ(accuracy().recall.back().found, 1U);
  person({.action = "dismiss", .reason = "false_alarm"});
  EXPECT_EQ(accuracy().precision, 0.0);
}

}  // namespace
}  // namespace perftrend::intake
