// Tests of the script ./dev that build nothing: its help, its one-line errors, its sums and the rule for commit
// subjects.

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

TEST(Dev, HelpExplainsEveryCommandInALine) {
  const Outcome functions = run("source ./dev; declare -F");
  const Outcome help = run("./dev help");
  EXPECT_EQ(help.code, 0);
  const std::regex command("command_([a-z0-9]+)");
  std::set<std::string> commands;
  for (std::sregex_iterator it(functions.text.begin(), functions.text.end(), command), end; it != end; ++it)
    commands.insert((*it)[1]);
  EXPECT_THAT(commands, testing::IsSupersetOf({"setup", "build", "start", "test", "check", "bench", "fuzz", "help"}));
  for (const std::string& name : commands)
    EXPECT_TRUE(std::regex_search(help.text, std::regex("\n  " + name + "[ \n].{15,}\n"))) << name << "\n" << help.text;
}

TEST(Dev, WithoutACommandItHelps) {
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

INSTANTIATE_TEST_SUITE_P(Commands, DevRefuses,
                         testing::Values(Refused{"./dev strat", "no command 'strat'"},
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
  const Outcome outcome = run(
      "source ./dev; apt_install() { echo \"missing $*\"; }; packages_of() { echo bash no-such-package dpkg; }; need "
      "base");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.text, "missing no-such-package\n");
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

// ------------------------------------------------------------------------------------------------- commit subjects

struct Subject {
  const char* text;
  const char* mistake;  ///< part of the message; empty: accepted
};

class DevCommitSubjects : public testing::TestWithParam<Subject> {};

TEST_P(DevCommitSubjects, AreShortAndImperative) {
  const Outcome outcome = run("source ./dev; subject_mistake '" + std::string(GetParam().text) + "'");
  if (*GetParam().mistake == '\0')
    EXPECT_EQ(outcome.text, "");
  else
    EXPECT_THAT(outcome.text, testing::HasSubstr(GetParam().mistake));
}

INSTANTIATE_TEST_SUITE_P(
    Rule, DevCommitSubjects,
    testing::Values(Subject{"store: skip damaged groups during compaction", ""},
                    Subject{"Move sources into core/, two programs and folders by subject", ""},
                    Subject{"web/charts, http: pass the unit on", ""}, Subject{"docs: embed the picture", ""},
                    Subject{"store: a damaged group is told in the log", "does not begin with a verb"},
                    Subject{"tests: readers say the same names", "not imperative ('readers')"},
                    Subject{"Added a test", "not imperative ('added')"},
                    Subject{"docs: describing the format", "not imperative ('describing')"},
                    Subject{"store: ", "no text"},
                    Subject{"store: read the revision before the turn of the writer, and judge if it moved",
                            "more than 72"}));

TEST(Dev, CommitsOfABranchAreCheckedSinceItLeftMain) {
  const Outcome outcome = run(
      "source ./dev; folder=$(mktemp -d); cd $folder; git init -q -b main; git config user.name a; git config "
      "user.email "
      "a@b; commit() { git commit -q --allow-empty -m \"$1\"; }; commit 'things as they were'; git switch -q -c topic; "
      "commit 'fix a thing'; check_commits && echo good; commit 'fixed a thing'; check_commits || echo bad; "
      "rm -rf $folder");
  EXPECT_THAT(outcome.text, testing::MatchesRegex("good\ndev: commit [0-9a-f]+ is not imperative [^\n]*\nbad\n"));
}

TEST(Dev, BenchOutputBecomesAReport) {
  const Outcome outcome =
      run("source ./dev; printf '%s\\n' 'read plain 10000 cases: ours  2.00 ms, speed ratio 0.61 (target 0.50)' "
          "'nightly upload \"A&B\"     15.4 ms  bare  4.0 ms  ratio   3.85  target 4' '   300 points: 0.25 ms' "
          "'harness overhead 0.12 us "
          "a sample' 'no number' | bench_suite x 1f 2026-11-23T02:00:00Z | xmllint --xpath '//testcase/@name | "
          "//testcase//@value' -");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.text,
            " name=\"read plain 10000 cases\"\n value=\"0.61\"\n value=\"higher\"\n"
            " name=\"nightly upload &quot;A&amp;B&quot;\"\n value=\"3.85\"\n value=\"lower\"\n"
            " name=\"300 points\"\n value=\"0.25\"\n value=\"lower\"\n"
            " name=\"harness overhead\"\n value=\"0.12\"\n value=\"lower\"\n");
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
