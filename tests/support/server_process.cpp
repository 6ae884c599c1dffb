#include "tests/support/server_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/paths.h"

namespace perftrend::tests {
namespace {

const std::filesystem::path server_program = std::filesystem::path(perftrend::tests::bin_dir()) / "perftrend-server";

/// Starts `program` with `output` as its stdout and, if not -1, `errors` as its stderr.
pid_t start(const std::filesystem::path& program, const std::vector<std::string>& arguments, int output, int errors) {
  const std::string path = program.string();
  std::vector<char*> argv = {const_cast<char*>(path.c_str())};
  for (const auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    ::dup2(output, STDOUT_FILENO);
    if (errors >= 0) ::dup2(errors, STDERR_FILENO);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
  return pid;
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string read_line(int descriptor) {
  std::string line;
  char c = 0;
  while (::read(descriptor, &c, 1) == 1 && c != '\n')
    line += c;
  return line;
}

std::string read_file(const std::filesystem::path& file) {
  const std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& database, const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  std::vector<std::string> all = {"serve", "--db", database.string(), "--listen", "127.0.0.1:0"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  pid_ = start(server_program, all, pipe[1], -1);
  ::close(pipe[1]);
  output_ = pipe[0];
  const std::string line = read_line(output_);
  const auto colon = line.rfind(':');
  if (line.find("listening on") == std::string::npos || colon == std::string::npos) {
    const int code = wait();
    throw std::runtime_error("the server ended with " + std::to_string(code) + " before it listened: " + line);
  }
  port_ = std::stoi(line.substr(colon + 1));
}

ServerProcess::~ServerProcess() {
  kill();
  if (output_ >= 0) ::close(output_);
}

void ServerProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

int ServerProcess::terminate() {
  ::kill(pid_, SIGTERM);
  return wait();
}

int ServerProcess::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return code_of(status);
}

CommandResult run_command(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const auto output_file = folder.path() / "out";
  const auto errors_file = folder.path() / "err";
  const int output = ::open(output_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int errors = ::open(errors_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const pid_t pid = start(program, arguments, output, errors);
  ::close(output);
  ::close(errors);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return {code_of(status), read_file(output_file), read_file(errors_file)};
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "perftrend-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace perftrend::tests
