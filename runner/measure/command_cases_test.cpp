// Programs that measure by themselves, from their output to the cases of the report.
#include "runner/measure/command_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Scenario scenario() {
  Scenario scenario;
  scenario.name = "s";
  scenario.engine = "command";
  scenario.repeats = 3;
  scenario.warmup = 0;
  return scenario;
}

CommandOptions shell(const std::string& script, CommandFormat format = CommandFormat::json_lines) {
  CommandOptions options;
  options.process.argv = {"sh", "-c", script};
  options.format = format;
  return options;
}

CommandReports measured(const Scenario& of, const CommandOptions& options) {
  SteadyClock clock;
  return measure_command(of, options, clock, [](const ProgressStep&) {});
}

std::string value_of(const junit::CaseReport& report, const std::string& name) {
  for (const auto& [known, value] : report.properties) {
    if (known == name) return value;
  }
  return "";
}

TEST(MeasureCommand, EveryCaseHasItsSamplesAndTheProgramItsOwn) {
  const auto reports = measured(scenario(), shell(R"(echo '{"case":"a","prefill_ms":2.5,"prompt_tokens":7}')"));
  ASSERT_EQ(reports.cases.size(), 1U);
  EXPECT_EQ(reports.cases[0].name, "a");
  EXPECT_EQ(value_of(reports.cases[0], "prefill_ms"), "2.5 2.5 2.5");
  EXPECT_EQ(value_of(reports.cases[0], "prompt_tokens"), "7 7 7");
  const std::string wall_ms = value_of(reports.performance, "wall_ms");
  EXPECT_EQ(std::count(wall_ms.begin(), wall_ms.end(), ' '), 2) << "three runs: " << wall_ms;
  ASSERT_EQ(reports.samples.size(), 1U);
  EXPECT_TRUE(reports.samples[0].is_case);
  EXPECT_THAT(reports.samples[0].times_ms.at("prefill_ms"), ElementsAre(2.5, 2.5, 2.5));
}

TEST(MeasureCommand, ContinuesUntilTheMediansArePreciseOrALimitIsReached) {
  // Each run is slower than the one before: how much decides when the median's interval is narrow.
  const auto creeping = [](const std::string& step_ms) {
    return shell("echo x >> \"$RUNS\"; n=$(wc -l < \"$RUNS\"); echo '{\"case\":\"a\",\"prefill_ms\":'$((100 + n * " +
                 step_ms + "))'}'");
  };
  const auto rounds = [&](Scenario of, CommandOptions options) {
    const FakeRoot root;
    root.write("runs", "");
    options.process.environment["RUNS"] = (root.path() / "runs").string();
    const auto reports = measured(of, options);
    return std::pair(reports.rounds, reports.ended);
  };
  Scenario precise = scenario();
  precise.warmup = 1;
  EXPECT_EQ(rounds(precise, creeping("0")), std::pair(3, EndedBy::repeats));
  precise.precision_percent = 5;
  precise.repeats_max = 9;
  EXPECT_EQ(rounds(precise, creeping("0")), std::pair(6, EndedBy::precision)) << "fewer have no interval";
  EXPECT_EQ(rounds(precise, creeping("50")), std::pair(9, EndedBy::most_repeats));
  precise.budget_s = 1e-9;
  EXPECT_EQ(rounds(precise, creeping("50")), std::pair(3, EndedBy::budget));
  EXPECT_EQ(rounds(precise, shell("echo '{\"prefill_ms\":1}' # {repeats}")), std::pair(1, EndedBy::repeats))
      << "a program that repeats by itself is run once";
}

TEST(MeasureCommand, LimitsAndBaselinesHoldForItsCasesAndForTheProgram) {
  Scenario strict = scenario();
  strict.limits[""] = {{"prefill_ms", {1, 2}}};
  strict.baselines["command"] = {{{"generate_ms", 1}, {"prefill_ms", 1}}, 10};
  const auto reports = measured(strict, shell(R"(echo '{"case":"a","prefill_ms":2.5,"generate_ms":1.5}')"));
  EXPECT_THAT(reports.cases.at(0).warnings,
              ElementsAre(StartsWith("a generate time 1.50ms is +50 % off its baseline of 1 ms, more than 10 %"),
                          StartsWith("a prefill time 2.50ms is outside 1-2 ms (median of 3). This is not a failure")));
  EXPECT_EQ(reports.cases[0].status, CaseStatus::passed);
  EXPECT_THAT(reports.performance.warnings, IsEmpty());
  strict.limits["command"] = {{"wall_ms", {1e6, 1e7}}};
  EXPECT_THAT(measured(strict, shell(R"(echo '{"case":"a","prefill_ms":2.5}')")).performance.warnings,
              ElementsAre(HasSubstr("performance_consistency wall time")));
}

/// Output of cargo-nextest with a failed timing test and a passed test.
const char* const one_failed =
    R"(echo '<testsuite><testcase name="t::functional" time="0.1"/><testcase name="t::performance" time="2">)"
    R"(<failure message="prefill took 35 ms"/></testcase></testsuite>'; exit 100)";

TEST(MeasureCommand, AFailedCaseIsAnErrorUnlessTheQuarantineNamesIt) {
  Scenario one = scenario();
  const CommandOptions tests = shell(one_failed, CommandFormat::junit);
  EXPECT_EQ(measured(one, tests).cases.at(1).status, CaseStatus::errored);
  one.quarantine = {"noise", "performance", {}, {"*::perf*"}};
  const auto reports = measured(one, tests);
  EXPECT_EQ(reports.cases.at(0).status, CaseStatus::passed);
  EXPECT_EQ(reports.cases.at(1).status, CaseStatus::skipped);
  EXPECT_EQ(reports.cases.at(1).message, "quarantined: prefill took 35 ms");
  EXPECT_THAT(reports.cases.at(1).warnings, ElementsAre(StartsWith("t::performance failed: prefill took 35 ms. It is "
                                                                   "quarantined (noise; owner: performance).")));
  EXPECT_EQ(reports.samples.size(), 1U) << "a failed case has no samples";
}

junit::CaseReport functional(const Scenario& of, const CommandOptions& options) {
  SteadyClock clock;
  EngineInfo info;
  return run_command_functional(of, options, info, clock);
}

TEST(RunCommandFunctional, IsDecidedByWhatIsNotTiming) {
  Scenario one = scenario();
  const CommandOptions tests = shell(one_failed, CommandFormat::junit);
  EXPECT_EQ(functional(one, tests).status, CaseStatus::failed);
  one.quarantine = {"noise", "performance", {}, {"*::perf*"}};
  EXPECT_EQ(functional(one, tests).status, CaseStatus::passed);
  EXPECT_EQ(functional(one, tests).warnings.size(), 1U);
  one.quarantine.cases = {"*"};
  EXPECT_EQ(functional(one, shell("exit 3", CommandFormat::junit)).status, CaseStatus::errored)
      << "a failed program is not a timing case";
  EXPECT_EQ(functional(one, shell("kill -SEGV $$", CommandFormat::junit)).type, "engine:died");
}

TEST(RunCommandFunctional, DoesNotRequestTiming) {
  const char* const script = R"(test "$RUN_PERF_TESTS" = 0 && echo '{"case":"a","prefill_ms":1}')";
  EXPECT_EQ(functional(scenario(), shell(script)).status, CaseStatus::passed);
  CommandOptions stated = shell(script);
  stated.process.environment["RUN_PERF_TESTS"] = "1";
  EXPECT_EQ(functional(scenario(), stated).status, CaseStatus::errored) << "the scenario's own environment wins";
}

}  // namespace
}  // namespace perftrend::runner
