#include "runner/report/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/report/time_text.h"

namespace perftrend::runner {
namespace {

Scenario scenario() {
  Scenario scenario;
  scenario.limits[""] = {{"tokenize_ms", {0.2, 20}}, {"prefill_ms", {5, 200}}};
  scenario.baselines[""] = {{{"tokenize_ms", 1}, {"prefill_ms", 10}}, 200};
  scenario.limits["reference"] = {{"prefill_ms", {0.5, 50}}};
  scenario.baselines["reference"] = {{}, 200};
  scenario.quarantine = {
      "noisy neighbours", "performance",
      std::chrono::year_month_day(std::chrono::year(2027), std::chrono::March, std::chrono::day(31))};
  return scenario;
}

TEST(TimingRequested, OnlyByTheExactWord) {
  EXPECT_TRUE(timing_requested({{"RUN_PERF_TESTS", "1"}}));
  for (const char* value : {"", "0", "true", "11", " 1"})
    EXPECT_FALSE(timing_requested({{"RUN_PERF_TESTS", value}}));
  EXPECT_FALSE(timing_requested({}));
}

TEST(SkipMessage, Golden) {
  EXPECT_EQ(skip_message(scenario(), "perftrend-runner run s.toml"),
            "timing is not measured by default: noisy neighbours; measure it on an idle machine with: RUN_PERF_TESTS=1 "
            "perftrend-runner run s.toml");
  EXPECT_EQ(skip_message({}, "perftrend-runner run s.toml"),
            "timing is not measured by default; measure it on an idle machine with: RUN_PERF_TESTS=1 perftrend-runner "
            "run s.toml");
}

TEST(QuarantineProperties, AreOfTheCasesThatItCovers) {
  using testing::ElementsAre;
  using testing::IsEmpty;
  using testing::Pair;
  TimingQuarantine quarantine = scenario().quarantine;
  const auto all =
      ElementsAre(Pair("perftrend.quarantine", "noisy neighbours"), Pair("perftrend.quarantine.owner", "performance"),
                  Pair("perftrend.quarantine.expiry", "2027-03-31"));
  EXPECT_THAT(quarantine_properties(quarantine, "performance_consistency"), all);
  EXPECT_THAT(quarantine_properties(quarantine, "a case of a program"), all);
  quarantine.cases = {"*timing*"};
  EXPECT_THAT(quarantine_properties(quarantine, "performance_consistency"), all);
  EXPECT_THAT(quarantine_properties(quarantine, "a timing case"), all);
  EXPECT_THAT(quarantine_properties(quarantine, "a case of a program"), IsEmpty());
  quarantine.expiry = std::nullopt;
  EXPECT_THAT(
      quarantine_properties(quarantine, "a timing case"),
      ElementsAre(Pair("perftrend.quarantine", "noisy neighbours"), Pair("perftrend.quarantine.owner", "performance")));
  EXPECT_THAT(quarantine_properties({}, "performance_consistency"), IsEmpty());
}

TEST(UnusualTime, Golden) {
  EXPECT_EQ(
      unusual_time(scenario(), "mock", "Prompt 2", "tokenize_ms", 23.1, 10),
      "Prompt 2 tokenize time 23.10ms is outside 0.2-20 ms (median of 10). This is not a failure and does not "
      "change the exit code. What to do: run it again on an idle machine (nothing else running, one thread); if it "
      "persists, check the trend of this series and what changed.");
  EXPECT_EQ(
      unusual_time(scenario(), "mock", "Prompt 0", "prefill_ms", 35, 10),
      "Prompt 0 prefill time 35.00ms is +250 % off its baseline of 10 ms, more than 200 % (median of 10). This is "
      "not a failure and does not change the exit code. What to do: run it again on an idle machine (nothing else "
      "running, one thread); if it persists, check the trend of this series and what changed.");
}

TEST(UnusualTime, Table) {
  struct Case {
    const char* engine;
    const char* metric;
    double median_ms;
    bool unusual;
  };
  for (const auto& [engine, metric, median_ms, unusual] : std::vector<Case>{
           {"mock", "tokenize_ms", 0.2, false},  // limits are inclusive
           {"mock", "tokenize_ms", 0.19, true},
           {"mock", "tokenize_ms", 3.0, false},  // 200 % off is still within
           {"mock", "tokenize_ms", 3.01, true},
           {"mock", "prefill_ms", 5.0, false},
           {"mock", "prefill_ms", 4.9, true},
           {"mock", "prefill_ms", 200.1, true},
           {"mock", "prefill_ms", 30.0, false},
           {"mock", "prefill_ms", 30.1, true},
           {"mock", "generate_ms", 1e9, false},  // it has no expected value
           {"reference", "prefill_ms", 30.1, false},
           {"reference", "prefill_ms", 50.1, true},
           {"reference", "tokenize_ms", 1e9, false},
       }) {
    EXPECT_EQ(unusual_time(scenario(), engine, "Prompt 0", metric, median_ms, 1).has_value(), unusual)
        << engine << ' ' << metric << ' ' << median_ms;
  }
}

TEST(TimingCase, IsOneThatAPatternNames) {
  const auto named = [](std::vector<std::string> cases, const char* name) {
    TimingQuarantine quarantine;
    quarantine.cases = std::move(cases);
    return is_timing_case(quarantine, name);
  };
  EXPECT_FALSE(named({}, "a"));
  EXPECT_TRUE(named({"*"}, ""));
  EXPECT_TRUE(named({"x", "*perf*"}, "tests::batch_perf"));
  EXPECT_TRUE(named({"*perf*"}, "perf"));
  EXPECT_TRUE(named({"a*b*c"}, "abbabc"));
  EXPECT_FALSE(named({"a*b*c"}, "abcd"));
  EXPECT_TRUE(named({"case ?"}, "case 7"));
  EXPECT_FALSE(named({"case ?"}, "case 77"));
  EXPECT_FALSE(named({"perf"}, "perf2")) << "a pattern matches the whole name";
}

TEST(TimingCase, Golden) {
  EXPECT_EQ(timing_case_failed(scenario().quarantine, "t::performance", "prefill took 35 ms"),
            "t::performance failed: prefill took 35 ms. It is quarantined (noisy neighbours; owner: performance). This "
            "is not a failure and does not change the exit code. What to do: run it again on an idle machine (nothing "
            "else running, one thread); if it persists, check the trend of this series and what changed.");
  EXPECT_EQ(timing_case_failed({}, "t", "").substr(0, 53), "t failed: no message. It is quarantined (; owner: ). ");
}

TEST(ExpiryWarning, TheLastDayIsIncluded) {
  const auto on = [](int year, unsigned month, unsigned day) {
    return expiry_warning(
        scenario().quarantine,
        std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)));
  };
  EXPECT_EQ(on(2027, 3, 31), std::nullopt);
  EXPECT_EQ(on(2027, 4, 1),
            "the quarantine of this timing expired on 2027-03-31 (owner: performance). This is not a failure and does "
            "not change the exit code. What to do: set a new date in the scenario file, or end the quarantine.");
  EXPECT_EQ(expiry_warning(
                {}, std::chrono::year_month_day(std::chrono::year(2099), std::chrono::January, std::chrono::day(1))),
            std::nullopt);
}

TEST(NotQuietWarning, Golden) {
  EXPECT_EQ(not_quiet_warning({}), std::nullopt);
  EXPECT_EQ(
      not_quiet_warning({"a", "b"}),
      "the machine was not quiet: a; b. These times are stored and shown, but marked suspect and not judged. This is "
      "not a failure and does not change the exit code. What to do: stop other programs (builds, browsers, "
      "tests), wait until the load has dropped, and run it again.");
}

TEST(UnusualTime, OfAProgramsCase) {
  Scenario of_program = scenario();
  of_program.limits["command"] = {{"duration_ms", {0, 100}}};
  EXPECT_EQ(unusual_time(of_program, "command", "tests::batch_prefill", "duration_ms", 150, 5).value().substr(0, 78),
            "tests::batch_prefill duration time 150.00ms is outside 0-100 ms (median of 5).");
}

TEST(FormatMs, Table) {
  EXPECT_EQ(format_ms(10.081), "10.08ms");
  EXPECT_EQ(format_ms(0.1), "0.10ms");
  EXPECT_EQ(format_ms(0.00213), "0.0021ms");
  EXPECT_EQ(format_ms(1234567.5), "1234567.50ms");
}

}  // namespace
}  // namespace perftrend::runner
