// The script ./dev, as far as it can be tried without building: its help, its one-line errors, and its sums.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string text;  ///< standard output and standard error
};

/// Runs a line of bash in the root of the tree.
Outcome run(const std::string& line) {
  const std::string command = "cd '" + perftrend::tests::source_dir() + "' && ( " + line + " ) 2>&1";
  Outcome outcome;
  FILE* pipe =
      popen(("exec bash -c \"" + std::regex_replace(command, std::regex(R"(["$\\`])"), "\\$&") + "\"").c_str(), "r");
  if (pipe == nullptr) return outcome;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    outcome.text.append(buffer, n);
  const int status = pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Dev, HelpExplainsEveryWordInALine) {
  const std::string script = read_file(perftrend::tests::source_dir() + "/dev");
  const std::string dispatch = script.substr(script.rfind("case $word in"));
  const Outcome help = run("./dev help");
  EXPECT_EQ(help.code, 0);
  const std::regex word(R"( ([a-z]+)(?= \||\)))");
  std::set<std::string> words;
  for (std::sregex_iterator it(dispatch.begin(), dispatch.end(), word), end; it != end; ++it)
    words.insert((*it)[1]);
  EXPECT_THAT(words, testing::IsSupersetOf({"setup", "build", "start", "test", "check", "bench", "fuzz", "help"}));
  for (const std::string& name : words)
    EXPECT_TRUE(std::regex_search(help.text, std::regex("\n  " + name + " .{20,}\n"))) << name << "\n" << help.text;
}

TEST(Dev, WithoutAWordItHelps) {
  EXPECT_EQ(run("./dev").text, run("./dev help").text);
}

TEST(Dev, WorksFromAnyFolder) {
  EXPECT_EQ(run("cd / && '" + perftrend::tests::source_dir() + "/dev' help").code, 0);
}

struct Refused {
  const char* line;
  const char* because;
};

class DevRefuses : public testing::TestWithParam<Refused> {};

TEST_P(DevRefuses, InOneClearLine) {
  const Outcome outcome = run(GetParam().line);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.text, testing::MatchesRegex("dev: [^\n]*\n"));
  EXPECT_THAT(outcome.text, testing::HasSubstr(GetParam().because));
}

INSTANTIATE_TEST_SUITE_P(Words, DevRefuses,
                         testing::Values(Refused{"./dev strat", "no word 'strat'"},
                                         Refused{"./dev build relaese", "no preset 'relaese'"},
                                         Refused{"./dev test relaese", "no preset 'relaese'"},
                                         Refused{"./dev fuzz long", "'long'"},
                                         Refused{"PERFTREND_PORT=http ./dev start", "PERFTREND_PORT is 'http'"},
                                         Refused{"PERFTREND_PORT=0 ./dev start", "PERFTREND_PORT is '0'"},
                                         Refused{"PERFTREND_PORT=65536 ./dev start", "PERFTREND_PORT is '65536'"}));

TEST(Dev, StartSaysThatThePortIsTaken) {
  const int taken = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(taken, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(taken, 8), 0);
  ASSERT_EQ(getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  const Outcome outcome = run("PERFTREND_PORT=" + port + " ./dev start");
  close(taken);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.text, testing::MatchesRegex("dev: port " + port + " is in use[^\n]*\n"));
}

TEST(Dev, WithoutRootAndSudoItNamesThePackages) {
  const Outcome outcome =
      run("source ./dev; id() { echo 1000; }; have() { [ \"$1\" != sudo ]; }; apt_install ninja-build g++");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.text, testing::MatchesRegex("dev: not root and no sudo[^\n]*ninja-build g\\+\\+\n"));
}

TEST(Dev, MissingIsOnlyWhatDpkgDoesNotHave) {
  const Outcome outcome =
      run("source ./dev; apt_install() { echo \"wants $*\"; }; packages_of() { echo bash no-such-package dpkg; }; need "
          "base");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.text, "wants no-such-package\n");
}

TEST(Dev, StopEndsChildrenAndTheirChildren) {
  // Two generations that would live for a minute; both must be gone when stop_children returns.
  const Outcome outcome =
      run("source ./dev; bash -c 'sleep 60 & echo $!; wait' > >(cat) & children+=($!); "
          "while [ -z \"$(descendants $!)\" ]; do :; done; all=$(descendants $!); stop_children; "
          "for pid in $all; do [ -e /proc/$pid ] && grep -q 'State:.[^Z]' /proc/$pid/status && echo left $pid; done; "
          "echo done");
  EXPECT_THAT(outcome.text, testing::EndsWith("done\n"));
  EXPECT_THAT(outcome.text, testing::Not(testing::HasSubstr("left")));
}

// ------------------------------------------------------------------------------------------------------------ sums

struct Sum {
  const char* what;
  std::vector<std::string> reports;
  int tool_exit_code;
  const char* last_line;
  int code;
};

class DevSums : public testing::TestWithParam<Sum> {};

TEST_P(DevSums, AreTheLastLine) {
  const Sum& sum = GetParam();
  const fs::path folder = fs::path(testing::TempDir()) / ("perftrend_dev_test_" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::string line = "source ./dev";
  for (std::size_t i = 0; i < sum.reports.size(); ++i) {
    const fs::path report = folder / (std::to_string(i) + ".xml");
    if (!sum.reports[i].empty()) std::ofstream(report) << sum.reports[i];
    line += "; add_report suite '" + report.string() + "' " + std::to_string(sum.tool_exit_code);
  }
  const Outcome outcome = run(line + "; summary");
  fs::remove_all(folder);
  EXPECT_EQ(outcome.code, sum.code) << outcome.text;
  EXPECT_THAT("\n" + outcome.text, testing::EndsWith(std::string("\n") + sum.last_line + "\n"));
}

const std::string one_of_each =
    "<testsuite><testcase name='a'/><testcase name='b'><failure/></testcase><testcase name='c'><error/></testcase>"
    "<testcase name='d'><skipped message='x'/></testcase><testcase name='e'><system-out>&lt;failure/&gt;</system-out>"
    "</testcase></testsuite>";
const std::string two_good = "<testsuites><testsuite><testcase name='a'/><testcase name='b'/></testsuite></testsuites>";
const std::string one_skipped = "<testsuite><testcase name='d'><skipped/></testcase></testsuite>";

INSTANTIATE_TEST_SUITE_P(
    Reports, DevSums,
    testing::Values(Sum{"good", {two_good}, 0, "2 passed, 0 failed", 0},
                    Sum{"each", {one_of_each}, 1, "2 passed, 2 failed, 1 skipped", 1},
                    Sum{"summed", {two_good, one_skipped, two_good}, 0, "4 passed, 0 failed, 1 skipped", 0},
                    Sum{"a tool that failed without a failed case", {two_good}, 8, "2 passed, 1 failed", 1},
                    Sum{"no report", {two_good, ""}, 0, "2 passed, 1 failed", 1},
                    Sum{"a report that is cut off", {"<testsuite><testcase name='a'/>"}, 0, "0 passed, 1 failed", 1},
                    Sum{"nothing ran", {"<testsuite/>"}, 0, "0 passed, 1 failed", 1},
                    Sum{"only skipped", {one_skipped}, 0, "0 passed, 0 failed, 1 skipped", 1}));

}  // namespace
