#pragma once
// The built perftrend-server as a separate process, for tests that kill it.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace perftrend::tests {

/// Starts `perftrend-server serve` on a free port and waits until it listens. The destructor kills it.
class ServerProcess {
 public:
  /// `arguments` come after `serve --db FILE --listen 127.0.0.1:0`. Throws std::runtime_error with the output
  /// of the server if it ends before it listens.
  explicit ServerProcess(const std::filesystem::path& database, const std::vector<std::string>& arguments = {});
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// SIGKILL; the process has ended when this returns.
  void kill();
  /// SIGTERM; returns the exit code, or -signal.
  int terminate();

 private:
  int wait();
  pid_t pid_ = -1;
  int output_ = -1;  ///< read end of its stdout
  int port_ = 0;
};

struct CommandResult {
  int exit_code = 0;  ///< or -signal
  std::string output, errors;
};

/// Runs a program and waits for its end. `program` is a path.
CommandResult run_command(const std::filesystem::path& program, const std::vector<std::string>& arguments);

/// A new empty folder that the destructor removes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace perftrend::tests
