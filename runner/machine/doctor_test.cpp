#include "runner/machine/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::HasSubstr;
using State = Advice::State;

MachineObservation quiet_machine() {
  MachineObservation observation;
  observation.cores = {8, 8};
  observation.timer_resolution_ns = 40;
  observation.harness_overhead_us = 3;
  observation.during.samples = 40;
  observation.during.pressure_percent = 1;
  observation.during.steal_percent = 0;
  return observation;
}

/// A machine on which nothing should be changed.
void tune(const FakeRoot& root) {
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
  root.write("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  root.write("sys/devices/system/cpu/smt/active", "0\n");
  root.write("sys/devices/system/cpu/isolated", "2-7\n");
  root.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
  root.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.write("proc/swaps", "Filename Type Size Used Priority\n");
}

Advice of(const std::vector<Advice>& advice, const std::string& topic) {
  for (const Advice& each : advice) {
    if (each.topic == topic) return each;
  }
  ADD_FAILURE() << topic;
  return {};
}

TEST(ExamineMachine, ATunedMachineHasNothingToChange) {
  const FakeRoot root;
  tune(root);
  const auto advice = examine_machine(root.path(), quiet_machine(), {});
  EXPECT_EQ(advice.size(), 13U);
  for (const Advice& each : advice) {
    EXPECT_EQ(each.state, State::good) << each.topic << ": " << each.found;
    EXPECT_TRUE(each.why.empty() && each.command.empty()) << each.topic;
  }
}

TEST(ExamineMachine, UnknownValuesAreNotProblems) {
  for (const Advice& each : examine_machine(FakeRoot().path(), quiet_machine(), {}))
    EXPECT_NE(each.state, State::change) << each.topic << ": " << each.found;
}

struct Disturbed {
  const char* topic;
  const char* file;
  const char* content;
  const char* found;
  const char* command;
};

TEST(ExamineMachine, EachProblemHasTheCommandThatFixesIt) {
  for (const auto& [topic, file, content, found, command] : std::vector<Disturbed>{
           {"governor", "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n", "powersave",
            "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"},
           {"turbo", "sys/devices/system/cpu/intel_pstate/no_turbo", "0\n", "on",
            "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"},
           {"SMT", "sys/devices/system/cpu/smt/active", "1\n", "on",
            "echo off | sudo tee /sys/devices/system/cpu/smt/control"},
           {"isolated cores", "sys/devices/system/cpu/isolated", "\n", "none", "isolcpus=1-7 nohz_full=1-7"},
           {"huge pages", "sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n", "always",
            "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"},
           {"quota", "sys/fs/cgroup/cpu.max", "150000 100000\n", "150000 100000 (of 8 cores)", "cpu.stat"},
           {"swap", "proc/swaps", "Filename Type Size Used Priority\n/swap file 999999 204800 -2\n", "200 MiB in use",
            "sudo swapoff -a"},
       }) {
    const FakeRoot root;
    tune(root);
    root.write(file, content);
    const Advice advice = of(examine_machine(root.path(), quiet_machine(), {}), topic);
    EXPECT_EQ(advice.state, State::change) << topic;
    EXPECT_EQ(advice.found, found) << topic;
    EXPECT_FALSE(advice.why.empty()) << topic;
    EXPECT_THAT(advice.command, HasSubstr(command)) << topic;
  }
}

TEST(ExamineMachine, BoostIsTurnedOffInItsOwnFile) {
  const FakeRoot root;
  root.write("sys/devices/system/cpu/cpufreq/boost", "1\n");
  EXPECT_EQ(of(examine_machine(root.path(), quiet_machine(), {}), "turbo").command,
            "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost");
}

TEST(ExamineMachine, MeasuredValuesAreReportedToo) {
  struct Case {
    const char* topic;
    std::function<void(MachineObservation&)> disturb;
    const char* found;
    const char* command;
  };
  const FakeRoot root;
  tune(root);
  root.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "acpi_pm\n");
  root.write("sys/devices/system/clocksource/clocksource0/available_clocksource", "hpet tsc acpi_pm\n");
  for (const auto& [topic, disturb, found, command] : std::vector<Case>{
           {"timer", [](auto& observation) { observation.timer_resolution_ns = 279; }, "279 ns (acpi_pm)",
            "echo tsc | sudo tee"},
           {"pressure", [](auto& observation) { observation.during.pressure_percent = 35; }, "35 % of the time",
            "ps -eo"},
           {"pressure", [](auto& observation) { observation.during.pressure_percent.reset(); }, "does not record it",
            "psi=1"},
           {"steal", [](auto& observation) { observation.during.steal_percent = 7.5; }, "7.5 % of the time",
            "vmstat 1 10"},
           {"load", [](auto& observation) { observation.during.others_mean = 2; }, "2.0 other threads running",
            "--wait-quiet 10m"},
           {"load", [](auto& observation) { observation.before.load1 = 12.5; }, "load average 12.50",
            "--wait-quiet 10m"},
           {"other tests", [](auto& observation) { observation.before.test_programs = {"ctest (process 7)"}; },
            "ctest (process 7)", "--require-quiet"},
           {"harness", [](auto& observation) { observation.harness_overhead_us = 25; }, "25.00 us per sample",
            "./dev build"},
           {"isolated cores", [](auto&) {}, "2-7 (use them with: --cpus 2-7)", ""},
       }) {
    MachineObservation observation = quiet_machine();
    disturb(observation);
    const Advice advice = of(examine_machine(root.path(), observation, {}), topic);
    EXPECT_THAT(advice.found, HasSubstr(found));
    EXPECT_THAT(advice.command, HasSubstr(command)) << topic;
    EXPECT_EQ(advice.state, *command == '\0' ? State::good : State::change) << topic;
  }
}

TEST(ExamineMachine, OneCoreCannotBeIsolated) {
  const FakeRoot root;
  root.write("sys/devices/system/cpu/isolated", "\n");
  MachineObservation observation = quiet_machine();
  observation.cores = {1, 1};
  EXPECT_EQ(of(examine_machine(root.path(), observation, {}), "isolated cores").found, "none, on a single core");
  observation.cores = {2, 2};
  EXPECT_THAT(of(examine_machine(root.path(), observation, {}), "isolated cores").command,
              HasSubstr("isolcpus=1 nohz_full=1 "));
}

TEST(ExamineScenario, Table) {
  using namespace std::chrono;
  const year_month_day today(year(2026), November, day(23));
  Scenario scenario;
  for (const Advice& each : examine_scenario(scenario, today))
    EXPECT_EQ(each.state, each.topic == "warm-up" ? State::good : State::change) << each.topic;
  scenario.precision_percent = 5;
  scenario.quarantine = {"noise", "performance", year_month_day(year(2026), November, day(23))};
  for (const Advice& each : examine_scenario(scenario, today))
    EXPECT_EQ(each.state, State::good) << each.topic;
  scenario.warmup = 0;
  scenario.quarantine.expiry = year_month_day(year(2026), November, day(22));
  EXPECT_EQ(of(examine_scenario(scenario, today), "warm-up").state, State::change);
  EXPECT_EQ(of(examine_scenario(scenario, today), "quarantine").found, "expired");
}

TEST(Advice, TextAndJson) {
  const std::vector<Advice> advice{{"governor", State::change, "powersave", "the clock follows the load", "echo x"},
                                   {"turbo", State::unknown, "not available", "", ""}};
  EXPECT_EQ(to_text(advice),
            "change  governor        powersave\n"
            "                        the clock follows the load\n"
            "                        $ echo x\n"
            "unknown turbo           not available\n");
  EXPECT_EQ(to_list(advice)[0].dump(),
            R"({"topic":"governor","state":"change","found":"powersave","why":"the clock follows the load",)"
            R"("command":"echo x"})");
}

TEST(UnavailableHere, IsNothingOnLinux) {
#ifdef __linux__
  EXPECT_TRUE(unavailable_here().empty());
#else
  EXPECT_FALSE(unavailable_here().empty());
#endif
}

}  // namespace
}  // namespace perftrend::runner
