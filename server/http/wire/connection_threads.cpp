#include "server/http/wire/connection_threads.h"

namespace perftrend::http {

ConnectionThreads::Enqueued ConnectionThreads::enqueue(std::function<void()> connection) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(connection));
    if (idle_ < waiting_.size() && threads_.size() < threads_max_) threads_.emplace_back([this] { work(); });
  }
  changed_.notify_one();
  return static_cast<Enqueued>(true);
}

void ConnectionThreads::shutdown() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (auto& thread : threads)
    thread.join();
}

bool ConnectionThreads::crowded() {
  const std::lock_guard lock(mutex_);
  return threads_.size() - idle_ + waiting_.size() > threads_max_ - threads_max_ / 4;
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const auto connection = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    connection();
    lock.lock();
  }
}

}  // namespace perftrend::http
