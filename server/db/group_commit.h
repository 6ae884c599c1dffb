#pragma once
// One thread owns the writing connection; what several callers want written becomes one transaction.

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

/// What became of a commit that did not answer.
enum class Outcome {
  committed,
  rolled_back,
  unknowable,  ///< another server took over: what it holds is what counts, and only a repeated upload can ask it
};

/// What a driver knows of writing, beyond sql.h. Used by the writer thread alone.
class WriteSession {
 public:
  WriteSession() = default;
  WriteSession(const WriteSession&) = delete;
  WriteSession& operator=(const WriteSession&) = delete;
  virtual ~WriteSession() = default;

  /// Connects anew where the connection is lost, and begins a transaction that no other writer of this database has
  /// beside it, in whatever process it runs. Throws Unavailable.
  virtual Connection& begin() = 0;
  /// Takes back what begin() began, if anything is left of it. The lock is free when this returns.
  virtual void abandon() noexcept = 0;
  /// Returns once durable. Where it throws, settle() tells what became of it.
  virtual void commit() = 0;
  /// Asks the database what became of the commit that threw. Throws Unavailable where that cannot be told yet.
  virtual Outcome settle() = 0;
};

struct GroupCommitOptions {
  /// How long the callers of a commit that did not answer wait for its outcome before they are refused.
  std::chrono::milliseconds doubt_max{5000};
  /// Between two attempts to learn it.
  std::chrono::milliseconds retry_wait{250};
};

/// Commits groups of writes. Each write of several lives in a savepoint: one that throws rolls back alone. A caller
/// returns after the commit that holds its write, so an acknowledged write is a durable one.
///
/// Where the commit itself fails, its outcome is asked for. Known to be committed: its callers are told so. Known to be
/// rolled back: they get Unavailable. Unknown: they get Unavailable too, and every write is refused at once until the
/// outcome is known (a client may then send again: what is stored already is not stored twice).
class GroupCommit {
 public:
  explicit GroupCommit(std::unique_ptr<WriteSession> session, GroupCommitOptions options = {});
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// Writes what was queued, then ends the thread.
  ~GroupCommit();

  /// Any thread; blocks until durable. Throws what `work` threw, or Unavailable.
  void write(const Database::Work& work);
  /// Why the last group could not be committed; empty after one that could.
  [[nodiscard]] std::string why_not_ready();
  /// Writes are refused until the outcome of a commit is known.
  [[nodiscard]] bool latched();
  /// How many writes wait for the next group.
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

  std::unique_ptr<WriteSession> session_;  // only the writer thread touches it after construction
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

/// Changes nothing that matters (a microsecond to and fro), and still has to reach the disk: SQLite writes no page
/// whose bytes stay the same.
constexpr std::string_view probing_write =
    "UPDATE schema_version SET applied_us = applied_us + 1 - 2 * (applied_us % 2) WHERE version = 1";

/// Database::why_not_ready over a writer: a read, and after a failure a write too, for nobody may send one until we say
/// that all is well.
std::string probe_readiness(Database& database, GroupCommit& writer);

}  // namespace perftrend::db
