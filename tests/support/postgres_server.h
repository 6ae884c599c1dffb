#pragma once
// A PostgreSQL of our own for tests: Debian's programs, a private data folder and socket, nothing shared with any other
// server of the machine.

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace perftrend::tests {

class PostgresServer {
 public:
  /// Makes a data folder and starts the server; as root, as the user `postgres`, for PostgreSQL refuses root. Throws
  /// std::runtime_error where it is not installed or does not start.
  PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  /// Stops it and removes its folder.
  ~PostgresServer();

  /// A standby: a copy of `primary`, which must run, that follows it and takes no writes.
  static std::unique_ptr<PostgresServer> standby_of(const PostgresServer& primary);

  /// The one that all tests of this process share; made by the first who asks.
  static PostgresServer& shared();

  /// Makes an empty database and returns its address.
  std::string create_database();
  /// The address of a database over the Unix socket.
  [[nodiscard]] std::string address(const std::string& database) const;
  /// The address of a database that either of both may serve: whichever takes writes.
  [[nodiscard]] std::string address_with(const PostgresServer& standby, const std::string& database) const;
  [[nodiscard]] std::filesystem::path socket() const;

  /// SIGQUIT: ends all sessions at once, in whatever they are doing, as a crash does.
  void crash();
  /// After crash(); recovers. `settings`: "name=value", beside those that all tests have.
  void start(const std::vector<std::string>& settings = {});
  /// Of a standby: it takes writes when this returns.
  void promote();

 private:
  struct Empty {};
  explicit PostgresServer(Empty);  ///< a folder alone

  std::filesystem::path folder_;
  pid_t pid_ = -1;
  std::thread log_reader_;
  int databases_ = 0;
};

}  // namespace perftrend::tests
