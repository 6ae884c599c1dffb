#include "runner/machine/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::Pair;

EngineInfo engine() {
  EngineInfo info;
  info.name = "reference";
  info.build = "perftrend 1.2.3";
  info.parameters = {{"seed", "42"}};
  return info;
}

FakeRoot& fill(FakeRoot& root) {
  root.write("proc/cpuinfo",
             "processor\t: 0\nmodel name\t: AMD EPYC 7B13\nmicrocode\t: 0x1000065\nflags\t\t: fpu hypervisor sse\n\n"
             "processor\t: 1\nmodel name\t: another\n");
  root.write("proc/meminfo", "MemTotal:       24684096 kB\nMemFree:        24447600 kB\n");
  root.write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
  root.write("sys/class/dmi/id/sys_vendor", "QEMU\n");
  return root;
}

TEST(Fingerprint, SaysWhatDecidesTimes) {
  FakeRoot root;
  EXPECT_THAT(fingerprint(fill(root).path(), {4, 2}, engine()),
              ElementsAre(Pair("environment.cpu_model", "AMD EPYC 7B13"),
                          Pair("environment.cpu_microcode", "0x1000065"), Pair("environment.cores", "2"),
                          Pair("environment.cores_online", "4"), Pair("environment.governor", "performance"),
                          Pair("environment.memory_total_gib", "24"), Pair("environment.kernel", "6.1.0-18-amd64"),
                          Pair("environment.virtualisation", "virtual machine (QEMU)"),
                          Pair("configuration.engine", "reference"), Pair("subject.engine_build", "perftrend 1.2.3"),
                          Pair("configuration.engine_seed", "42")));
}

TEST(Fingerprint, SurvivesAReboot) {
  FakeRoot root;
  const auto before = fingerprint(fill(root).path(), {4, 2}, engine());
  // The kernel reserves slightly more memory, and all varying values differ.
  root.write("proc/meminfo", "MemTotal:       24670208 kB\nMemFree:        1 kB\n");
  root.write("proc/loadavg", "9.99 1 1 1/1 1\n");
  root.write("proc/uptime", "1.0 1.0\n");
  root.write("proc/sys/kernel/random/boot_id", "x\n");
  EXPECT_EQ(fingerprint(root.path(), {4, 2}, engine()), before);
}

TEST(Fingerprint, ChangesWithWhatMatters) {
  FakeRoot root;
  const auto before = fingerprint(fill(root).path(), {4, 2}, engine());
  EXPECT_NE(fingerprint(root.path(), {4, 1}, engine()), before);
  EngineInfo rebuilt = engine();
  rebuilt.build = "perftrend 1.2.4";
  EXPECT_NE(fingerprint(root.path(), {4, 2}, rebuilt), before);
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  EXPECT_NE(fingerprint(root.path(), {4, 2}, engine()), before);
}

TEST(Fingerprint, SmtAndTurboAsTheirDriversSayIt) {
  FakeRoot root;
  EXPECT_EQ(smt_state(root.path()) + turbo_state(root.path()), "");
  root.write("sys/devices/system/cpu/smt/active", "1\n");
  root.write("sys/devices/system/cpu/cpufreq/boost", "0\n");
  EXPECT_THAT(fingerprint(root.path(), {1, 1}, {}),
              ::testing::IsSupersetOf({Pair("environment.smt", "on"), Pair("environment.turbo", "off")}));
  root.write("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
  EXPECT_EQ(turbo_state(root.path()), "on");
  root.write("sys/devices/system/cpu/smt/active", "0\n");
  EXPECT_EQ(smt_state(root.path()), "off");
}

TEST(Fingerprint, VirtualisationTable) {
  struct Case {
    const char* file;
    const char* text;
    const char* expected;
  };
  for (const auto& [file, text, expected] : std::vector<Case>{
           {"proc/cpuinfo", "flags : fpu sse\n", "none"},
           {"proc/cpuinfo", "flags : hypervisor\n", "virtual machine"},
           {".dockerenv", "", "container (docker)"},
           {"run/.containerenv", "", "container (podman)"},
           {"run/systemd/container", "lxc\n", "container (lxc)"},
       }) {
    FakeRoot root;
    root.write(file, text);
    EXPECT_THAT(fingerprint(root.path(), {}, {}), Contains(Pair("environment.virtualisation", expected))) << file;
  }
}

TEST(Fingerprint, UnknownValuesAreOmitted) {
  FakeRoot root;
  const auto properties = fingerprint(root.path(), {1, 1}, engine());
  EXPECT_THAT(properties, Not(Contains(Pair(::testing::_, ""))));
  EXPECT_THAT(properties, Not(Contains(Pair("environment.governor", ::testing::_))));
}

TEST(MachineState, Golden) {
  LoadState before;
  before.load1 = 0.12;
  before.others_running = -1;  // by chance
  LoadState after;
  after.load1 = 0.5;
  LoadDuringRun during;
  during.samples = 40;
  during.others_mean = 1.0 / 3;
  during.others_max = 2;
  during.steal_percent = 0.1;
  during.involuntary_switches = 7;
  during.seconds = 1.23456;
  during.pressure_percent = 3.21049;
  EXPECT_THAT(machine_state(before, during, after, 20),
              ElementsAre(Pair("machine.load_before", "0.12"), Pair("machine.load_after", "0.5"),
                          Pair("machine.others_running_before", "0"), Pair("machine.others_running_mean", "0.333"),
                          Pair("machine.others_running_max", "2"), Pair("machine.load_samples", "40"),
                          Pair("machine.steal_percent", "0.1"), Pair("machine.involuntary_switches", "7"),
                          Pair("machine.pressure_percent", "3.21"), Pair("machine.measured_seconds", "1.235"),
                          Pair("machine.timer_resolution_ns", "20")));
  EXPECT_THAT(machine_state({}, std::nullopt, {}, 20), ElementsAre(Pair("machine.timer_resolution_ns", "20")));
}

}  // namespace
}  // namespace perftrend::runner
