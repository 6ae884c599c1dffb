#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <stdexcept>
#include <vector>

namespace perftrend::tests {
namespace {

/// The newest of /usr/lib/postgresql/*/bin, as installed by Debian.
std::filesystem::path programs() {
  std::vector<std::filesystem::path> found;
  std::error_code absent;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", absent)) {
    if (std::filesystem::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
  }
  if (found.empty()) {
    throw std::runtime_error(
        "PostgreSQL is not installed, and these tests need it: `./dev setup`, or apt-get install postgresql");
  }
  return *std::max_element(found.begin(), found.end());
}

/// The user that must run PostgreSQL; nullptr if it is the present one.
const passwd* other_user() {
  return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
}

/// Lets the other user enter directories of root. PostgreSQL refuses to run as root, and another user may be unable to
/// enter a directory above its files: in some containers only root may enter "/". If the capability is not granted, the
/// permissions of the directories apply.
void keep_directory_access() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  constexpr auto access = CAP_TO_MASK(CAP_DAC_OVERRIDE);
  sets[0] = {access, access, access};
  if (::syscall(SYS_capset, &header, sets.data()) == 0)
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0);
}

/// In a child process: sets its user, makes it die with the parent, and executes the command.
[[noreturn]] void exec_child(const std::vector<std::string>& command) {
  if (const auto* user = other_user()) {
    ::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP);  // capabilities stay with the new user, for access(2) as well
    if (::initgroups(user->pw_name, user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)
      ::_exit(126);
    keep_directory_access();
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::chdir("/") != 0) ::_exit(126);
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const auto& word : command)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

struct Child {
  pid_t pid = -1;
  int log = -1;  ///< read end of what it says
};

Child start_child(const std::vector<std::string>& command) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(pipe[1], STDERR_FILENO);
    exec_child(command);
  }
  ::close(pipe[1]);
  return {pid, pipe[0]};
}

/// Until the other end closes, or `until` was read.
std::string read_log(int log, std::string_view until) {
  std::string text;
  char c = 0;
  while ((until.empty() || text.find(until) == std::string::npos) && ::read(log, &c, 1) == 1)
    text += c;
  return text;
}

int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

void run_to_end(const std::vector<std::string>& command) {
  const auto child = start_child(command);
  const std::string said = read_log(child.log, "");
  ::close(child.log);
  if (wait_for(child.pid) != 0) throw std::runtime_error(command.front() + " failed: " + said);
}

}  // namespace

PostgresServer::PostgresServer(Empty) {
  std::string pattern = (std::filesystem::temp_directory_path() / "perftrend-pg-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  if (const auto* user = other_user()) {
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown failed");
  }
}

PostgresServer::PostgresServer() : PostgresServer(Empty{}) {
  run_to_end({programs() / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
              "--locale=C.UTF-8", "--no-sync", "--no-instructions"});
  start();
}

std::unique_ptr<PostgresServer> PostgresServer::standby_of(const PostgresServer& primary) {
  std::unique_ptr<PostgresServer> standby(new PostgresServer(Empty{}));
  run_to_end({programs() / "pg_basebackup", "-D", standby->folder_ / "data", "-h", primary.folder_, "-p", "5432", "-U",
              "postgres", "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"});
  standby->start({"wal_retrieve_retry_interval=100ms"});  // a primary that was away is found again soon
  return standby;
}

PostgresServer::~PostgresServer() {
  crash();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

void PostgresServer::start(const std::vector<std::string>& settings) {
  // fsync is off: these tests end processes, not machines, and what a process wrote the kernel keeps.
  std::vector<std::string> command{programs() / "postgres", "-D", folder_ / "data", "-k", folder_};
  for (const auto* setting : {"listen_addresses=", "fsync=off", "shared_buffers=32MB", "max_connections=200"})
    command.insert(command.end(), {"-c", setting});
  for (const auto& setting : settings)
    command.insert(command.end(), {"-c", setting});
  const auto child = start_child(command);
  pid_ = child.pid;
  constexpr std::string_view ready = "ready to accept ";  // "connections", a standby "read-only connections"
  std::string said = read_log(child.log, ready);
  if (said.find(ready) == std::string::npos) throw std::runtime_error("PostgreSQL did not start: " + said);
  // Later output is not used, but must be read so that the server does not block.
  log_reader_ = std::thread([log = child.log] {
    read_log(log, "");
    ::close(log);
  });
}

void PostgresServer::crash() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGQUIT);
  wait_for(pid_);
  pid_ = -1;
  log_reader_.join();
}

void PostgresServer::promote() {
  pqxx::connection connection(address("postgres"));
  const auto done = pqxx::nontransaction(connection).exec("SELECT pg_promote(true, 60)");
  if (done[0][0].as<std::string>() != "t") throw std::runtime_error("the standby was not promoted");
}

std::filesystem::path PostgresServer::socket() const {
  return folder_ / ".s.PGSQL.5432";
}

std::string PostgresServer::address(const std::string& database) const {
  return fmt::format("postgres:///{}?host={}&port=5432&user=postgres", database, folder_.string());
}

std::string PostgresServer::address_with(const PostgresServer& standby, const std::string& database) const {
  return fmt::format("postgres:///{}?host={},{}&port=5432,5432&user=postgres&target_session_attrs=read-write", database,
                     folder_.string(), standby.folder_.string());
}

std::string PostgresServer::create_database() {
  const std::string name = fmt::format("test_{}", ++databases_);
  pqxx::connection connection(address("postgres"));
  pqxx::nontransaction(connection).exec("CREATE DATABASE " + name);
  return address(name);
}

}  // namespace perftrend::tests
