#include "runner/machine/tuning.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/junit/vocabulary.h"
#include "runner/machine/environment.h"

namespace perftrend::runner {
namespace {

using Done = tl::expected<void, std::string>;

constexpr int cpu_max = 1023;  // of a cpu_set_t

auto refused(std::string why) {
  return tl::unexpected(std::move(why));
}

std::string because(int cause) {
  return std::generic_category().message(cause);
}

Done run_on(const std::vector<int>& cpus) {
#ifdef __linux__
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus)
    CPU_SET(static_cast<std::size_t>(cpu), &set);
  cpu_set_t now;
  const bool known = ::sched_getaffinity(0, sizeof now, &now) == 0;
  for (const int cpu : cpus) {
    if (known && !CPU_ISSET(static_cast<std::size_t>(cpu), &now)) {
      return refused(
          fmt::format("--cpus: this process may not use core {}; see: grep Cpus_allowed_list "
                      "/proc/self/status",
                      cpu));
    }
  }
  if (::sched_setaffinity(0, sizeof set, &set) == 0) return {};
  return refused(fmt::format("--cpus: {}", because(errno)));
#else
  (void)cpus;
  return refused("--cpus: this system cannot bind a process to cores");
#endif
}

Done run_with(int priority) {
  if (::setpriority(PRIO_PROCESS, 0, priority) == 0) return {};
  return refused(fmt::format("--priority {}: {}; run it as root, or: sudo setcap cap_sys_nice+ep perftrend-runner",
                             priority, because(errno)));
}

bool write_word(int file, std::string_view word) {
  return ::pwrite(file, word.data(), word.size(), 0) == static_cast<ssize_t>(word.size());
}

/// Body of the guardian: waits until the other end of `alive` is closed, then writes `before` back. Async-signal-safe
/// calls only, as between fork and exec.
[[noreturn]] void guard(int alive, int ready, int file, std::string_view before) {
  ::setsid();  // signals to the terminal's group must not end it
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
    static_cast<void>(::signal(signal, SIG_IGN));
  char byte = 1;
  if (::write(ready, &byte, 1) != 1) ::_exit(1);
  ::close(ready);
  while (::read(alive, &byte, 1) < 0 && errno == EINTR) {
  }
  ::_exit(write_word(file, before) ? 0 : 1);
}

/// A pipe that is not inherited by measured programs, which would keep it open.
std::array<int, 2> private_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (const int end : ends)
    (void)::fcntl(end, F_SETFD, FD_CLOEXEC);
  return ends;
}

}  // namespace

std::optional<std::vector<int>> parse_cpus(std::string_view text) {
  std::vector<int> cpus;
  const auto number = [&]() -> std::optional<int> {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || text.front() == '-' || value > cpu_max) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  };
  while (true) {
    if (text.empty()) return std::nullopt;
    const auto first = number();
    if (!first) return std::nullopt;
    auto last = first;
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      if (text.empty()) return std::nullopt;
      last = number();
      if (!last || *last < *first) return std::nullopt;
    }
    for (int cpu = *first; cpu <= *last; ++cpu)
      cpus.push_back(cpu);
    if (text.empty()) break;
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

tl::expected<Tuning, std::string> Tuning::apply(const TuningOptions& options, const std::filesystem::path& root) {
  Tuning tuning;
  if (options.huge_pages) {
    const auto file_name = root / "sys/kernel/mm/transparent_hugepage/enabled";
    const std::string before = huge_pages_state(root);
    if (before.empty()) return refused("--huge-pages: this system has no setting for transparent huge pages");
    const int file = ::open(file_name.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0)
      return refused(fmt::format("--huge-pages: {}: {}; run it as root", file_name.string(), because(errno)));
    tuning.start_guardian(file, before);
    const bool written = write_word(file, *options.huge_pages ? "always" : "never");
    const int cause = errno;
    ::close(file);
    if (!written) return refused(fmt::format("--huge-pages: {}: {}", file_name.string(), because(cause)));
  }
  if (!options.cpus.empty()) {
    if (const Done done = run_on(options.cpus); !done) return refused(done.error());
  }
  if (options.priority) {
    if (const Done done = run_with(*options.priority); !done) return refused(done.error());
  }
  return tuning;
}

void Tuning::start_guardian(int file, const std::string& before) {
  const std::array<int, 2> alive = private_pipe();
  const std::array<int, 2> ready = private_pipe();
  guardian_ = ::fork();
  if (guardian_ == 0) {
    ::close(alive[1]);
    ::close(ready[0]);
    guard(alive[0], ready[1], file, before);
  }
  const int fork_error = errno;
  ::close(alive[0]);
  ::close(ready[1]);
  alive_ = alive[1];
  char byte = 0;
  const bool guarded = guardian_ > 0 && ::read(ready[0], &byte, 1) == 1;
  ::close(ready[0]);
  if (guardian_ < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  if (!guarded) throw std::runtime_error("the process that restores the huge pages could not be started");
}

Tuning::Tuning(Tuning&& other) noexcept
    : guardian_(std::exchange(other.guardian_, -1)), alive_(std::exchange(other.alive_, -1)) {}

Tuning::~Tuning() {
  if (alive_ >= 0) ::close(alive_);
  while (guardian_ > 0 && ::waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

junit::Properties to_properties(const TuningOptions& options) {
  junit::Properties properties;
  if (!options.cpus.empty())
    properties.emplace_back(fmt::format("{}cpus", junit::property_name::environment_prefix),
                            fmt::format("{}", fmt::join(options.cpus, ",")));
  if (options.priority)
    properties.emplace_back(fmt::format("{}priority", junit::property_name::environment_prefix),
                            std::to_string(*options.priority));
  return properties;  // the state of huge pages is part of every fingerprint
}

}  // namespace perftrend::runner
