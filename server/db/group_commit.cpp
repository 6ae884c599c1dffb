#include "server/db/group_commit.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace perftrend::db {
namespace {

// Most writes of one commit. Limits the damage of a failed commit, and the time between commits.
constexpr std::size_t group_size_max = 64;

std::string unknown_outcome(const std::string& why) {
  return fmt::format("read-only until the outcome of a commit is known ({})", why);
}

}  // namespace

GroupCommit::GroupCommit(std::unique_ptr<WriteSession> session, GroupCommitOptions options)
    : session_(std::move(session)), options_(options) {
  thread_ = std::thread([this] { run(); });
}

GroupCommit::~GroupCommit() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_all();
  thread_.join();
}

void GroupCommit::write(const Database::Work& work) {
  if (std::this_thread::get_id() == thread_.get_id()) throw std::logic_error("write() inside write()");
  Request request{&work, nullptr, false};
  MutexLock lock(mutex_);
  if (stopping_) throw Unavailable("the server is stopping");
  if (latched_) throw Unavailable(trouble_);
  queue_.push_back(&request);
  queued_.notify_one();
  while (!request.done)
    finished_.wait(lock);
  if (request.error) std::rethrow_exception(request.error);
}

std::string GroupCommit::why_not_ready() {
  const MutexLock lock(mutex_);
  return trouble_;
}

bool GroupCommit::latched() {
  const MutexLock lock(mutex_);
  return latched_;
}

std::size_t GroupCommit::waiting() {
  const MutexLock lock(mutex_);
  return queue_.size();
}

void GroupCommit::run() {
  for (;;) {
    const Group group = take_group();
    if (!group.empty()) {
      write_group(group);
      continue;
    }
    {
      const MutexLock lock(mutex_);
      if (!latched_ || stopping_) return;
    }
    settle_latched();
  }
}

/// The next writes; none when the thread must stop, or must ask again for the outcome of a commit.
GroupCommit::Group GroupCommit::take_group() {
  MutexLock lock(mutex_);
  while (!stopping_ && !latched_ && queue_.empty())
    queued_.wait(lock);
  if (latched_ && !queue_.empty()) {  // they were queued before the latch closed
    for (auto* request : queue_) {
      request->error = std::make_exception_ptr(Unavailable(trouble_));
      request->done = true;
    }
    queue_.clear();
    finished_.notify_all();
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), group_size_max));
  Group group(queue_.begin(), queue_.begin() + count);
  queue_.erase(queue_.begin(), queue_.begin() + count);
  return group;
}

void GroupCommit::finish(const Group& group, const std::string& trouble, bool latched) {
  {
    const MutexLock lock(mutex_);
    trouble_ = trouble;
    latched_ = latched;
    for (auto* request : group)
      request->done = true;
  }
  finished_.notify_all();
}

void GroupCommit::write_group(const Group& group) {
  if (group.size() == 1) return write_alone(*group.front());
  try {
    run_works(session_->begin(), group);
  } catch (const std::exception& error) {
    session_->abandon();
    spdlog::error("{} writes were refused: {}", group.size(), error.what());
    for (auto* request : group)
      request->error = std::make_exception_ptr(Unavailable(error.what()));
    return finish(group, error.what(), false);
  }
  commit_group(group);
}

/// A single write does not require a savepoint: it has the transaction to itself.
void GroupCommit::write_alone(Request& request) {
  std::string trouble;
  try {
    (*request.work)(session_->begin());
    return commit_group({&request});
  } catch (const Unavailable& error) {
    spdlog::error("a write was refused: {}", error.what());
    request.error = std::current_exception();
    trouble = error.what();
  } catch (...) {
    request.error = std::current_exception();
  }
  session_->abandon();
  finish({&request}, trouble, false);
}

void GroupCommit::run_works(Connection& connection, const Group& group) {
  for (auto* request : group) {
    connection.execute("SAVEPOINT one_write");
    try {
      (*request->work)(connection);
    } catch (...) {
      // If ROLLBACK TO throws, the whole group is refused.
      request->error = std::current_exception();
      connection.execute("ROLLBACK TO SAVEPOINT one_write");
    }
    connection.execute("RELEASE SAVEPOINT one_write");
  }
}

void GroupCommit::commit_group(const Group& group) {
  try {
    session_->commit();
  } catch (const std::exception& error) {
    spdlog::error("a commit of {} writes failed: {}", group.size(), error.what());
    return settle_group(group, error.what());
  }
  finish(group, "", false);
}

/// Waits before the next attempt; false when the thread must stop.
bool GroupCommit::wait_before_retry() {
  MutexLock lock(mutex_);
  const auto end = std::chrono::steady_clock::now() + options_.retry_wait;
  while (!stopping_ && queued_.wait_until(lock, end)) {
  }
  return !stopping_;
}

void GroupCommit::settle_group(const Group& group, const std::string& why) {
  const auto end = std::chrono::steady_clock::now() + options_.doubt_max;
  std::string trouble;
  for (;;) {
    try {
      const CommitOutcome outcome = session_->settle();
      spdlog::warn("the outcome of that commit: {}",
                   outcome == CommitOutcome::committed ? "committed" : "not committed");
      if (outcome == CommitOutcome::committed) return finish(group, "", false);
      trouble.clear();
      break;
    } catch (const std::exception& error) {
      trouble = unknown_outcome(error.what());
    }
    if (std::chrono::steady_clock::now() >= end || !wait_before_retry()) break;
  }
  const auto refused = std::make_exception_ptr(Unavailable(trouble.empty() ? why : trouble));
  for (auto* request : group) {
    if (!request->error) request->error = refused;
  }
  finish(group, trouble, !trouble.empty());
}

void GroupCommit::settle_latched() {
  try {
    session_->settle();
    spdlog::warn("the outcome of the last commit is known: writes are accepted again");
    finish({}, "", false);
  } catch (const std::exception& error) {
    finish({}, unknown_outcome(error.what()), true);
    wait_before_retry();
  }
}

std::string probe_readiness(Database& database, GroupCommit& writer) {
  try {
    if (!writer.why_not_ready().empty()) {
      database.write([](Connection& connection) { connection.execute(probing_write); });
    }
    database.read([](Connection& connection) { connection.require_integer("SELECT count(*) FROM schema_version"); });
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace perftrend::db
