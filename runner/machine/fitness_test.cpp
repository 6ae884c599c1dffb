#include "runner/machine/fitness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct MeasuredMachine {
  LoadState before, after;
  LoadDuringRun during;
  MeasuredMachine() {
    during.samples = 20;
    during.seconds = 1;
  }
  [[nodiscard]] Fitness judge(int cores = 2, const Thresholds& thresholds = {}) const {
    return judge_fitness(before, during, after, {cores, cores}, thresholds);
  }
  [[nodiscard]] std::vector<std::string> reasons(int cores = 2) const { return judge(cores).reasons; }
};

TEST(JudgeFitness, AQuietMachineAndUnknownValuesGiveNoReasons) {
  EXPECT_THAT(MeasuredMachine().reasons(), IsEmpty());
  MeasuredMachine quiet;
  quiet.before.load1 = 3.0;  // the limit itself
  quiet.after.load1 = 0.1;
  quiet.during.others_mean = 0.49;
  quiet.during.steal_percent = 2.0;
  quiet.during.steal_ticks = 50;
  quiet.during.involuntary_switches = 50;
  quiet.during.pressure_percent = 20;
  quiet.during.throttles = 0;
  quiet.during.mhz_min = 2880;
  quiet.during.mhz_max = 3600;
  EXPECT_THAT(quiet.reasons(), IsEmpty());
  EXPECT_EQ(quiet.judge().verdict, MachineVerdict::quiet);
}

struct Noise {
  const char* reason;
  MachineVerdict verdict;
  std::function<void(MeasuredMachine&)> disturb;
};

TEST(JudgeFitness, EachReasonHasItsSentenceAndItsWeight) {
  for (const auto& [reason, verdict, disturb] : std::vector<Noise>{
           {"load average 3.01 before is above 3.00 (1.5 x 2 cores)", MachineVerdict::noisy,
            [](MeasuredMachine& n) { n.before.load1 = 3.01; }},
           {"load average 6.50 after is above 3.00 (1.5 x 2 cores)", MachineVerdict::unfit,
            [](MeasuredMachine& n) { n.after.load1 = 6.5; }},
           {"0.5 other threads were running during the measurement (limit 0.5)", MachineVerdict::noisy,
            [](MeasuredMachine& n) { n.during.others_mean = 0.5; }},
           {"2.0 other threads were running during the measurement (limit 0.5)", MachineVerdict::unfit,
            [](MeasuredMachine& n) { n.during.others_mean = 2; }},
           {"the hypervisor took 3.0 % of the time (limit 2.0 %)", MachineVerdict::noisy,
            [](MeasuredMachine& n) {
              n.during.steal_percent = 3;
              n.during.steal_ticks = 3;
            }},
           {"programs waited for a core 21 % of the time (limit 20 %)", MachineVerdict::noisy,
            [](MeasuredMachine& n) { n.during.pressure_percent = 21; }},
           {"programs waited for a core 90 % of the time (limit 20 %)", MachineVerdict::unfit,
            [](MeasuredMachine& n) { n.during.pressure_percent = 90; }},
           {"the measuring thread was interrupted 51 times a second (limit 50)", MachineVerdict::noisy,
            [](MeasuredMachine& n) { n.during.involuntary_switches = 51; }},
           {"the processor was thermally throttled 1 times", MachineVerdict::unfit,
            [](MeasuredMachine& n) { n.during.throttles = 1; }},
           {"the container's CPU quota was exhausted in 2 periods", MachineVerdict::noisy,
            [](MeasuredMachine& n) { n.during.quota_stops = 2; }},
           {"governor was changed from performance to powersave during the measurement", MachineVerdict::unfit,
            [](MeasuredMachine& n) {
              n.before.settings = {{"governor", "performance"}, {"smt", "on"}};
              n.after.settings = {{"governor", "powersave"}, {"smt", "on"}, {"turbo", "on"}};
            }},
           {"the processor's clock varied between 1200 and 3600 MHz", MachineVerdict::noisy,
            [](MeasuredMachine& n) {
              n.during.mhz_min = 1200;
              n.during.mhz_max = 3600;
            }},
           {"other tests or builds are running: ctest (process 7)", MachineVerdict::noisy,
            [](MeasuredMachine& n) { n.before.test_programs = n.after.test_programs = {"ctest (process 7)"}; }},
           {"other tests or builds are running: a, b, c and 2 more", MachineVerdict::noisy,
            [](MeasuredMachine& n) {
              n.before.test_programs = {"a", "b", "c"};
              n.after.test_programs = {"d", "e"};
            }},
       }) {
    MeasuredMachine machine;
    disturb(machine);
    EXPECT_THAT(machine.reasons(), ElementsAre(reason));
    EXPECT_EQ(machine.judge().verdict, verdict) << reason;
  }
}

TEST(JudgeFitness, FewEventsAreChanceAndFreeCoresCount) {
  MeasuredMachine machine;
  machine.during.others_mean = 0.5;
  EXPECT_THAT(machine.reasons(8), IsEmpty()) << "seven cores are still free";
  machine = {};
  machine.during.steal_percent = 3;
  machine.during.steal_ticks = 2;
  EXPECT_THAT(machine.reasons(), IsEmpty()) << "two ticks in a short run are chance";
  machine = {};
  machine.during.involuntary_switches = 9;
  machine.during.seconds = 0.1;
  EXPECT_THAT(machine.reasons(), IsEmpty()) << "nine are too few for a rate";
}

TEST(JudgeFitness, ALoadAverageOfTheMinuteBeforeIsIgnored) {
  MeasuredMachine machine;
  machine.before.load1 = 8;
  machine.after.load1 = 7.5;
  machine.during.others_mean = 0.1;
  machine.during.pressure_percent = 3;
  EXPECT_THAT(machine.reasons(), IsEmpty());
  const auto counts = [&](const std::function<void(MeasuredMachine&)>& change) {
    MeasuredMachine other = machine;
    change(other);
    return !other.reasons().empty();
  };
  EXPECT_TRUE(counts([](MeasuredMachine& n) { n.after.load1 = 8.1; })) << "it rises";
  EXPECT_TRUE(counts([](MeasuredMachine& n) { n.after.load1.reset(); }));
  EXPECT_TRUE(counts([](MeasuredMachine& n) { n.during.samples = 9; })) << "too few samples";
  machine.during.others_mean = 0.5;
  EXPECT_EQ(machine.reasons().size(), 3U) << "the same threads were running before";
  machine.during.others_mean = 0;
  machine.during.pressure_percent = 21;
  EXPECT_EQ(machine.reasons().size(), 3U);
}

TEST(JudgeFitness, AnEngineOnThisMachineMayInterruptTheMeasuringThread) {
  MeasuredMachine machine;
  machine.during.involuntary_switches = 500;
  EXPECT_EQ(machine.judge().verdict, MachineVerdict::unfit);
  machine.during.external_engine = true;
  EXPECT_EQ(machine.judge().verdict, MachineVerdict::quiet);
}

TEST(JudgeFitness, TheScenariosThresholdsRule) {
  MeasuredMachine machine;
  machine.before.load1 = 3.5;
  machine.during.pressure_percent = 60;
  EXPECT_EQ(machine.judge().reasons.size(), 2U);
  Thresholds tolerant;
  tolerant.load_factor_max = 2;
  tolerant.pressure_percent_max = 70;
  EXPECT_EQ(machine.judge(2, tolerant).verdict, MachineVerdict::quiet);
}

TEST(JudgeFitness, WithoutAMeasurementTheStatesBeforeAndAfterCount) {
  LoadState busy;
  busy.load1 = 100;
  EXPECT_EQ(judge_fitness(busy, std::nullopt, {}, {2, 2}, {}).reasons.size(), 1U);
}

TEST(WaitUntilQuiet, SamplesUntilItIs) {
  FakeClock clock;
  int samples = 0;
  std::vector<double> left;
  const auto fitness = wait_until_quiet(
      [&] {
        clock.advance_ns(1'000'000'000);
        return ++samples < 3 ? Fitness{MachineVerdict::noisy, {"busy"}} : Fitness{};
      },
      clock, 10,
      [&](const Fitness& each, double left_s) {
        EXPECT_THAT(each.reasons, ElementsAre("busy"));
        left.push_back(left_s);
      });
  EXPECT_EQ(fitness.verdict, MachineVerdict::quiet);
  EXPECT_THAT(left, ElementsAre(9, 8));
}

TEST(WaitUntilQuiet, GivesUpWhenTheTimeIsOver) {
  FakeClock clock;
  int samples = 0;
  const auto sample = [&] {
    clock.advance_ns(1'000'000'000);
    ++samples;
    return Fitness{MachineVerdict::unfit, {"busy"}};
  };
  const auto silent = [](const Fitness&, double) {};
  EXPECT_EQ(wait_until_quiet(sample, clock, 4, silent).verdict, MachineVerdict::unfit);
  EXPECT_EQ(samples, 4);
  EXPECT_EQ(wait_until_quiet(sample, clock, 0, silent).verdict, MachineVerdict::unfit) << "one sample without waiting";
  EXPECT_EQ(samples, 5);
}

TEST(TestPrograms, AreThoseOfOtherProcesses) {
  FakeRoot root;
  const auto process = [&](int id, int parent, const std::string& arguments) {
    const std::string directory = "proc/" + std::to_string(id);
    root.write(directory + "/stat", std::to_string(id) + " (a (b) c) S " + std::to_string(parent) + " 1 1");
    std::string text = arguments + ' ';
    std::replace(text.begin(), text.end(), ' ', '\0');
    root.write(directory + "/cmdline", text);
  };
  process(1, 0, "init");
  process(10, 1, "/usr/bin/ctest -j2");  // this process runs below it
  process(11, 10, "perftrend-runner run");
  process(12, 11, "cargo nextest run");  // and has started this one
  process(20, 1, "/usr/bin/python3 -m pytest");
  process(21, 1, "node --test tests/");
  process(22, 20, "/usr/lib/cc1plus a.cpp");
  process(23, 1, "node server.js --testing");
  process(24, 1, "vim ctest");
  root.write("proc/meminfo", "MemTotal: 1 kB\n");
  std::filesystem::create_symlink("11", root.path() / "proc/self");
  EXPECT_THAT(test_programs(root.path()),
              ElementsAre("python3 pytest (process 20)", "node --test (process 21)", "cc1plus (process 22)"));
  EXPECT_THAT(test_programs(FakeRoot().path()), IsEmpty());
}

TEST(NotFitMessage, Golden) {
  EXPECT_EQ(not_fit_message({MachineVerdict::noisy, {"a", "b"}}),
            "not measured: the machine is noisy: a; b; stop the other programs, or wait with: --wait-quiet 10m");
}

}  // namespace
}  // namespace perftrend::runner
