#pragma once
// One thread owns the writing connection; what several callers want written becomes one transaction.

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

/// Commits groups of writes. Each write lives in a savepoint: one that throws rolls back alone. A caller returns after
/// the commit that holds its write, so an acknowledged write is a durable one; where the commit itself fails, every
/// caller of the group is told (Unavailable) and the connection is opened anew, because after a failed commit or fsync
/// only the file can say what it holds.
class GroupCommit {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;

  explicit GroupCommit(Open open);
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// Writes what was queued, then ends the thread.
  ~GroupCommit();

  /// Any thread; blocks until durable. Throws what `work` threw, or Unavailable.
  void write(const Database::Work& work);
  /// Why the last group could not be committed; empty after one that could.
  [[nodiscard]] std::string why_not_ready();
  /// How many writes wait for the next group.
  [[nodiscard]] std::size_t waiting();

 private:
  struct Request {
    const Database::Work* work = nullptr;
    std::exception_ptr error;
    bool done = false;
  };
  void run();
  void commit_group(const std::vector<Request*>& group);
  void open_if_needed();

  Open open_;
  std::unique_ptr<Connection> connection_;  // only the writer thread touches it after construction
  std::mutex mutex_;
  std::condition_variable queued_;
  std::condition_variable finished_;
  std::vector<Request*> queue_;  // guarded by mutex_
  std::string trouble_;          // guarded by mutex_
  bool stopping_ = false;        // guarded by mutex_
  std::thread thread_;
};

}  // namespace perftrend::db
