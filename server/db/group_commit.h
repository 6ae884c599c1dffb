#pragma once
// Group commit: one thread owns the writing connection and commits the writes of several callers in one transaction.

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/text/thread_annotations.h"
#include "server/db/sql.h"

namespace perftrend::db {

/// Outcome of a commit that threw.
enum class CommitOutcome {
  committed,
  rolled_back,
  unknowable,  ///< another server took over; its data counts, and only a repeated upload shows the outcome
};

/// Transactions of a driver, beyond sql.h. Used only by the writer thread.
class WriteSession {
 public:
  WriteSession() = default;
  WriteSession(const WriteSession&) = delete;
  WriteSession& operator=(const WriteSession&) = delete;
  virtual ~WriteSession() = default;

  /// Connects again if the connection is lost, and begins a transaction that excludes all other writers of this
  /// database, also those of other processes. Throws Unavailable.
  virtual Connection& begin() = 0;
  /// Rolls back the transaction of begin(), if it still exists. The lock is free when this returns.
  virtual void abandon() noexcept = 0;
  /// Returns when the transaction is durable. If it throws, settle() determines the outcome.
  virtual void commit() = 0;
  /// Asks the database for the outcome of the commit that threw. Throws Unavailable if it is not known yet.
  virtual CommitOutcome settle() = 0;
};

struct GroupCommitOptions {
  /// How long callers wait for the outcome of a commit that threw, before their writes are refused.
  std::chrono::milliseconds doubt_max{5000};
  /// Time between two attempts to determine it.
  std::chrono::milliseconds retry_wait{250};
};

/// Writer thread that commits groups of writes. Each write of a group has a savepoint, so one that throws is rolled
/// back alone. A caller returns after the commit that contains its write: an acknowledged write is durable.
///
/// If a commit throws, the writer determines its outcome. Committed: the callers return normally. Rolled back: they get
/// Unavailable. Unknown: they get Unavailable, and every further write is refused until the outcome is known. A client
/// may then send again, because nothing is stored twice.
class GroupCommit {
 public:
  explicit GroupCommit(std::unique_ptr<WriteSession> session, GroupCommitOptions options = {});
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// Commits the queued writes, then ends the thread.
  ~GroupCommit();

  /// Any thread except the writer. Blocks until the write is durable. Throws the exception of `work`, or Unavailable.
  void write(const Database::Work& work);
  /// Why the last group could not be committed; empty after a successful commit.
  [[nodiscard]] std::string why_not_ready();
  /// True while writes are refused because the outcome of a commit is unknown.
  [[nodiscard]] bool latched();
  /// Number of writes that wait for the next group.
  [[nodiscard]] std::size_t waiting();

 private:
  struct Request {
    const Database::Work* work = nullptr;
    std::exception_ptr error;
    bool done = false;
  };
  using Group = std::vector<Request*>;

  void run();
  Group take_group();
  void finish(const Group& group, const std::string& trouble, bool latched);
  void write_group(const Group& group);
  void write_alone(Request& request);
  static void run_works(Connection& connection, const Group& group);
  void commit_group(const Group& group);
  void settle_group(const Group& group, const std::string& why);
  void settle_latched();
  bool wait_before_retry();

  std::unique_ptr<WriteSession> session_;  // used only by the writer thread after construction
  const GroupCommitOptions options_;
  Mutex mutex_;
  ConditionVariable queued_;
  ConditionVariable finished_;
  Group queue_ GUARDED_BY(mutex_);
  std::string trouble_ GUARDED_BY(mutex_);
  bool latched_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

/// Statement that tests whether writes reach the disk. It changes a time by a microsecond, because SQLite does not
/// write a page whose bytes stay the same.
constexpr std::string_view probing_write =
    "UPDATE schema_version SET applied_us = applied_us + 1 - 2 * (applied_us % 2) WHERE version = 1";

/// Implements Database::why_not_ready: tests a read and, after a failure, also a write, because clients send no writes
/// until the server is ready again.
std::string probe_readiness(Database& database, GroupCommit& writer);

}  // namespace perftrend::db
