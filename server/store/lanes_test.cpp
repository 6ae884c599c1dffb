#include "server/store/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/projects.h"
#include "tests/support/database_under_test.h"

namespace perftrend::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::int64_t day = 24 * hour;

class LanesTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    write([](db::Connection& connection) {
      connection.execute("INSERT INTO project (name, created_us) VALUES ('p', 0)");
      connection.execute("INSERT INTO environment (project_id, sha256, parts_json) VALUES (1, 'e', '{}')");
      connection.execute("INSERT INTO configuration (project_id, sha256, parts_json) VALUES (1, 'c', '{}')");
    });
  }

  struct Upload {
    std::string branch = "main";
    std::int64_t started_us = 0;
    std::int64_t at_us = -1;  ///< -1: started_us
    Id first_part = 0;        ///< 0: a run of its own
    std::string testbed = "t";
    int failed = 0;
    int purpose = 0;
    std::string base_branch{};
    std::string ci_default_branch{};
    bool clock_ahead = false;
  };

  /// Stores a run without cases and points, and counts it.
  Id add(const Upload& upload) {
    Id id = 0;
    const auto at_us = upload.at_us < 0 ? upload.started_us : upload.at_us;
    write([&](db::Connection& connection) {
      id = connection.require_integer(
          "INSERT INTO run (first_part, project_id, environment_id, configuration_id, subject_json, purpose, run_key, "
          "shard, parts_expected, complete, base_branch, base_commit, excluded, testbed, branch, commit_id, ci_url, "
          "at_us, started_us, received_us, identity, content_sha256, suspect, cases, passed, failed, errored, skipped, "
          "notrun, properties, points, time_seconds, warnings_json) VALUES ($1, 1, 1, 1, '{}', $2, '', '', 0, 1, '', "
          "'', '', $3, $4, '', '', $5, $6, $7, $8, '', '', 1, 0, $9, 0, 0, 0, 0, 0, 0, '[]') RETURNING id",
          {upload.first_part, upload.purpose, upload.testbed, upload.branch, at_us, upload.started_us,
           upload.started_us + hour, std::to_string(++identities_), upload.failed});
      if (upload.first_part == 0) connection.execute("UPDATE run SET first_part = id WHERE id = $1", {id});
      if (upload.purpose != 0) return;
      add_to_lane(connection, {.project = 1,
                               .testbed = upload.testbed,
                               .branch = upload.branch,
                               .id = id,
                               .first_part = upload.first_part == 0 ? id : upload.first_part,
                               .at_us = at_us,
                               .started_us = upload.started_us,
                               .received_us = upload.started_us + hour,
                               .clock_ahead = upload.clock_ahead,
                               .base_branch = upload.base_branch,
                               .ci_default_branch = upload.ci_default_branch});
    });
    return id;
  }

  LanePage list(const LaneFilter& filter) {
    LanePage page;
    database_->read([&](db::Connection& connection) { page = list_lanes(connection, 1, filter); });
    return page;
  }
  std::vector<std::string> branches_of(const LaneFilter& filter) {
    std::vector<std::string> branches;
    for (const auto& lane : list(filter).lanes)
      branches.push_back(lane.branch);
    return branches;
  }
  DefaultBranch default_branch() {
    DefaultBranch found;
    database_->read([&](db::Connection& connection) { found = find_default_branch(connection, 1); });
    return found;
  }
  void write(const db::Database::Work& work) { database_->write(work); }

  static LaneFilter all() {
    LaneFilter filter;
    filter.others = true;
    return filter;
  }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  int identities_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, LanesTest, tests::both_dialects(), tests::dialect_name);

TEST_P(LanesTest, PartsAreOneRun) {
  const auto first = add({.started_us = day, .failed = 1});
  add({.started_us = day + hour, .first_part = first, .failed = 2});
  const auto second = add({.started_us = 2 * day});
  add({.started_us = 3 * day, .purpose = 2});
  const auto lanes = list(all()).lanes;
  ASSERT_EQ(lanes.size(), 1);
  EXPECT_EQ(lanes[0].runs, 2);
  EXPECT_EQ(lanes[0].last_run, second);
  EXPECT_EQ(lanes[0].failed, 0);
  EXPECT_THAT(lanes[0].times,
              ElementsAre(RunTime{day, day + hour, false, false}, RunTime{2 * day, 2 * day + hour, false, false}));
}

TEST_P(LanesTest, TheCasesOfAllPartsCount) {
  const auto first = add({.started_us = day, .failed = 1});
  add({.started_us = day + hour, .first_part = first, .failed = 2});
  EXPECT_EQ(list(all()).lanes.at(0).failed, 3);
}

TEST_P(LanesTest, AnOldCommitIsNotTheNewestRun) {
  add({.started_us = 5 * day});
  add({.started_us = 6 * day, .at_us = day});
  const auto lane = list(all()).lanes.at(0);
  EXPECT_EQ(lane.last_run, 1);
  EXPECT_TRUE(lane.times.back().backfilled);
  EXPECT_FALSE(lane.times.front().backfilled);
}

TEST_P(LanesTest, ListsByBranchPatternAndEnd) {
  add({.branch = "main", .started_us = 20 * day});
  add({.branch = "release/1", .started_us = 2 * day});
  add({.branch = "feature/a", .started_us = 19 * day});
  add({.branch = "feature/b", .started_us = 3 * day});
  LaneFilter filter;
  filter.branches = {"main", "release/*"};
  EXPECT_THAT(branches_of(filter), ElementsAre("main", "release/1"));
  filter.others = true;
  EXPECT_THAT(branches_of(filter), ElementsAre("feature/a", "feature/b"));
  filter.silent_before_us = 10 * day;
  filter.ended = LaneFilter::Ended::no;
  EXPECT_THAT(branches_of(filter), ElementsAre("feature/a"));
  filter.ended = LaneFilter::Ended::yes;
  EXPECT_THAT(branches_of(filter), ElementsAre("feature/b"));
  auto part = all();
  part.branch = "URE/";
  EXPECT_THAT(branches_of(part), ElementsAre("feature/a", "feature/b"));
  part.limit = 1;
  part.offset = 1;
  EXPECT_THAT(branches_of(part), ElementsAre("feature/b"));
  EXPECT_EQ(list(part).total, 2);
  part.testbed = "other";
  EXPECT_THAT(branches_of(part), IsEmpty());
}

TEST_P(LanesTest, APersonEndsALaneAndItsNextRunOpensIt) {
  add({.started_us = day});
  write([](db::Connection& connection) {
    EXPECT_TRUE(set_lane_ended(connection, 1, "t", "main", 2 * day, "alice"));
    EXPECT_FALSE(set_lane_ended(connection, 1, "t", "other", 2 * day, "alice"));
  });
  EXPECT_EQ(list(all()).lanes.at(0).ended_by, "alice");
  add({.started_us = day + hour});
  EXPECT_EQ(list(all()).lanes.at(0).ended_us, 2 * day);
  add({.started_us = 3 * day});
  EXPECT_EQ(list(all()).lanes.at(0).ended_us, std::nullopt);
  EXPECT_EQ(list(all()).lanes.at(0).ended_by, "");
}

TEST_P(LanesTest, ARunWhoseClockWasAheadCameWhenItArrived) {
  add({.started_us = day, .clock_ahead = true});
  write([](db::Connection& connection) { set_lane_ended(connection, 1, "t", "main", 2 * day, "alice"); });
  add({.started_us = 3 * day, .clock_ahead = true});
  const auto lane = list(all()).lanes.at(0);
  EXPECT_EQ(lane.last_started_us, 3 * day);
  EXPECT_EQ(lane.ended_us, std::nullopt);
}

TEST_P(LanesTest, ARecountGivesTheSameLane) {
  const auto first = add({.started_us = day});
  add({.started_us = day + hour, .first_part = first});
  add({.started_us = 2 * day});
  add({.started_us = 3 * day, .at_us = day});
  const auto before = list(all()).lanes.at(0);
  write([](db::Connection& connection) { recount_lanes(connection, 1); });
  const auto after = list(all()).lanes.at(0);
  EXPECT_EQ(after.runs, before.runs);
  EXPECT_EQ(after.last_run, before.last_run);
  EXPECT_EQ(after.times, before.times);
  EXPECT_EQ(after.last_started_us, before.last_started_us);
  write([](db::Connection& connection) {
    connection.execute("UPDATE run SET excluded = 'wrong' WHERE id = 3");
    recount_lane(connection, 1, "t", "main");
  });
  const auto with_excluded = list(all()).lanes.at(0);
  EXPECT_EQ(with_excluded.runs, before.runs - 1);
  EXPECT_EQ(with_excluded.last_run, 1);
  EXPECT_EQ(with_excluded.times, before.times) << "the excluded run came";
  EXPECT_EQ(with_excluded.last_started_us, before.last_started_us);
  write([](db::Connection& connection) {
    connection.execute("UPDATE run SET excluded = 'wrong'");
    recount_lane(connection, 1, "t", "main");
  });
  EXPECT_THAT(list(all()).lanes, IsEmpty());
}

TEST_P(LanesTest, TheDefaultBranchIsNamedByTheBestSource) {
  using Source = DefaultBranchSource;
  const auto state = [&](const DefaultBranch& stated) {
    write([&](db::Connection& connection) { set_default_branch(connection, 1, stated); });
  };
  EXPECT_EQ(default_branch().source, Source::none);
  add({.branch = "feature/x"});
  EXPECT_EQ(default_branch().name, "feature/x");
  add({.branch = "develop"});
  EXPECT_EQ(default_branch().name, "develop");
  add({.branch = "main"});
  EXPECT_EQ(default_branch().name, "main");
  add({.branch = "trunk"});
  EXPECT_EQ(default_branch().name, "main");
  EXPECT_EQ(default_branch().source, Source::usual_name);
  state({"next", Source::ci});
  EXPECT_EQ(default_branch().name, "next");
  add({.branch = "master"});
  EXPECT_EQ(default_branch().name, "next");
  state({"lts", Source::person});
  state({"next", Source::ci});
  EXPECT_EQ(default_branch().name, "lts");
}

TEST_P(LanesTest, APullRequestIsNeverTheDefaultBranch) {
  using Source = DefaultBranchSource;
  add({.branch = "pull/1"});
  add({.branch = "tags/v1"});
  EXPECT_EQ(default_branch().source, Source::none);
  add({.branch = "pull/1", .base_branch = "next"});
  EXPECT_EQ(default_branch().name, "next");
  EXPECT_EQ(default_branch().source, Source::stated);
  add({.branch = "topic"});
  EXPECT_EQ(default_branch().name, "next") << "it has no run yet, but it is stated";
}

TEST_P(LanesTest, AWeaklyNamedDefaultBranchGivesWayToABranchWithMoreDays) {
  add({.branch = "add-perftrend"});
  add({.branch = "add-perftrend", .started_us = hour});
  for (int each = 0; each < 2; ++each) {
    add({.branch = "stable", .started_us = each * day});
    EXPECT_EQ(default_branch().name, "add-perftrend");
  }
  add({.branch = "stable", .started_us = 2 * day});
  EXPECT_EQ(default_branch().name, "stable");
  for (int each = 3; each < 8; ++each)
    add({.branch = "topic", .started_us = each * day});
  EXPECT_EQ(default_branch().name, "stable") << "five days against three";
}

TEST_P(LanesTest, TheCiOfAForkDoesNotNameTheDefaultBranch) {
  using Source = DefaultBranchSource;
  add({.branch = "trunk", .ci_default_branch = "trunk"});
  EXPECT_EQ(default_branch().source, Source::ci);
  add({.branch = "pull/9", .started_us = day, .ci_default_branch = "devel"});
  add({.branch = "patch-1", .started_us = day, .ci_default_branch = "devel"});
  EXPECT_EQ(default_branch().name, "trunk");
  for (int each = 2; each < 5; ++each) {
    add({.branch = "trunk", .started_us = each * day, .ci_default_branch = "trunk"});
    add({.branch = "devel", .started_us = each * day, .ci_default_branch = "devel"});
  }
  EXPECT_EQ(default_branch().name, "trunk") << "it goes on";
  for (int each = 5; each < 8; ++each)
    add({.branch = "devel", .started_us = each * day, .ci_default_branch = "devel"});
  EXPECT_EQ(default_branch().name, "devel") << "the repository renamed its default branch";
}

TEST_P(LanesTest, NamesAreListedNewestFirst) {
  add({.branch = "a", .started_us = day, .testbed = "x"});
  add({.branch = "b", .started_us = 3 * day, .testbed = "y"});
  add({.branch = "a", .started_us = 2 * day, .testbed = "y"});
  write([](db::Connection& connection) {
    EXPECT_THAT(list_branches(connection, 1, 10), ElementsAre("b", "a"));
    EXPECT_THAT(list_branches(connection, 1, 1), ElementsAre("b"));
    EXPECT_THAT(list_testbeds(connection, 1, 10), ElementsAre("y", "x"));
  });
}

TEST(RunTimes, ComeBackAsTheyWerePacked) {
  const std::vector<RunTime> times = {{1, 2, false, true}, {-5, INT64_MAX, true, false}};
  const auto packed = pack_run_times(times);
  EXPECT_EQ(unpack_run_times(std::as_bytes(std::span(packed))), times);
  EXPECT_THROW(unpack_run_times(std::as_bytes(std::span(packed).first(5))), db::Unusable);
}

TEST(RunTimes, ASessionIsOneAndTheOldestAreDropped) {
  std::vector<RunTime> times;
  const auto newest = static_cast<int>(run_times_max) + 11;
  for (int i = 0; i <= newest; ++i) {
    add_run_time(times, {i * day, i * day, false, false});
    add_run_time(times, {i * day + same_session_us / 2, i * day + same_session_us, false, false});
  }
  ASSERT_EQ(times.size(), run_times_max);
  EXPECT_EQ(times.front().started_us, 12 * day);
  EXPECT_EQ(times.back().started_us, newest * day);
}

}  // namespace
}  // namespace perftrend::store
