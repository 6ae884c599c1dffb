#include "runner/system/child_groups.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

namespace perftrend::runner {
namespace {

/// The runner has one child at a time: an engine, or a program.
constexpr std::size_t groups_max = 16;
constexpr pid_t taken = -1;  // an entry whose child is not started yet
constexpr std::array ending_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr long poll_ms = 10;
constexpr long poll_ns = poll_ms * 1'000'000;

using Groups = std::array<std::atomic<pid_t>, groups_max>;
static_assert(std::atomic<pid_t>::is_always_lock_free, "read in a signal handler and by the guardian");
Groups own_groups{};           // NOLINT: a signal handler can only use statics
Groups* groups = &own_groups;  // NOLINT: shared with the guardian, if there is one

void send_to_groups(int signal) {
  for (const auto& group : *groups) {
    const pid_t leader = group.load();
    if (leader > 0) (void)::kill(-leader, signal);
  }
}

/// Whether a child itself still runs; other processes of its group do not count.
bool is_any_leader_alive() {
  bool any = false;
  for (const auto& group : *groups) {
    const pid_t leader = group.load();
    any = (leader > 0 && ::waitpid(leader, nullptr, WNOHANG) == 0) || any;
  }
  return any;
}

/// Signal handler: async-signal-safe calls only. Other threads may continue meanwhile; their results are discarded.
void end_with_children(int signal) {
  constexpr std::string_view message = "\nperftrend-runner: ended by a signal; unfinished work is discarded\n";
  (void)!::write(STDERR_FILENO, message.data(), message.size());
  send_to_groups(SIGTERM);
  for (long waited_ms = 0; waited_ms < group_grace_ms && is_any_leader_alive(); waited_ms += poll_ms) {
    const timespec pause{0, poll_ns};
    (void)::nanosleep(&pause, nullptr);
  }
  send_to_groups(SIGKILL);
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  (void)::sigaction(signal, &usual, nullptr);
  (void)::raise(signal);  // delivered when this handler returns
}

bool is_any_group_left() {
  for (const auto& group : *groups) {
    const pid_t leader = group.load();
    if (leader > 0 && ::kill(-leader, 0) == 0) return true;
  }
  return false;
}

/// Body of the guardian. The pipe is closed when the runner ends, whatever the cause.
[[noreturn]] void guard(int alive) {
  (void)::setsid();  // signals to the terminal's group or to a CI job's group must not end the guardian
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    (void)::dup2(nothing, standard);  // a reader of the runner's output must not wait for the guardian
  char byte = 0;
  while (::read(alive, &byte, 1) < 0 && errno == EINTR) {
  }
  send_to_groups(SIGTERM);
  for (long waited_ms = 0; waited_ms < group_grace_ms && is_any_group_left(); waited_ms += poll_ms) {
    const timespec pause{0, poll_ns};
    (void)::nanosleep(&pause, nullptr);
  }
  send_to_groups(SIGKILL);
  ::_exit(0);
}

pid_t guardian = -1;     // NOLINT: used by a function that runs at exit
int guardian_pipe = -1;  // NOLINT

void dismiss_guardian() {
  ::close(guardian_pipe);
  while (::waitpid(guardian, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// A separate process, because SIGKILL leaves the runner no time.
void start_guardian() {
  void* shared = ::mmap(nullptr, sizeof(Groups), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  std::array<int, 2> alive{};
  if (shared == MAP_FAILED || ::pipe(alive.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "the guardian of the engine's processes");
  for (const int end : alive)
    (void)::fcntl(end, F_SETFD, FD_CLOEXEC);
  groups = new (shared) Groups{};
  guardian = ::fork();
  if (guardian == 0) {
    ::close(alive[1]);
    guard(alive[0]);
  }
  const int cause = errno;
  ::close(alive[0]);
  if (guardian < 0) throw std::system_error(cause, std::generic_category(), "fork");
  guardian_pipe = alive[1];
  (void)std::atexit(dismiss_guardian);
}

}  // namespace

void end_children_with_this_process() {
  start_guardian();
  for (const int signal : ending_signals) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    struct sigaction ending {};
    ending.sa_handler = end_with_children;
    // The signals block each other: a second Ctrl-C does not interrupt the handling of the first.
    for (const int other : ending_signals)
      sigaddset(&ending.sa_mask, other);
    (void)::sigaction(signal, &ending, nullptr);
  }
}

ScopedSignalBlock::ScopedSignalBlock() {
  sigset_t blocked;
  sigemptyset(&blocked);
  for (const int signal : ending_signals)
    sigaddset(&blocked, signal);
  (void)::pthread_sigmask(SIG_BLOCK, &blocked, &before_);
}

ScopedSignalBlock::~ScopedSignalBlock() {
  (void)::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void ScopedSignalBlock::release_in_child() const {
  for (const int signal : ending_signals) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler == SIG_IGN) continue;
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    (void)::sigaction(signal, &usual, nullptr);
  }
  (void)::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

TrackedProcessGroup::TrackedProcessGroup() {
  for (std::size_t i = 0; i < groups->size(); ++i) {
    pid_t none = 0;
    if (!(*groups)[i].compare_exchange_strong(none, taken)) continue;
    slot_ = static_cast<int>(i);
    return;
  }
}

void TrackedProcessGroup::list(pid_t leader) const {
  if (slot_ >= 0) (*groups)[static_cast<std::size_t>(slot_)].store(leader);
}

TrackedProcessGroup::TrackedProcessGroup(TrackedProcessGroup&& other) noexcept
    : slot_(std::exchange(other.slot_, -1)) {}

TrackedProcessGroup::~TrackedProcessGroup() {
  forget();
}

void TrackedProcessGroup::forget() {
  if (slot_ >= 0) groups->at(static_cast<std::size_t>(slot_)).store(0);
  slot_ = -1;
}

}  // namespace perftrend::runner
