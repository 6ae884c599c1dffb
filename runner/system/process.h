#pragma once
// A child process in its own process group: started without a shell, waited for with a deadline, and ended together
// with everything it started. POSIX.

#include <sys/types.h>
#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/system/child_groups.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Limit of the stored output of a program; the rest is dropped.
constexpr std::size_t output_bytes_max = std::size_t{64} << 20U;

struct ProcessOptions {
  std::vector<std::string> argv;                   ///< at least the program; a name without '/' is searched in PATH
  std::map<std::string, std::string> environment;  ///< added to this process's own; overrides it
  std::string directory;                           ///< "" is the working directory
  bool shows_output = false;  ///< on this process's own stdout and stderr; out() and err() are then empty
};

/// How a child ended, from wait4.
struct ProcessEnd {
  int exit_code = 0;
  int signal = 0;  ///< the signal that killed it; 0: it exited
  double user_ms = 0;
  double system_ms = 0;
  std::int64_t rss_kib_max = 0;
};

/// "killed by signal 4 (SIGILL)", "exit code 132 (128 + SIGILL)", "exit code 1".
std::string to_string(const ProcessEnd& end);

class ChildProcess {
 public:
  /// The program runs when this returns; the error says why it could not be started. Its stdin is empty. On Linux it
  /// is ended when the thread that started it ends, whatever the cause. `clock` must outlive the child.
  static tl::expected<ChildProcess, std::string> start(const ProcessOptions& options, Clock& clock);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills the group if it still runs.
  ~ChildProcess();

  /// Waits at most `timeout_ms` (0: does not wait) and returns how it ended; nullopt while it runs. When it has ended,
  /// the remaining processes of its group are killed.
  std::optional<ProcessEnd> wait(double timeout_ms);
  /// Sends SIGTERM to the group and, after `grace_ms`, SIGKILL. Returns how the program ended. Idempotent.
  ProcessEnd stop(double grace_ms);
  /// Output so far, its first output_bytes_max bytes.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  ChildProcess(pid_t pid, TrackedProcessGroup group, int out, int err, Clock& clock)
      : pid_(pid), group_(std::move(group)), out_(out), err_(err), clock_(&clock) {}
  [[nodiscard]] bool has_ended(double timeout_ms) const;
  void signal_group(int signal) const;

  pid_t pid_ = -1;
  TrackedProcessGroup group_;
  int out_ = -1;  ///< unlinked files: unlike with a pipe, a program that prints much never blocks
  int err_ = -1;
  Clock* clock_;
  std::optional<ProcessEnd> end_;
};

/// The last line of `output` that is not blank, for one-line messages.
std::string last_line(const std::string& output);

}  // namespace perftrend::runner
