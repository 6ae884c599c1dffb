#pragma once
// PostgreSQL server for tests: the programs of Debian, a private data folder and socket, and nothing shared with other
// servers of the machine.

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace perftrend::tests {

class PostgresServer {
 public:
  /// Creates a data folder and starts the server. If the test runs as root, the server runs as `postgres`, because
  /// PostgreSQL refuses root. Throws std::runtime_error if it is not installed or does not start.
  PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  /// Stops it and removes its folder.
  ~PostgresServer();

  /// A standby of `primary`, which must be running: a copy that follows it and accepts no writes.
  static std::unique_ptr<PostgresServer> standby_of(const PostgresServer& primary);

  /// The server that all tests of this process share; the first call starts it.
  static PostgresServer& shared();

  /// Creates an empty database and returns its address.
  std::string create_database();
  /// The address of a database over the Unix socket.
  [[nodiscard]] std::string address(const std::string& database) const;
  /// The address of a database on whichever of the two servers accepts writes.
  [[nodiscard]] std::string address_with(const PostgresServer& standby, const std::string& database) const;
  [[nodiscard]] std::filesystem::path socket() const;

  /// SIGQUIT: ends all sessions at once, as a crash does.
  void crash();
  /// Starts and recovers after crash(). `settings`: further "name=value" settings.
  void start(const std::vector<std::string>& settings = {});
  /// Makes a standby accept writes; it does when this returns.
  void promote();

 private:
  struct Empty {};
  explicit PostgresServer(Empty);  ///< only the folder

  std::filesystem::path folder_;
  pid_t pid_ = -1;
  std::thread log_reader_;
  int databases_ = 0;
};

}  // namespace perftrend::tests
