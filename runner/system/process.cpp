#include "runner/system/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace perftrend::runner {
namespace {

constexpr int shell_signal_base = 128;
constexpr double ms_per_s = 1000;
constexpr double us_per_ms = 1000;
constexpr std::size_t line_bytes_max = 300;
/// Polling interval where the system cannot wait for a process with a deadline.
constexpr std::int64_t poll_ns = 2'000'000;

std::string signal_name(int signal) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 32)
  if (const char* name = ::sigabbrev_np(signal)) return fmt::format("SIG{}", name);
#endif
  return fmt::format("signal {}", signal);
}

/// Unlinked and closed on exec.
int temporary_file() {
  std::string name = (std::filesystem::temp_directory_path() / "perftrend-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0) throw std::system_error(errno, std::generic_category(), "temporary file " + name);
  ::unlink(name.c_str());
  (void)::fcntl(file, F_SETFD, FD_CLOEXEC);
  return file;
}

std::string content_of(int file) {
  std::string text;
  struct stat state {};
  if (file < 0 || ::fstat(file, &state) != 0) return text;
  text.resize(std::min(static_cast<std::size_t>(state.st_size), output_bytes_max));
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::pread(file, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& further) {
  std::map<std::string, std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : further)
    all[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : all) {
    entries.push_back(name);
    entries.back().append("=").append(value);
  }
  return entries;
}

/// The file of `program`: searched in the child's PATH, unless the name contains a '/'.
std::string resolved(const std::string& program, const std::vector<std::string>& environment) {
  if (program.find('/') != std::string::npos) return program;
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  for (const auto& entry : environment) {
    if (entry.starts_with("PATH=")) path = entry.substr(5);
  }
  while (!path.empty()) {
    const std::size_t colon = path.find(':');
    std::string candidate = path.substr(0, colon) + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate)) return candidate;
    path = colon == std::string::npos ? "" : path.substr(colon + 1);
  }
  return program;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What the child needs between fork and exec; prepared before fork, because the child must not allocate.
struct ExecRequest {
  const char* program;
  char** argv;
  char** environment;
  const char* directory;  ///< nullptr: stay
  int out, err, report;   ///< out and err: -1 leaves this process's own
  pid_t parent;
  const TrackedProcessGroup* group;
  const ScopedSignalBlock* signal_block;
};

/// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void exec_child(const ExecRequest& request) {
  ::setpgid(0, 0);
  request.group->list(::getpid());
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != request.parent) ::_exit(1);  // the parent ended before the signal was requested
#endif
  (void)::signal(SIGPIPE, SIG_DFL);
  request.signal_block->release_in_child();
  const int nothing = ::open("/dev/null", O_RDONLY);
  const bool ready = nothing >= 0 && ::dup2(nothing, 0) == 0 && (request.out < 0 || ::dup2(request.out, 1) == 1) &&
                     (request.err < 0 || ::dup2(request.err, 2) == 2) &&
                     (request.directory == nullptr || ::chdir(request.directory) == 0);
  if (ready) ::execve(request.program, request.argv, request.environment);
  const int cause = errno;
  (void)!::write(request.report, &cause, sizeof cause);
  ::_exit(127);
}

}  // namespace

std::string to_string(const ProcessEnd& end) {
  if (end.signal != 0) return fmt::format("killed by signal {} ({})", end.signal, signal_name(end.signal));
  if (end.exit_code > shell_signal_base && end.exit_code < shell_signal_base + 32) {
    return fmt::format("exit code {} (128 + {})", end.exit_code, signal_name(end.exit_code - shell_signal_base));
  }
  return fmt::format("exit code {}", end.exit_code);
}

tl::expected<ChildProcess, std::string> ChildProcess::start(const ProcessOptions& options, Clock& clock) {
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> environment = merged_environment(options.environment);
  const std::string program = resolved(arguments.front(), environment);
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> envp = pointers_to(environment);
  std::array<int, 2> report{};
  if (::pipe(report.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (const int end : report)
    (void)::fcntl(end, F_SETFD, FD_CLOEXEC);
  const int out = options.shows_output ? -1 : temporary_file();
  const int err = options.shows_output ? -1 : temporary_file();
  const ScopedSignalBlock signal_block;
  TrackedProcessGroup group;
  const ExecRequest request{program.c_str(),
                            const_cast<char**>(argv.data()),
                            const_cast<char**>(envp.data()),
                            options.directory.empty() ? nullptr : options.directory.c_str(),
                            out,
                            err,
                            report[1],
                            ::getpid(),
                            &group,
                            &signal_block};
  const pid_t pid = ::fork();
  if (pid == 0) exec_child(request);
  const int fork_error = errno;
  ::close(report[1]);
  int cause = 0;
  const bool failed = pid > 0 && ::read(report[0], &cause, sizeof cause) == sizeof cause;
  ::close(report[0]);
  if (pid > 0 && !failed) {
    group.list(pid);
    return ChildProcess(pid, std::move(group), out, err, clock);
  }
  for (const int file : {out, err}) {
    if (file >= 0) ::close(file);
  }
  if (pid < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  ::waitpid(pid, nullptr, 0);
  return tl::unexpected(
      fmt::format("{} cannot be started: {}", arguments.front(), std::generic_category().message(cause)));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      group_(std::move(other.group_)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      clock_(other.clock_),
      end_(other.end_) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) stop(0);
  for (const int file : {out_, err_}) {
    if (file >= 0) ::close(file);
  }
}

/// Whether the process has ended. It is not waited for yet, so its number stays valid.
bool ChildProcess::has_ended(double timeout_ms) const {
  const auto is_ended = [this] {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid_;
  };
  if (is_ended()) return true;
  const std::int64_t deadline_ns = clock_->now_ns() + static_cast<std::int64_t>(timeout_ms * ns_per_ms);
#ifdef SYS_pidfd_open
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0U));
  if (handle >= 0) {
    pollfd ended{handle, POLLIN, 0};
    while (clock_->now_ns() < deadline_ns) {
      const double left_ms = elapsed_ms(clock_->now_ns(), deadline_ns);
      if (::poll(&ended, 1, static_cast<int>(std::min(left_ms, 1e9)) + 1) > 0) break;
    }
    ::close(handle);
    return is_ended();
  }
#endif
  while (clock_->now_ns() < deadline_ns && !is_ended())
    clock_->sleep_ns(poll_ns);
  return is_ended();
}

void ChildProcess::signal_group(int signal) const {
  if (::kill(-pid_, signal) != 0) ::kill(pid_, signal);  // before the child has run, its own group does not exist
}

std::optional<ProcessEnd> ChildProcess::wait(double timeout_ms) {
  if (end_ || !has_ended(timeout_ms)) return end_;
  ::kill(-pid_, SIGKILL);
  group_.forget();
  int status = 0;
  rusage used{};
  while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  const auto to_ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * ms_per_s + static_cast<double>(time.tv_usec) / us_per_ms;
  };
  ProcessEnd end;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  end.user_ms = to_ms(used.ru_utime);
  end.system_ms = to_ms(used.ru_stime);
#ifdef __APPLE__
  end.rss_kib_max = used.ru_maxrss / 1024;  // bytes there
#else
  end.rss_kib_max = used.ru_maxrss;
#endif
  end_ = end;
  return end_;
}

ProcessEnd ChildProcess::stop(double grace_ms) {
  if (wait(0)) return *end_;
  signal_group(SIGTERM);
  if (wait(grace_ms)) return *end_;
  signal_group(SIGKILL);
  constexpr double forever_ms = 1e9;
  wait(forever_ms);
  return end_.value_or(ProcessEnd{});
}

std::string ChildProcess::out() const {
  return content_of(out_);
}

std::string ChildProcess::err() const {
  return content_of(err_);
}

std::string last_line(const std::string& output) {
  const std::size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const std::size_t begin = output.find_last_of("\r\n", end);
  const std::size_t first = begin == std::string::npos ? 0 : begin + 1;
  return output.substr(first, std::min(end + 1 - first, line_bytes_max));
}

}  // namespace perftrend::runner
