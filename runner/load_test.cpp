#include "runner/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "runner/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* stat =
    "cpu  100 0 50 800 10 5 5 30 7 0\n"
    "cpu0 50 0 25 400 5 2 3 15 3 0\n"
    "cpu1 50 0 25 400 5 3 2 15 4 0\n"
    "intr 1 2 3\n"
    "procs_running 5\n"
    "procs_blocked 0\n";

TEST(LookAtLoad, ReadsProcAndLeavesOwnThreadsOut) {
  FakeRoot root;
  root.write("proc/loadavg", "0.52 0.58 0.59 1/489 12345\n");
  root.write("proc/stat", stat);
  root.write("proc/self/task/10/stat", "10 (perftrend) R 1 10");
  root.write("proc/self/task/11/stat", "11 (odd) R name) S 1 10");
  root.write("proc/self/task/12/stat", "12 (x) R 1 10");
  const LoadState state = look_at_load(root.path());
  EXPECT_DOUBLE_EQ(state.load1.value(), 0.52);
  EXPECT_EQ(state.others_running.value(), 3);
  EXPECT_EQ(state.ticks.value().steal, 30);
  EXPECT_EQ(state.ticks->total, 1000) << "guest time is in user time already";
}

TEST(LookAtLoad, ManyOwnThreadsNeverGiveLessThanNobody) {
  FakeRoot root;
  root.write("proc/stat", "procs_running 1\n");
  root.write("proc/self/task/10/stat", "10 (a) R 1");
  root.write("proc/self/task/11/stat", "11 (a) R 1");
  EXPECT_EQ(look_at_load(root.path()).others_running.value(), 0);
}

TEST(LookAtLoad, WhatIsNotSaidIsMissing) {
  FakeRoot root;
  EXPECT_FALSE(look_at_load(root.path()).load1.has_value());
  root.write("proc/loadavg", "garbage");
  root.write("proc/stat", "cpu 1 2 3\nprocs_running many\n");
  const LoadState state = look_at_load(root.path());
  EXPECT_FALSE(state.load1.has_value());
  EXPECT_FALSE(state.others_running.has_value());
  EXPECT_FALSE(state.ticks.has_value());
}

TEST(CountCores, OnlineAndTheQuota) {
  FakeRoot root;
  root.write("proc/stat", stat);
  EXPECT_EQ(count_cores(root.path()).online, 2);
  root.write("sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(count_cores(root.path()).available, 1) << "half a core, rounded up";
  const int without = [&] {
    root.write("sys/fs/cgroup/cpu.max", "max 100000\n");
    return count_cores(root.path()).available;
  }();
  EXPECT_GE(without, 1);
  root.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(count_cores(root.path()).available, without) << "no quota";
}

TEST(TimerResolution, IsTheSmallestStep) {
  EXPECT_EQ(timer_resolution_ns(FakeClock(40)), 40);
  EXPECT_EQ(timer_resolution_ns(FakeClock(0)), 0) << "a clock that stands still says nothing";
}

TEST(SumUp, MeansAndDifferences) {
  const LoadDuring during = sum_up({0, 1, 5}, CpuTicks{10, 1000}, CpuTicks{14, 1100});
  EXPECT_EQ(during.looks, 3);
  EXPECT_DOUBLE_EQ(during.others_mean, 2);
  EXPECT_EQ(during.others_max, 5);
  EXPECT_DOUBLE_EQ(during.steal_percent.value(), 4);
  EXPECT_EQ(during.steal_ticks, 4);
  EXPECT_FALSE(sum_up({}, CpuTicks{1, 5}, CpuTicks{1, 5}).steal_percent.has_value()) << "no time has passed";
  EXPECT_FALSE(sum_up({}, std::nullopt, CpuTicks{1, 5}).steal_percent.has_value());
}

struct Night {
  LoadState before, after;
  LoadDuring during;
  Night() {
    during.looks = 20;
    during.seconds = 1;
  }
  [[nodiscard]] std::vector<std::string> reasons(int cores = 2) const {
    return suspicions(before, during, after, {cores, cores}, 1.5);
  }
};

TEST(Suspicions, AQuietMachineAndAMuteOneHaveNone) {
  EXPECT_THAT(Night().reasons(), IsEmpty());
  Night quiet;
  quiet.before.load1 = 3.0;  // the limit itself
  quiet.after.load1 = 0.1;
  quiet.during.others_mean = 0.49;
  quiet.during.steal_percent = 2.0;
  quiet.during.steal_ticks = 50;
  quiet.during.involuntary_switches = 50;
  EXPECT_THAT(quiet.reasons(), IsEmpty());
}

TEST(Suspicions, EachHasItsSentence) {
  Night night;
  night.before.load1 = 3.01;
  EXPECT_THAT(night.reasons(), ElementsAre("load average 3.01 before is above 3.00 (1.5 x 2 cores)"));
  night = {};
  night.after.load1 = 4;
  EXPECT_THAT(night.reasons(), ElementsAre("load average 4.00 after is above 3.00 (1.5 x 2 cores)"));
  night = {};
  night.during.others_mean = 0.5;
  EXPECT_THAT(night.reasons(), ElementsAre("0.5 other threads were running during the measurement (limit 0.5)"));
  EXPECT_THAT(night.reasons(8), IsEmpty()) << "seven cores are still free";
  night = {};
  night.during.steal_percent = 3;
  night.during.steal_ticks = 3;
  EXPECT_THAT(night.reasons(), ElementsAre("the hypervisor took away 3.0 % of the time (limit 2.0 %)"));
  night.during.steal_ticks = 2;
  EXPECT_THAT(night.reasons(), IsEmpty()) << "two ticks in a short run are chance";
  night = {};
  night.during.involuntary_switches = 51;
  EXPECT_THAT(night.reasons(), ElementsAre("the measuring thread was interrupted 51 times a second (limit 50)"));
  night.during.involuntary_switches = 9;
  night.during.seconds = 0.1;
  EXPECT_THAT(night.reasons(), IsEmpty()) << "nine are too few to tell a rate";
}

TEST(Suspicions, WithoutAMeasurementOnlyTheLoadAverageCounts) {
  LoadState busy;
  busy.load1 = 100;
  EXPECT_EQ(suspicions(busy, std::nullopt, {}, {2, 2}, 1.5).size(), 1U);
}

TEST(LoadSampler, LooksAtLeastOnceAndStops) {
  FakeRoot root;
  root.write("proc/stat", stat);
  const SteadyClock clock;
  LoadSampler sampler(root.path(), clock);
  const LoadDuring during = sampler.stop();
  EXPECT_GE(during.seconds, 0);
  // The thread may have been stopped before its first look; what it saw is what the file says.
  EXPECT_TRUE(during.looks == 0 || during.others_max == 5) << during.others_max;
  { const LoadSampler never_stopped(root.path(), clock); }
}

}  // namespace
}  // namespace perftrend::runner
