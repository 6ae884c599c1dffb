#pragma once
// Threads for connections: one for each, created on demand and reused. cpp-httplib's own pool has a fixed size, and a
// kept-alive connection holds its thread while it is idle: when all threads are held, new connections starve.

#include <httplib.h>

#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "core/text/thread_annotations.h"

namespace perftrend::http {

class ConnectionThreads final : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(std::size_t threads_max) : threads_max_(threads_max) {}

  // The return type is void or bool (false: refused), depending on the version of the library.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));
  Enqueued enqueue(std::function<void()> connection) override;
  void shutdown() override;

  /// Whether connections are waiting for a thread, or soon will be. Answers then ask their clients to close.
  bool crowded();

 private:
  void work();
  /// Waits for the next connection; nothing when the threads shall end.
  std::optional<std::function<void()>> next();

  const std::size_t threads_max_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::function<void()>> waiting_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
  std::size_t idle_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace perftrend::http
