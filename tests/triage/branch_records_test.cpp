// Regression records of branches that stop being long-lived and of lanes that end, on both engines.

#include "server/triage/branch_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/clock.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/store/quarantine.h"
#include "server/triage/life.h"
#include "server/triage/project_policies.h"
#include "tests/triage/branches_fixture.h"

namespace perftrend::triage {
namespace {

constexpr int slow_from = 12, slow_to = 18;
constexpr std::int64_t now = tests::first_day_us + 20 * tests::day_us;
const char* const only_main = "[[branches]]\nlong_lived = ['nothing']\n";

class BranchRecordsTest : public tests::BranchesFixture {
 protected:
  /// release/1 has an open regression, and main goes on.
  void SetUp() override {
    quiet_days(0, slow_to);
    quiet_days(0, slow_from, "release/1");
    quiet_days(slow_from, slow_to, "release/1", 1.3);
  }

  store::RegressionRecord record() {
    store::RegressionRecord found;
    database().read([&](db::Connection& connection) {
      store::RegressionFilter all;
      found = store::list_regressions(connection, 1, all).at(0).record;
    });
    return found;
  }
  void person(const Action& action) {
    database().write([&](db::Connection& connection) {
      const auto before = record();
      const auto after = take_action(before, action, "alice", store::newest_run_id(connection, before.project));
      ASSERT_TRUE(after);
      store::save_regression(connection, *after, before.state, now, after->note);
    });
  }
  StoredPolicy set_policy(const std::string& toml) {
    StoredPolicy stored;
    database().write([&](db::Connection& connection) {
      auto put = put_policy(connection, policies(), 1, "p", {toml, "alice", "", {}}, now);
      ASSERT_TRUE(put) << put.error().cause;
      stored = std::move(*put);
    });
    return stored;
  }
  std::int64_t follow(std::int64_t at_us) { return follow_all_branches(database(), policies(), at_us); }
};

INSTANTIATE_TEST_SUITE_P(Engines, BranchRecordsTest, tests::both_dialects(), tests::dialect_name);

MATCHER_P2(IsRecord, state, reason, "") {
  *result_listener << store::state_name(arg.state) << ", " << arg.reason;
  return arg.state == state && arg.reason == reason;
}

TEST_P(BranchRecordsTest, AChangedPolicyClosesRecordsAndRestoresThem) {
  struct Case {
    std::vector<Action> actions;
    FindingState state;
  };
  for (const auto& each :
       std::vector<Case>{{{}, FindingState::confirmed}, {{{.action = "acknowledge"}}, FindingState::acknowledged}}) {
    for (const auto& action : each.actions)
      person(action);
    const auto before = record();
    ASSERT_EQ(before.state, each.state);
    const auto closed = set_policy(only_main);
    EXPECT_THAT(record(), IsRecord(FindingState::closed, "branch_short_lived"));
    EXPECT_EQ(closed.judged.open_before, 1);
    EXPECT_EQ(closed.judged.open_after, 0);
    const auto restored = set_policy("");
    EXPECT_EQ(restored.judged.open_after, 1);
    EXPECT_EQ(record().state, each.state);
    EXPECT_EQ(record().decided_by, before.decided_by);
    EXPECT_EQ(count("regression"), 1) << "the same record";
  }
}

TEST_P(BranchRecordsTest, WhatAPersonDismissedStaysDismissed) {
  person({.action = "dismiss", .reason = "expected"});
  set_policy(only_main);
  set_policy("");
  EXPECT_THAT(record(), IsRecord(FindingState::dismissed, "expected"));
}

TEST_P(BranchRecordsTest, TheServersFileIsFollowedByTheJob) {
  EXPECT_EQ(follow(now), 0);
  auto changed = Policies::parse(only_main, "file");
  ASSERT_TRUE(changed);
  policies() = *changed;
  EXPECT_EQ(follow(now), 1);
  EXPECT_THAT(record(), IsRecord(FindingState::closed, "branch_short_lived"));
  EXPECT_EQ(follow(now), 0) << "once";
  policies() = Policies();
  EXPECT_EQ(follow(now), 1);
  EXPECT_EQ(record().state, FindingState::confirmed);
}

TEST_P(BranchRecordsTest, ALaneThatEndedBySilenceHasNoOpenRecordUntilItsNextRun) {
  quiet_days(slow_to, 60);  // only main goes on
  EXPECT_EQ(follow(tests::first_day_us + 25 * tests::day_us), 0) << "a pause";
  EXPECT_EQ(follow(tests::first_day_us + 61 * tests::day_us), 1);
  EXPECT_THAT(record(), IsRecord(FindingState::closed, "lane_silent"));
  upload({.day = 62, .value = 1.3 * quiet(62), .branch = "release/1"});
  EXPECT_EQ(record().state, FindingState::confirmed) << "its next run shows the level again";
  EXPECT_EQ(count("regression"), 1);
}

TEST_P(BranchRecordsTest, ALaneThatAPersonEndedAndExpectsAgain) {
  person({.action = "acknowledge"});
  const auto set_ended = [&](std::optional<std::int64_t> ended_us) {
    database().write([&](db::Connection& connection) {
      ASSERT_TRUE(store::set_lane_ended(connection, 1, "default", "release/1", ended_us, "alice"));
    });
  };
  set_ended(now);
  EXPECT_EQ(follow(now), 1);
  EXPECT_THAT(record(), IsRecord(FindingState::closed, "lane_ended"));
  set_ended(std::nullopt);
  EXPECT_EQ(follow(now), 1);
  EXPECT_EQ(record().state, FindingState::acknowledged);
  EXPECT_EQ(record().decided_by, "alice");
}

}  // namespace
}  // namespace perftrend::triage
