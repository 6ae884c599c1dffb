// Group commit over a session that fails on request.

#include "server/db/group_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <set>

namespace perftrend::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A database that knows one statement, "put N", and transactions. It records what happened for the test.
class World {
 public:
  std::mutex mutex;
  std::set<std::int64_t> stored;
  int begins = 0, commits = 0, settled = 0;
  std::function<void()> on_begin, on_commit;
  /// What settle() answers; nullopt: the outcome is not known.
  std::optional<CommitOutcome> outcome = CommitOutcome::rolled_back;
  bool commit_is_made = false;  ///< although on_commit throws
};

class FakeConnection final : public Connection {
 public:
  using Connection::execute;
  std::int64_t execute(std::string_view sql, Params params) override {
    if (sql == "put") pending.push_back(std::get<std::int64_t>(params[0].value()));
    if (sql.starts_with("SAVEPOINT")) kept = pending.size();
    if (sql.starts_with("ROLLBACK TO")) pending.resize(kept);
    return 0;
  }
  void query(std::string_view, Params, const std::function<void(const Row&)>&) override {}
  void execute_script(std::string_view) override {}
  void append(const Columns&, Params) override {}
  std::vector<std::int64_t> pending;
  std::size_t kept = 0;
};

class FakeSession final : public WriteSession {
 public:
  explicit FakeSession(World& world) : world_(world) {}
  Connection& begin() override {
    const std::lock_guard lock(world_.mutex);
    ++world_.begins;
    if (world_.on_begin) world_.on_begin();
    connection_.pending.clear();
    return connection_;
  }
  void abandon() noexcept override { connection_.pending.clear(); }
  void commit() override {
    const std::lock_guard lock(world_.mutex);
    ++world_.commits;
    const auto store = [&] { world_.stored.insert(connection_.pending.begin(), connection_.pending.end()); };
    if (world_.commit_is_made) store();
    if (world_.on_commit) world_.on_commit();
    store();
  }
  CommitOutcome settle() override {
    const std::lock_guard lock(world_.mutex);
    ++world_.settled;
    if (!world_.outcome) throw Unavailable("no answer");
    return *world_.outcome;
  }

 private:
  World& world_;
  FakeConnection connection_;
};

class GroupCommitTest : public ::testing::Test {
 protected:
  void fail_commits() {
    const std::lock_guard lock(world_.mutex);
    world_.on_commit = [] { throw Unavailable("disk I/O error"); };
  }
  void set_outcome(std::optional<CommitOutcome> outcome, bool commits_work) {
    const std::lock_guard lock(world_.mutex);
    world_.outcome = outcome;
    if (commits_work) world_.on_commit = nullptr;
  }
  void put(std::int64_t value) {
    group_.write([&](Connection& connection) { connection.execute("put", {value}); });
  }
  std::set<std::int64_t> stored() {
    const std::lock_guard lock(world_.mutex);
    return world_.stored;
  }

  World world_;
  GroupCommit group_{std::make_unique<FakeSession>(world_),
                     {.doubt_max = std::chrono::milliseconds(0), .retry_wait = std::chrono::milliseconds(1)}};
};

TEST_F(GroupCommitTest, ACommitThatWasNotMadeIsRefusedAndTheNextOneGoesThrough) {
  fail_commits();
  EXPECT_THROW(put(1), Unavailable);
  EXPECT_FALSE(group_.latched());
  set_outcome(CommitOutcome::rolled_back, true);
  put(2);
  EXPECT_EQ(group_.why_not_ready(), "");
  EXPECT_THAT(stored(), ElementsAre(2));
}

TEST_F(GroupCommitTest, ACommitThatWasMadeIsAcknowledgedThoughItsAnswerWasLost) {
  fail_commits();
  world_.commit_is_made = true;
  set_outcome(CommitOutcome::committed, false);
  EXPECT_NO_THROW(put(1));
  EXPECT_THAT(stored(), ElementsAre(1));
}

TEST_F(GroupCommitTest, WhileAnOutcomeIsUnknownEveryWriteIsRefused) {
  fail_commits();
  set_outcome(std::nullopt, false);
  EXPECT_THROW(put(1), Unavailable);
  EXPECT_TRUE(group_.latched());
  EXPECT_THAT(group_.why_not_ready(), HasSubstr("read-only until the outcome of a commit is known"));
  const int begins = world_.begins;
  EXPECT_THROW(put(2), Unavailable);
  EXPECT_EQ(world_.begins, begins) << "a write was begun";
  set_outcome(CommitOutcome::rolled_back, true);
  while (group_.latched())
    std::this_thread::yield();
  put(3);
  EXPECT_EQ(group_.why_not_ready(), "");
  EXPECT_THAT(stored(), ElementsAre(3));
}

TEST_F(GroupCommitTest, WhatNoOneCanKnowAnyMoreIsRefusedAndEndsTheLatch) {
  fail_commits();
  set_outcome(CommitOutcome::unknowable, false);
  EXPECT_THROW(put(1), Unavailable);
  EXPECT_FALSE(group_.latched());
}

TEST_F(GroupCommitTest, ATransactionThatCannotBeginIsRefusedWithoutALatch) {
  world_.on_begin = [] { throw Unavailable("the connection is lost"); };
  EXPECT_THROW(put(1), Unavailable);
  EXPECT_THAT(group_.why_not_ready(), HasSubstr("the connection is lost"));
  EXPECT_FALSE(group_.latched());
  EXPECT_EQ(world_.settled, 0);
  {
    const std::lock_guard lock(world_.mutex);
    world_.on_begin = nullptr;
  }
  put(2);
  EXPECT_EQ(group_.why_not_ready(), "");
}

TEST_F(GroupCommitTest, WritesThatWaitShareOneCommitAndOneThatThrowsTakesOnlyItselfBack) {
  constexpr int waiting = 5;
  std::promise<void> go;
  std::latch first_runs(1);
  std::vector<std::future<void>> writes;
  writes.push_back(std::async(std::launch::async, [&] {
    group_.write([&](Connection& connection) {
      connection.execute("put", {0});
      first_runs.count_down();
      go.get_future().wait();
    });
  }));
  first_runs.wait();
  for (int i = 1; i <= waiting; ++i) {
    writes.push_back(std::async(std::launch::async, [&, i] {
      group_.write([&](Connection& connection) {
        connection.execute("put", {i});
        if (i == 3) throw std::out_of_range("input at fault");
      });
    }));
  }
  while (group_.waiting() < waiting)
    std::this_thread::yield();
  go.set_value();
  for (int i = 0; i <= waiting; ++i) {
    if (i == 3) {
      EXPECT_THROW(writes[3].get(), std::out_of_range);
    } else {
      EXPECT_NO_THROW(writes[static_cast<std::size_t>(i)].get());
    }
  }
  EXPECT_EQ(world_.commits, 2);
  EXPECT_THAT(stored(), ElementsAre(0, 1, 2, 4, 5));
}

}  // namespace
}  // namespace perftrend::db
