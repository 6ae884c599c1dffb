#include "server/http/wire/connection_threads.h"

#include <utility>

namespace perftrend::http {

ConnectionThreads::Enqueued ConnectionThreads::enqueue(std::function<void()> connection) {
  {
    const MutexLock lock(mutex_);
    waiting_.push_back(std::move(connection));
    if (idle_ < waiting_.size() && threads_.size() < threads_max_) threads_.emplace_back([this] { work(); });
  }
  changed_.notify_one();
  return static_cast<Enqueued>(true);
}

void ConnectionThreads::shutdown() {
  std::vector<std::thread> threads;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (auto& thread : threads)
    thread.join();
}

bool ConnectionThreads::crowded() {
  const MutexLock lock(mutex_);
  return threads_.size() - idle_ + waiting_.size() > threads_max_ - threads_max_ / 4;
}

void ConnectionThreads::work() {
  while (const auto connection = next())
    (*connection)();
}

std::optional<std::function<void()>> ConnectionThreads::next() {
  MutexLock lock(mutex_);
  ++idle_;
  while (!stopping_ && waiting_.empty())
    changed_.wait(lock);
  --idle_;
  if (waiting_.empty()) return std::nullopt;
  auto connection = std::move(waiting_.front());
  waiting_.pop_front();
  return connection;
}

}  // namespace perftrend::http
