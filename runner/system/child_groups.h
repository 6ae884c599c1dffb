#pragma once
// The process groups of this process's children, so that a signal that ends this process ends them too. A child by
// itself would outlive it: it has a group of its own, which Ctrl-C and a CI's SIGTERM do not reach. POSIX.

#include <sys/types.h>

#include <csignal>

namespace perftrend::runner {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are sent on, as SIGTERM, to the groups of all children; what is
/// left when the child itself has ended, or after group_grace_ms, is killed. Then this process ends by the signal as it
/// would have. A signal that was ignored (nohup) stays ignored. What leaves no time for that (SIGKILL, the kernel out
/// of memory, a crash) is seen by a guardian, a process that sleeps until this one has ended, and then ends the groups
/// alike. To be called once, before the first child and the first thread are started. Throws std::system_error where
/// there is no process or no memory left.
void end_children_with_this_process();

/// Holds those signals back while it lives: between a child's first step and its being listed nothing may end this
/// process.
class ScopedSignalBlock {
 public:
  ScopedSignalBlock();
  ~ScopedSignalBlock();
  ScopedSignalBlock(const ScopedSignalBlock&) = delete;
  ScopedSignalBlock& operator=(const ScopedSignalBlock&) = delete;
  /// In a child, before exec: the signals have their usual meaning again and come through. Async-signal-safe.
  void release_in_child() const;

 private:
  sigset_t before_{};
};

/// How long a child may take to end itself. A CI gives this process some ten seconds.
constexpr long group_grace_ms = 2'000;

/// A group in the list of those to be ended, as long as it lives. Any thread.
class TrackedProcessGroup {
 public:
  /// A place in the list, before the child is there.
  TrackedProcessGroup();
  TrackedProcessGroup(TrackedProcessGroup&& other) noexcept;
  TrackedProcessGroup& operator=(TrackedProcessGroup&&) = delete;
  TrackedProcessGroup(const TrackedProcessGroup&) = delete;
  TrackedProcessGroup& operator=(const TrackedProcessGroup&) = delete;
  ~TrackedProcessGroup();
  /// `leader` is a child of this process; the group's number is its own. Async-signal-safe: the child says it of itself
  /// before exec, because this process may be killed before it can.
  void list(pid_t leader) const;
  /// Its leader was waited for: the number may become somebody else's.
  void forget();

 private:
  int slot_ = -1;  ///< -1: none
};

}  // namespace perftrend::runner
