#include "tests/support/runner_cli.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/paths.h"

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;

const std::string runner = perftrend::tests::bin_dir() + "/perftrend-runner";
const std::string batch_prefill = perftrend::tests::source_dir() + "/runner/scenarios/batch_prefill.toml";

/// In the child: redirects output into files and executes `program`.
[[noreturn]] void become(const std::string& program, const fs::path& directory, std::vector<char*>& argv,
                         std::vector<char*>& envp) {
  constexpr mode_t private_file = 0600;
  const int out = ::open((directory / ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, private_file);
  const int err = ::open((directory / ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, private_file);
  if (out >= 0 && err >= 0 && ::dup2(out, 1) == 1 && ::dup2(err, 2) == 2 && ::chdir(directory.c_str()) == 0) {
    ::execve(program.c_str(), argv.data(), envp.data());
  }
  ::_exit(127);
}

}  // namespace

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Ended execute(const std::string& program, const fs::path& directory, std::vector<std::string> arguments,
              const Environment& environment) {
  arguments.insert(arguments.begin(), program);
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  std::vector<char*> argv, envp;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  for (auto& variable : variables)
    envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) become(program, directory, argv, envp);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_all(directory / ".out"),
          read_all(directory / ".err")};
}

void RunnerCli::SetUp() {
  std::string name = (fs::temp_directory_path() / "perftrend-cli-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  directory_ = name;
}

void RunnerCli::TearDown() {
  fs::remove_all(directory_);
}

Ended RunnerCli::call(std::vector<std::string> arguments, Environment more) const {
  Environment environment{{"PATH", "/usr/bin:/bin"}, {"GIT_CEILING_DIRECTORIES", "/"}};
  environment.merge(more);
  return execute(runner, directory_, std::move(arguments), environment);
}

Ended RunnerCli::run(const std::vector<std::string>& more, const Environment& environment) const {
  std::vector<std::string> arguments{
      "run",   batch_prefill, "--mock-tokenize-ms", "0.3", "--mock-prefill-ms", "6", "--repeats", "2", "--warmup", "0",
      "--out", "out.xml"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return call(arguments, environment);
}

Ended RunnerCli::measure(const std::vector<std::string>& more, Environment environment) const {
  environment["RUN_PERF_TESTS"] = "1";
  return run(more, environment);
}

pugi::xml_document RunnerCli::report(const char* file) const {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_file((directory_ / file).c_str())) << file;
  return document;
}

std::string RunnerCli::suite_property(const std::string& name) const {
  const auto document = report();
  return document.select_node(("/testsuites/testsuite/properties/property[@name='" + name + "']/@value").c_str())
      .attribute()
      .value();
}

std::string RunnerCli::write(const char* file, const std::string& text) const {
  std::ofstream(directory_ / file) << text;
  return (directory_ / file).string();
}

}  // namespace perftrend::runner
