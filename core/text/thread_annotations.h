#pragma once
// Mutex, lock and condition variable that clang's thread-safety analysis (-Wthread-safety) checks. They cost what the
// standard ones cost; with other compilers the annotations are empty. A member that a mutex protects is declared
// `T member_ GUARDED_BY(mutex_)`; a function that its caller must call with the mutex held ends in `REQUIRES(mutex_)`.

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define PERFTREND_ANNOTATE(attribute) __attribute__((attribute))
#else
#define PERFTREND_ANNOTATE(attribute)
#endif

#define CAPABILITY(name) PERFTREND_ANNOTATE(capability(name))
#define SCOPED_CAPABILITY PERFTREND_ANNOTATE(scoped_lockable)
#define GUARDED_BY(mutex) PERFTREND_ANNOTATE(guarded_by(mutex))
#define PT_GUARDED_BY(mutex) PERFTREND_ANNOTATE(pt_guarded_by(mutex))
#define REQUIRES(...) PERFTREND_ANNOTATE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) PERFTREND_ANNOTATE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) PERFTREND_ANNOTATE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) PERFTREND_ANNOTATE(release_capability(__VA_ARGS__))

namespace perftrend {

/// std::mutex, locked only through MutexLock.
class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a mutex from its construction to its end of scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() RELEASE() = default;

 private:
  friend class ConditionVariable;
  std::unique_lock<std::mutex> lock_;
};

/// std::condition_variable for MutexLock. Waits may end spuriously: call them in a loop that tests the condition, which
/// also lets the analysis see that the condition is read with the mutex held.
class ConditionVariable {
 public:
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

  void wait(MutexLock& lock) { condition_.wait(lock.lock_); }

  /// False when `end` has passed.
  template <typename Clock, typename Duration>
  bool wait_until(MutexLock& lock, const std::chrono::time_point<Clock, Duration>& end) {
    return condition_.wait_until(lock.lock_, end) == std::cv_status::no_timeout;
  }

 private:
  std::condition_variable condition_;
};

}  // namespace perftrend
