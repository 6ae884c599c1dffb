#include "runner/machine/load.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

constexpr const char* stat =
    "cpu  100 0 50 800 10 5 5 30 7 0\n"
    "cpu0 50 0 25 400 5 2 3 15 3 0\n"
    "cpu1 50 0 25 400 5 3 2 15 4 0\n"
    "intr 1 2 3\n"
    "procs_running 5\n"
    "procs_blocked 0\n";

TEST(ReadLoad, ReadsProcAndLeavesOwnThreadsOut) {
  FakeRoot root;
  root.write("proc/loadavg", "0.52 0.58 0.59 1/489 12345\n");
  root.write("proc/stat", stat);
  root.write("proc/self/task/10/stat", "10 (perftrend) R 1 10");
  root.write("proc/self/task/11/stat", "11 (odd) R name) S 1 10");
  root.write("proc/self/task/12/stat", "12 (x) R 1 10");
  const LoadState state = read_load(root.path());
  EXPECT_DOUBLE_EQ(state.load1.value(), 0.52);
  EXPECT_EQ(state.others_running.value(), 3);
  EXPECT_EQ(state.ticks.value().steal, 30);
  EXPECT_EQ(state.ticks->total, 1000) << "guest time is in user time already";
}

TEST(ReadLoad, MeasuredProcessesAreNotOthers) {
  FakeRoot root;
  root.write("proc/stat", "procs_running 6\n");
  root.write("proc/self/task/10/stat", "10 (perftrend) S 1");
  root.write("proc/self/task/10/children", "20 ");
  root.write("proc/20/task/20/stat", "20 (sh) S 10");  // [engine.start] or a program
  root.write("proc/20/task/20/children", "21 22 ");
  root.write("proc/21/task/21/stat", "21 (engine) R 20");
  root.write("proc/21/task/23/stat", "23 (engine) R 20");
  root.write("proc/22/task/22/stat", "22 (gone) Z 20");
  root.write("proc/30/task/30/stat", "30 (server) R 1");  // a server that was started separately
  root.write("proc/30/task/30/children", "20 ");          // a cycle, from a table that changes while it is read
  EXPECT_EQ(read_load(root.path()).others_running.value(), 4);
  EXPECT_EQ(read_load(root.path(), std::array{30}).others_running.value(), 3);
  EXPECT_EQ(read_load(root.path(), std::array{99}).others_running.value(), 4) << "it has ended";
}

TEST(Listeners, AreTheProcessesWithTheSocket) {
  FakeRoot root;
  root.write("proc/net/tcp",
             "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
             "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1162 1 0\n"
             "   1: 0100007F:1F90 0100007F:D574 01 00000000:00000000 00:00000000 00000000     0        0 7777 1 0\n"
             "   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 8888 1 0\n"
             "garbage\n");
  const auto open_socket = [&](const char* process, const char* socket) {
    const auto directory = root.path() / "proc" / process / "fd";
    std::filesystem::create_directories(directory);
    std::filesystem::create_symlink("/dev/null", directory / "0");
    std::filesystem::create_symlink(socket, directory / "3");
  };
  open_socket("40", "socket:[1162]");
  open_socket("41", "socket:[7777]");
  open_socket("42", "socket:[8888]");
  open_socket("irq", "socket:[1162]");
  EXPECT_EQ(listeners(root.path(), 8080), std::vector<int>{40});
  EXPECT_EQ(listeners(root.path(), 80), std::vector<int>{42});
  EXPECT_TRUE(listeners(root.path(), 81).empty());
  EXPECT_TRUE(listeners(FakeRoot().path(), 80).empty());
}

TEST(ReadLoad, AnOwnThreadThatWakesBetweenTheCountsGivesOneFewer) {
  FakeRoot root;
  root.write("proc/stat", "procs_running 1\n");
  root.write("proc/self/task/10/stat", "10 (a) R 1");
  root.write("proc/self/task/11/stat", "11 (a) R 1");
  EXPECT_EQ(read_load(root.path()).others_running.value(), -1);
}

TEST(ReadLoad, UnknownValuesAreMissing) {
  FakeRoot root;
  EXPECT_FALSE(read_load(root.path()).load1.has_value());
  root.write("proc/loadavg", "garbage");
  root.write("proc/stat", "cpu 1 2 3\nprocs_running many\n");
  const LoadState state = read_load(root.path());
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
  EXPECT_EQ(timer_resolution_ns(FakeClock(0)), 0) << "a clock that never advances has no resolution";
}

LoadState sample(int others, std::optional<double> mhz = {}) {
  LoadState state;
  state.others_running = others;
  state.fastest_mhz = mhz;
  return state;
}

LoadState since_boot(CpuTicks ticks, std::int64_t pressure_us, std::int64_t throttles) {
  LoadState state;
  state.ticks = ticks;
  state.pressure_us = pressure_us;
  state.throttles = throttles;
  return state;
}

TEST(SummariseLoad, MeansAndDifferences) {
  const LoadDuringRun during =
      summarise_load({sample(0, 3600), sample(1), sample(5, 2400)}, since_boot({10, 1000}, 500'000, 3),
                     since_boot({14, 1100}, 700'000, 5), 2);
  EXPECT_EQ(during.samples, 3);
  EXPECT_DOUBLE_EQ(during.others_mean, 2);
  EXPECT_EQ(during.others_max, 5);
  EXPECT_DOUBLE_EQ(during.steal_percent.value(), 4);
  EXPECT_EQ(during.steal_ticks, 4);
  EXPECT_DOUBLE_EQ(during.pressure_percent.value(), 10);
  EXPECT_EQ(during.throttles.value(), 2);
  EXPECT_DOUBLE_EQ(during.mhz_min.value(), 2400);
  EXPECT_DOUBLE_EQ(during.mhz_max.value(), 3600);
  EXPECT_DOUBLE_EQ(during.seconds, 2);
}

TEST(SummariseLoad, OwnThreadsThatWakeOrSleepBetweenTheCountsAverageOut) {
  const LoadState boot = since_boot({1, 5}, 7, 0);
  EXPECT_DOUBLE_EQ(summarise_load({sample(1), sample(-1), sample(1), sample(-1)}, boot, boot, 1).others_mean, 0);
  EXPECT_DOUBLE_EQ(summarise_load({sample(-1), sample(-1)}, boot, boot, 1).others_mean, 0) << "never below 0";
  EXPECT_EQ(summarise_load({sample(-1)}, boot, boot, 1).others_max, 0);
}

TEST(SummariseLoad, UnknownValuesAreMissing) {
  const LoadState boot = since_boot({1, 5}, 7, 0);
  const LoadDuringRun during = summarise_load({LoadState{}}, boot, boot, 0);
  EXPECT_FALSE(during.steal_percent || during.pressure_percent || during.mhz_min) << "no time has passed";
  EXPECT_EQ(during.samples, 0);
  EXPECT_FALSE(summarise_load({}, {}, boot, 1).steal_percent.has_value());
  EXPECT_FALSE(summarise_load({}, {}, boot, 1).pressure_percent.has_value());
  EXPECT_FALSE(summarise_load({}, boot, {}, 1).throttles.has_value());
  EXPECT_FALSE(summarise_load({}, boot, boot, 1).quota_stops.has_value());
}

TEST(ReadLoad, ReadsPressureThrottlingAndFrequency) {
  FakeRoot root;
  root.write("proc/pressure/cpu",
             "some avg10=99.10 avg60=94.97 avg300=88.74 total=2767772722\nfull avg10=0.00 total=0\n");
  root.write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3\n");
  root.write("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "4\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1200000\n");
  root.write("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3600000\n");
  root.write("sys/fs/cgroup/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 4\nthrottled_usec 7\n");
  const LoadState state = read_load(root.path());
  EXPECT_EQ(state.quota_stops.value(), 4);
  EXPECT_EQ(state.pressure_us.value(), 2767772722);
  EXPECT_EQ(state.throttles.value(), 7);
  EXPECT_DOUBLE_EQ(state.fastest_mhz.value(), 3600);
  root.write("proc/pressure/cpu", "full avg10=0.00 total=5\n");
  EXPECT_FALSE(read_load(root.path()).pressure_us.has_value());
}

TEST(LoadSampler, SamplesAtLeastOnceAndStops) {
  FakeRoot root;
  root.write("proc/stat", stat);
  const SteadyClock clock;
  LoadSampler sampler(root.path(), clock);
  const LoadDuringRun during = sampler.stop();
  EXPECT_GE(during.seconds, 0);
  // The thread may have been stopped before its first sample; its values are those of the file.
  EXPECT_TRUE(during.samples == 0 || during.others_max == 5) << during.others_max;
  { const LoadSampler never_stopped(root.path(), clock); }
}

}  // namespace
}  // namespace perftrend::runner
