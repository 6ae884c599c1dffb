#pragma once
// The process groups of this process's children, so that a signal that ends this process ends them too. A child by
// itself would outlive it: it has a group of its own, which Ctrl-C and a CI's SIGTERM do not reach. POSIX.

#include <sys/types.h>

namespace perftrend::runner {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are sent on, as SIGTERM, to the groups of all children; those that
/// are left after group_grace_ms are killed. Then this process ends by the signal as it would have. A signal that was
/// ignored (nohup) stays ignored. To be called once, before the first child is started.
void end_children_with_this_process();

/// How long a child may take to end itself. A CI gives this process some ten seconds.
constexpr long group_grace_ms = 2'000;

/// A group in the list of those to be ended, as long as it lives. Any thread.
class ListedGroup {
 public:
  /// `leader` is a child of this process; the group's number is its own.
  explicit ListedGroup(pid_t leader);
  ListedGroup(ListedGroup&& other) noexcept;
  ListedGroup& operator=(ListedGroup&&) = delete;
  ListedGroup(const ListedGroup&) = delete;
  ListedGroup& operator=(const ListedGroup&) = delete;
  ~ListedGroup();
  /// Its leader was waited for: the number may become somebody else's.
  void forget();

 private:
  int slot_ = -1;  ///< -1: none
};

}  // namespace perftrend::runner
