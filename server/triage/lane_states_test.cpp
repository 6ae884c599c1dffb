#include "server/triage/lane_states.h"

#include <gtest/gtest.h>

namespace perftrend::triage {
namespace {

constexpr std::int64_t day = 86'400'000'000;
constexpr std::int64_t now = 20'000 * day;

/// A nightly lane of 20 runs, the last one `days_ago`.
store::Lane nightly(const std::string& testbed, const std::string& branch, int days_ago) {
  store::Lane lane;
  lane.testbed = testbed;
  lane.branch = branch;
  for (int i = 19; i >= 0; --i) {
    const auto at = now - (days_ago + i) * day - day / 24;
    lane.times.push_back({at, at, false, false});
  }
  lane.last_started_us = lane.last_received_us = lane.times.back().started_us;
  return lane;
}

/// A lane without a rhythm.
store::Lane rare(const std::string& testbed, const std::string& branch, int days_ago) {
  auto lane = nightly(testbed, branch, days_ago);
  lane.times.erase(lane.times.begin(), lane.times.end() - 1);
  return lane;
}

std::string describe(const std::vector<LaneState>& states) {
  std::string text;
  for (const auto& state : states)
    text += state.lane.testbed + (state.ended ? ":ended " : state.overdue ? ":overdue " : ":ok ");
  return text;
}

TEST(LaneStates, ALongLivedLaneEndsWhileOthersGoOn) {
  const struct {
    const char* name;
    std::vector<store::Lane> lanes;
    const char* states;
  } cases[] = {
      {"both go on", {nightly("a", "main", 0), nightly("b", "main", 0)}, "a:ok b:ok "},
      {"one misses a run", {nightly("a", "main", 0), nightly("b", "main", 3)}, "b:overdue a:ok "},
      {"one was retired", {nightly("b", "main", 30), nightly("a", "main", 0)}, "a:ok b:ended "},
      {"the project is silent", {nightly("a", "main", 30)}, "a:overdue "},
      {"both are silent since the same day",
       {nightly("a", "main", 30), nightly("b", "main", 31)},
       "a:overdue b:overdue "},
      {"no rhythm", {nightly("a", "main", 0), rare("b", "main", 60)}, "a:ok b:ok "},
      {"no rhythm, long ago", {nightly("a", "main", 0), rare("b", "main", 100)}, "a:ok b:ended "},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(describe(judge_long_lived({}, "p", each.lanes, now)), each.states);
  }
}

TEST(LaneStates, APolicyDeclaresARhythm) {
  const auto policies = Policies::parse(
                            "[[lanes]]\ntestbed = \"a\"\nexpect_every = \"1d\"\n"
                            "[[lanes]]\ntestbed = \"b\"\nexpect_every = \"never\"",
                            "file")
                            .value();
  const auto states = judge_long_lived(policies, "p", {rare("a", "main", 3), nightly("b", "main", 3)}, now);
  EXPECT_EQ(describe(states), "a:overdue b:ok ");
  EXPECT_TRUE(states[0].rhythm->declared);
  EXPECT_FALSE(states[1].rhythm);
}

TEST(LaneStates, AShortLivedLaneEndsByItself) {
  EXPECT_FALSE(judge_short_lived(nightly("a", "feature/x", 3), now).ended);
  EXPECT_FALSE(judge_short_lived(nightly("a", "feature/x", 3), now).overdue);
  EXPECT_TRUE(judge_short_lived(nightly("a", "feature/x", 20), now).ended);
}

TEST(LaneStates, OnlyLivingLongLivedLanesAreInTheHeadline) {
  auto failing = nightly("a", "main", 0);
  failing.failed = 2;
  failing.suspect = "busy";
  auto ended = nightly("b", "main", 30);
  ended.failed = 5;
  auto states = judge_long_lived({}, "p", {failing, ended, nightly("c", "main", 2)}, now);
  auto feature = nightly("a", "feature/x", 1);
  feature.failed = 7;
  states.push_back(judge_short_lived(feature, now));
  const auto headline = summarize(states);
  EXPECT_EQ(headline.lanes, 2);
  EXPECT_EQ(headline.failed_cases, 2);
  EXPECT_EQ(headline.suspect_runs, 1);
  EXPECT_EQ(headline.overdue_runs, 1);
}

TEST(LaneStates, BranchesAreLongLivedByNameOrPattern) {
  const LongLivedBranches branches{"main", {"release/*", "lts"}};
  for (const auto* name : {"main", "release/1.2", "Release/2", "lts"})
    EXPECT_TRUE(branches.contains(name)) << name;
  for (const auto* name : {"mainline", "Main", "releases", "feature/release/x", ""})
    EXPECT_FALSE(branches.contains(name)) << name;
}

}  // namespace
}  // namespace perftrend::triage
