#include "server/triage/life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/audit.h"

namespace perftrend::triage {
namespace {

using ::testing::HasSubstr;
using enum FindingState;

constexpr Id newest = 7;  ///< the newest run when a person acts

store::RegressionRecord record_in(FindingState state, std::string_view decided_by,
                                  std::optional<Id> held_run = std::nullopt) {
  store::RegressionRecord record;
  record.state = state;
  record.decided_by = decided_by;
  record.held_run = held_run;
  return record;
}

TEST(NextState, WhoWinsAgainstWhom) {
  struct Case {
    store::RegressionRecord record;
    FindingState found;
    Id decided_run;
    FindingState next;
  };
  const auto own = store::own_name;
  const std::vector<Case> cases = {
      {record_in(suspected, own), confirmed, 9, confirmed},
      {record_in(suspected, own), closed, 9, closed},
      {record_in(confirmed, own), fixed, 9, fixed},
      {record_in(acknowledged, "alice"), confirmed, 9, acknowledged},
      {record_in(acknowledged, "alice"), suspected, 9, acknowledged},
      {record_in(acknowledged, "alice"), fixed, 9, fixed},
      {record_in(acknowledged, "alice"), closed, 9, closed},
      {record_in(closed, own), confirmed, 9, confirmed},
      {record_in(dismissed, "alice"), confirmed, 9, dismissed},
      {record_in(dismissed, "alice"), fixed, 9, dismissed},
      {record_in(confirmed, "alice", newest), closed, 9, confirmed},
      {record_in(confirmed, "alice", newest), suspected, 9, confirmed},
      {record_in(confirmed, "alice", newest), fixed, newest, confirmed},
      {record_in(confirmed, "alice", newest), fixed, newest + 1, fixed},
      {record_in(acknowledged, "alice", newest), fixed, 3, acknowledged},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(next_state(each.record, each.found, each.decided_run), each.next)
        << store::state_name(each.record.state) << " by " << each.record.decided_by << ", found "
        << store::state_name(each.found) << " by run " << each.decided_run;
  }
}

TEST(TakeAction, MovesARecordAndKeepsWhatWasSaid) {
  auto record =
      take_action(record_in(confirmed, store::own_name),
                  {.action = "acknowledge", .note = "seen", .link = "https://x/1", .assignee = "bob"}, "alice", newest);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, acknowledged);
  EXPECT_EQ(record->decided_by, "alice");
  EXPECT_EQ(record->assignee, "bob");
  record = take_action(*record, {.action = "assign", .assignee = ""}, "carol", newest);
  EXPECT_EQ(record->assignee, "");
  EXPECT_EQ(record->decided_by, "alice");
  record = take_action(*record, {.action = "comment", .note = "more"}, "carol", newest);
  EXPECT_EQ(record->note, "more");
  EXPECT_EQ(record->link, "https://x/1");
  record = take_action(*record, {.action = "dismiss", .reason = "expected"}, "alice", newest);
  EXPECT_EQ(record->state, dismissed);
  EXPECT_EQ(record->reason, "expected");
  record = take_action(*record, {.action = "reopen"}, "bob", newest);
  EXPECT_EQ(record->state, confirmed);
  EXPECT_EQ(record->held_run, newest);
}

TEST(TakeAction, AReopenedRecordIsHeldUntilAPersonClosesIt) {
  for (const auto state : {fixed, closed, dismissed}) {
    const auto record = take_action(record_in(state, "perftrend"), {.action = "reopen"}, "alice", newest);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->held_run, newest);
    EXPECT_FALSE(take_action(*record, {.action = "dismiss", .reason = "wont_fix"}, "alice", 9)->held_run);
  }
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
    const auto refused = take_action(record_in(each.state, store::own_name), each.action, "alice", newest);
    ASSERT_FALSE(refused) << each.action.action;
    EXPECT_EQ(refused.error().conflict, each.conflict) << each.action.action;
    EXPECT_THAT(refused.error().cause, HasSubstr(each.cause));
  }
  const Action dismiss{.action = "dismiss", .reason = "other"};
  EXPECT_TRUE(take_action(record_in(dismissed, "alice"), dismiss, "bob", newest).error().conflict);
  EXPECT_TRUE(take_action(record_in(closed, store::own_name), dismiss, "bob", newest));
}

}  // namespace
}  // namespace perftrend::triage
