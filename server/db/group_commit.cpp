#include "server/db/group_commit.h"

#include <spdlog/spdlog.h>

namespace perftrend::db {
namespace {

// How many writes may share a commit: bounds how much one failed commit takes back, and how long a reader of the
// write-ahead log may lag.
constexpr std::size_t group_size_max = 64;

}  // namespace

GroupCommit::GroupCommit(Open open) : open_(std::move(open)), connection_(open_()) {
  thread_ = std::thread([this] { run(); });
}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_all();
  thread_.join();
}

void GroupCommit::write(const Database::Work& work) {
  if (std::this_thread::get_id() == thread_.get_id()) throw std::logic_error("write() inside write()");
  Request request{&work, nullptr, false};
  std::unique_lock lock(mutex_);
  if (stopping_) throw Unavailable("the server is stopping");
  queue_.push_back(&request);
  queued_.notify_one();
  finished_.wait(lock, [&] { return request.done; });
  if (request.error) std::rethrow_exception(request.error);
}

std::string GroupCommit::why_not_ready() {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

std::size_t GroupCommit::waiting() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void GroupCommit::run() {
  for (;;) {
    std::vector<Request*> group;
    {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), group_size_max));
      group.assign(queue_.begin(), queue_.begin() + count);
      queue_.erase(queue_.begin(), queue_.begin() + count);
    }
    std::string trouble;
    try {
      commit_group(group);
    } catch (const std::exception& error) {
      spdlog::error("a commit failed, its {} writes were refused: {}", group.size(), error.what());
      trouble = error.what();
      const auto refused = std::make_exception_ptr(Unavailable(trouble));
      for (auto* request : group)
        request->error = refused;
      connection_.reset();
    }
    {
      const std::lock_guard lock(mutex_);
      trouble_ = trouble;
      for (auto* request : group)
        request->done = true;
    }
    finished_.notify_all();
  }
}

void GroupCommit::open_if_needed() {
  if (!connection_) connection_ = open_();
}

void GroupCommit::commit_group(const std::vector<Request*>& group) {
  open_if_needed();
  connection_->execute("BEGIN IMMEDIATE");
  for (auto* request : group) {
    connection_->execute("SAVEPOINT one_write");
    try {
      (*request->work)(*connection_);
    } catch (...) {
      // The outcome of ROLLBACK TO decides whether the rest of the group may go on; if it throws, the group is refused.
      request->error = std::current_exception();
      connection_->execute("ROLLBACK TO one_write");
    }
    connection_->execute("RELEASE one_write");
  }
  connection_->execute("COMMIT");
}

}  // namespace perftrend::db
