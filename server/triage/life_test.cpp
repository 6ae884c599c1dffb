#include "server/triage/life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/audit.h"

namespace perftrend::triage {
namespace {

using ::testing::HasSubstr;
using enum FindingState;

store::RegressionRecord record_in(FindingState state, std::string_view decided_by, bool held = false) {
  store::RegressionRecord record;
  record.state = state;
  record.decided_by = decided_by;
  record.held = held;
  return record;
}

TEST(NextState, WhoWinsAgainstWhom) {
  struct Case {
    store::RegressionRecord record;
    FindingState found, next;
  };
  const auto own = store::own_name;
  const std::vector<Case> cases = {
      {record_in(suspected, own), confirmed, confirmed},
      {record_in(suspected, own), dismissed, dismissed},
      {record_in(confirmed, own), fixed, fixed},
      {record_in(acknowledged, "alice"), confirmed, acknowledged},
      {record_in(acknowledged, "alice"), suspected, acknowledged},
      {record_in(acknowledged, "alice"), fixed, fixed},
      {record_in(acknowledged, "alice"), dismissed, dismissed},
      {record_in(dismissed, own), confirmed, confirmed},
      {record_in(dismissed, "alice"), confirmed, dismissed},
      {record_in(dismissed, "alice"), fixed, dismissed},
      {record_in(confirmed, "alice", true), dismissed, confirmed},
      {record_in(acknowledged, "alice", true), fixed, acknowledged},
      {record_in(confirmed, "alice", false), fixed, fixed},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(next_state(each.record, each.found), each.next)
        << store::state_name(each.record.state) << " by " << each.record.decided_by << ", found "
        << store::state_name(each.found);
  }
}

TEST(TakeAction, MovesARecordAndKeepsWhatWasSaid) {
  auto record =
      take_action(record_in(confirmed, store::own_name),
                  {.action = "acknowledge", .note = "seen", .link = "https://x/1", .assignee = "bob"}, "alice");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, acknowledged);
  EXPECT_EQ(record->decided_by, "alice");
  EXPECT_EQ(record->assignee, "bob");
  record = take_action(*record, {.action = "assign", .assignee = ""}, "carol");
  EXPECT_EQ(record->assignee, "");
  EXPECT_EQ(record->decided_by, "alice");
  record = take_action(*record, {.action = "comment", .note = "more"}, "carol");
  EXPECT_EQ(record->note, "more");
  EXPECT_EQ(record->link, "https://x/1");
  record = take_action(*record, {.action = "dismiss", .reason = "expected"}, "alice");
  EXPECT_EQ(record->state, dismissed);
  EXPECT_EQ(record->reason, "expected");
  record = take_action(*record, {.action = "reopen"}, "bob");
  EXPECT_EQ(record->state, confirmed);
  EXPECT_FALSE(record->held) << "a person closed it: detection may close it again";
  EXPECT_EQ(next_state(*record, suspected), confirmed) << "a suspicion never takes back what a person decided";
  EXPECT_EQ(next_state(*record, fixed), fixed);
}

TEST(TakeAction, WhatPerftrendClosedAndAPersonReopenedIsHeld) {
  const auto record = take_action(record_in(fixed, store::own_name), {.action = "reopen"}, "alice");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->held);
  EXPECT_EQ(next_state(*record, fixed), confirmed);
  EXPECT_FALSE(take_action(*record, {.action = "dismiss", .reason = "wont_fix"}, "alice")->held);
}

TEST(TakeAction, RefusesWhatMakesNoSense) {
  struct Case {
    FindingState state;
    Action action;
    bool conflict;
    std::string_view cause;
  };
  const std::string long_text(step_text_bytes_max + 1, 'x');
  const std::vector<Case> cases = {
      {fixed, {.action = "acknowledge"}, true, "is fixed"},
      {confirmed, {.action = "reopen"}, true, "is confirmed"},
      {confirmed, {.action = "dismiss"}, false, "needs a reason"},
      {confirmed, {.action = "dismiss", .reason = "bored"}, false, "needs a reason"},
      {confirmed, {.action = "comment"}, false, "needs a note"},
      {confirmed, {.action = "comment", .link = "javascript:alert(1)"}, false, "http"},
      {confirmed, {.action = "comment", .link = "https://"}, false, "http"},
      {confirmed, {.action = "acknowledge", .link = "https://a b"}, false, "no spaces"},
      {confirmed, {.action = "comment", .note = " \n"}, false, "needs a note"},
      {confirmed, {.action = "acknowledge", .reason = "false_alarm"}, false, "only a dismissal"},
      {confirmed, {.action = "comment", .note = "x", .assignee = "bob"}, false, "assign or acknowledge"},
      {confirmed, {.action = "comment", .note = long_text}, false, "longer than"},
      {confirmed, {.action = "forget"}, false, "action must be"},
  };
  for (const auto& each : cases) {
    const auto refused = take_action(record_in(each.state, store::own_name), each.action, "alice");
    ASSERT_FALSE(refused) << each.action.action;
    EXPECT_EQ(refused.error().conflict, each.conflict) << each.action.action;
    EXPECT_THAT(refused.error().cause, HasSubstr(each.cause));
  }
  EXPECT_TRUE(
      take_action(record_in(dismissed, "alice"), {.action = "dismiss", .reason = "other"}, "bob").error().conflict);
  EXPECT_TRUE(take_action(record_in(dismissed, store::own_name), {.action = "dismiss", .reason = "other"}, "bob"));
}

}  // namespace
}  // namespace perftrend::triage
