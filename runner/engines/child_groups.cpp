#include "runner/engines/child_groups.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <string_view>
#include <utility>

namespace perftrend::runner {
namespace {

/// The runner has one child at a time: an engine, or a program.
constexpr std::size_t groups_max = 16;
constexpr long look_every_ms = 10;
constexpr long ns_per_look = look_every_ms * 1'000'000;

std::array<std::atomic<pid_t>, groups_max> groups{};  // NOLINT: a signal's handler has nothing but statics
static_assert(std::atomic<pid_t>::is_always_lock_free, "read in a signal's handler");

/// Sends `signal` (0: only looks) to all groups; whether there was one. Leaders that have ended are waited for, for
/// they would count as alive.
bool send_to_groups(int signal) {
  bool any = false;
  for (const auto& group : groups) {
    const pid_t leader = group.load();
    if (leader <= 0) continue;
    (void)::waitpid(leader, nullptr, WNOHANG);
    any = ::kill(-leader, signal) == 0 || any;
  }
  return any;
}

/// Async-signal-safe calls only. The other threads may go on meanwhile; what they do is not kept.
void end_with_children(int signal) {
  constexpr std::string_view farewell = "\nperftrend-runner: ended by a signal; what was being done is not kept\n";
  (void)!::write(STDERR_FILENO, farewell.data(), farewell.size());
  if (send_to_groups(SIGTERM)) {
    for (long waited_ms = 0; waited_ms < group_grace_ms && send_to_groups(0); waited_ms += look_every_ms) {
      const timespec pause{0, ns_per_look};
      (void)::nanosleep(&pause, nullptr);
    }
    send_to_groups(SIGKILL);
  }
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  (void)::sigaction(signal, &usual, nullptr);
  (void)::raise(signal);  // comes when this handler returns
}

}  // namespace

void end_children_with_this_process() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    struct sigaction ending {};
    ending.sa_handler = end_with_children;
    // One after the other: a second Ctrl-C does not cut the first one short.
    for (const int other : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
      sigaddset(&ending.sa_mask, other);
    (void)::sigaction(signal, &ending, nullptr);
  }
}

ListedGroup::ListedGroup(pid_t leader) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    pid_t none = 0;
    if (!groups[i].compare_exchange_strong(none, leader)) continue;
    slot_ = static_cast<int>(i);
    return;
  }
}

ListedGroup::ListedGroup(ListedGroup&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}

ListedGroup::~ListedGroup() {
  forget();
}

void ListedGroup::forget() {
  if (slot_ >= 0) groups.at(static_cast<std::size_t>(slot_)).store(0);
  slot_ = -1;
}

}  // namespace perftrend::runner
