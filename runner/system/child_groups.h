#pragma once
// The process groups of this process's children: a signal that ends this process ends them too. Without this a child
// would outlive it, because the child has its own group, which Ctrl-C and a CI's SIGTERM do not reach. POSIX.

#include <sys/types.h>

#include <csignal>

namespace perftrend::runner {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are forwarded, as SIGTERM, to the groups of all children. What still
/// runs when the child itself has ended, or after group_grace_ms, is killed. Then this process ends by the signal as it
/// would have without this function. A signal that was ignored (nohup) stays ignored. SIGKILL, an out-of-memory kill
/// and a crash leave no time for that; a guardian process, which sleeps until this one has ended, then ends the groups
/// in the same way. Call it once, before the first child and the first thread are started. Throws std::system_error
/// when no process or no memory is available.
void end_children_with_this_process();

/// Blocks those signals during its lifetime: nothing may end this process between the start of a child and the
/// registration of its group.
class ScopedSignalBlock {
 public:
  ScopedSignalBlock();
  ~ScopedSignalBlock();
  ScopedSignalBlock(const ScopedSignalBlock&) = delete;
  ScopedSignalBlock& operator=(const ScopedSignalBlock&) = delete;
  /// In a child, before exec: restores the default actions and unblocks the signals. Async-signal-safe.
  void release_in_child() const;

 private:
  sigset_t before_{};
};

/// Time for a child to end itself. A CI typically gives this process ten seconds.
constexpr long group_grace_ms = 2'000;

/// Entry of a group in the list of groups to end. The entry lives as long as this object. Usable from any thread.
class TrackedProcessGroup {
 public:
  /// Reserves an entry before the child is started.
  TrackedProcessGroup();
  TrackedProcessGroup(TrackedProcessGroup&& other) noexcept;
  TrackedProcessGroup& operator=(TrackedProcessGroup&&) = delete;
  TrackedProcessGroup(const TrackedProcessGroup&) = delete;
  TrackedProcessGroup& operator=(const TrackedProcessGroup&) = delete;
  ~TrackedProcessGroup();
  /// `leader` is a child of this process; the group has its number. Async-signal-safe: the child registers itself
  /// before exec, because this process may be killed before it can.
  void list(pid_t leader) const;
  /// Call it when the leader was waited for: the system may then reuse its number.
  void forget();

 private:
  int slot_ = -1;  ///< -1: none
};

}  // namespace perftrend::runner
