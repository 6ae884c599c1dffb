#include "runner/measure/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::chrono::year_month_day today{std::chrono::year(2026), std::chrono::November, std::chrono::day(23)};
const std::string advice =
    " This is not a failure and does not change the exit code. What to do: run it again on an idle machine (nothing "
    "else running, one thread); if it persists, check the trend of this series and what changed.";

GuardedCommand timing() {
  return {{"./bench", "--fast"}, "", {"noisy neighbours", "performance", {}, {}}};
}

GuardedCommand tests() {
  return {{"cargo", "nextest", "run"}, "junit.xml", {"noisy neighbours", "performance", {}, {"*perf*"}}};
}

GuardedRun ended(int exit_code, int signal = 0) {
  GuardedRun run;
  run.end.emplace();
  run.end->exit_code = exit_code;
  run.end->signal = signal;
  return run;
}

GuardedRun result_of(int exit_code, const std::string& cases) {
  GuardedRun run = ended(exit_code);
  run.cases = read_junit_times("<testsuite>" + cases + "</testsuite>");
  return run;
}

const std::string good = R"(<testcase name="functional" time="1"/>)";
const std::string slow = R"(<testcase name="t::perf" time="1"><failure message="prefill took 35 ms"/></testcase>)";
const std::string wrong = R"(<testcase name="counts" time="1"><failure message="3 results for 4"/></testcase>)";
const std::string broken = R"(<testcase name="t::perf" time="1"><error message="SIGSEGV"/></testcase>)";

TEST(GuardSkips, OnlyWhatIsTimingAsAWhole) {
  EXPECT_EQ(guard_skips(timing(), {}),
            "not run: timing is not measured by default: noisy neighbours (owner: performance); measure it on an idle "
            "machine with: RUN_PERF_TESTS=1 ./bench --fast");
  EXPECT_EQ(guard_skips(timing(), {{"RUN_PERF_TESTS", "1"}}), std::nullopt);
  EXPECT_EQ(guard_skips(tests(), {}), std::nullopt) << "its functional cases always run";
}

TEST(GuardSkips, QuotesTheCommandForAShell) {
  GuardedCommand command = timing();
  command.argv = {"sh", "-c", "echo it's $HOME", "", "a=b"};
  EXPECT_THAT(guard_skips(command, {}).value(), EndsWith(R"(RUN_PERF_TESTS=1 sh -c 'echo it'\''s $HOME' '' a=b)"));
}

struct Case {
  const char* what;
  GuardedCommand command;
  GuardedRun run;
  std::vector<std::string> failures;
  std::vector<std::string> warnings;
};

TEST(JudgeGuarded, GoldensOfEveryEnd) {
  GuardedRun nowhere;
  nowhere.not_started = "./bench cannot be started: No such file or directory";
  GuardedRun silent = ended(101);
  silent.cases = tl::unexpected(EngineError{EngineError::Kind::bad_answer, "it was not written"});
  const std::string slow_warning =
      "t::perf failed: prefill took 35 ms. It is quarantined (noisy neighbours; owner: performance)." + advice;
  const std::vector<Case> table{
      {"passed", timing(), ended(0), {}, {}},
      {"slow",
       timing(),
       ended(1),
       {},
       {"./bench --fast failed: exit code 1. It is quarantined (noisy neighbours; owner: performance)." + advice}},
      {"died", timing(), ended(0, 11), {"./bench --fast: killed by signal 11 (SIGSEGV)"}, {}},
      {"not there", timing(), nowhere, {"./bench cannot be started: No such file or directory"}, {}},
      {"tests passed", tests(), result_of(0, good), {}, {}},
      {"one was slow", tests(), result_of(100, good + slow), {}, {slow_warning}},
      {"one was wrong",
       tests(),
       result_of(100, good + slow + wrong),
       {"counts: failure: 3 results for 4"},
       {slow_warning}},
      {"a timing case broke", tests(), result_of(100, broken), {"t::perf: error: SIGSEGV"}, {}},
      {"no case failed", tests(), result_of(4, good), {"cargo nextest run: exit code 4, but no case failed"}, {}},
      {"no report", tests(), silent, {"junit.xml contains no usable cases: it was not written (exit code 101)"}, {}},
      {"tests died", tests(), ended(0, 9), {"cargo nextest run: killed by signal 9 (SIGKILL)"}, {}},
  };
  for (const auto& [what, command, run, failures, warnings] : table) {
    const GuardVerdict verdict = judge_guarded(command, run, today);
    EXPECT_EQ(verdict.failures, failures) << what;
    EXPECT_EQ(verdict.warnings, warnings) << what;
    EXPECT_EQ(verdict.code, failures.empty() ? ExitCode::ok : ExitCode::functional_failed) << what;
  }
}

TEST(JudgeGuarded, AnExpiredQuarantineWarnsAndFailsNothing) {
  GuardedCommand command = timing();
  command.quarantine.expiry =
      std::chrono::year_month_day(std::chrono::year(2026), std::chrono::November, std::chrono::day(22));
  const GuardVerdict verdict = judge_guarded(command, ended(1), today);
  EXPECT_EQ(verdict.code, ExitCode::ok);
  EXPECT_THAT(verdict.warnings,
              ElementsAre(StartsWith("./bench --fast failed"),
                          StartsWith("the quarantine of this timing expired on 2026-11-22 (owner: performance). This "
                                     "is not a failure")));
}

TEST(RunGuarded, ReadsWhatThisRunWroteAndNothingOlder) {
  const FakeRoot root;
  root.write("junit.xml", "<testsuite>" + good + "</testsuite>");
  SteadyClock clock;
  GuardedCommand command = tests();
  command.junit = (root.path() / "junit.xml").string();
  command.argv = {"true"};
  EXPECT_FALSE(run_guarded(command, clock).cases.has_value()) << "it is from an earlier run";
  command.argv = {"sh", "-c", R"(echo "<testsuite>$1</testsuite>" > "$0"; exit 100)", command.junit, good + slow};
  const GuardedRun run = run_guarded(command, clock);
  ASSERT_TRUE(run.cases.has_value()) << run.cases.error().message;
  EXPECT_EQ(run.end->exit_code, 100);
  EXPECT_EQ(judge_guarded(command, run, today).code, ExitCode::ok);
  command.argv = {"no-such-program-anywhere"};
  EXPECT_THAT(run_guarded(command, clock).not_started, HasSubstr("cannot be started"));
  command.argv = {"sh", "-c", "kill -SEGV $$"};
  EXPECT_EQ(judge_guarded(command, run_guarded(command, clock), today).code, ExitCode::functional_failed);
}

}  // namespace
}  // namespace perftrend::runner
