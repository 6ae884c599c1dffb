#include "core/metrics/case_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perftrend::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CaseNames, PartsOfOneRunAreReplaced) {
  struct Row {
    const char* name;
    const char* stable;
  };
  const Row rows[] = {
      {"test_q[<Engine at 0x7f3a2b1c10>]", "test_q[<Engine at <address>>]"},
      {"test[<function f at 0x55d0c8a4e1f0>]", "test[<function f at <address>>]"},
      {"test[0x00007ffee4b3a9c8]", "test[<address>]"},
      {"send(com.acme.Message@1b2c3d4e)", "send(com.acme.Message@<address>)"},
      {"[I@6d06d69c", "[I@<address>"},
      {"App$$Lambda$14/0x0000000800c03000", "App$$Lambda$<address>"},
      {"/tmp/pytest-of-ci/pytest-12/bench", "/tmp/<temp>/bench"},
      {"bench[/tmp/tmpab12cd3x/model.bin]", "bench[/tmp/<temp>/model.bin]"},
      {"/tmp/tmp.Xk3Abcdefg", "/tmp/<temp>"},
      {"/tmp/go-build1234567890/b001/exe", "/tmp/<temp>/b001/exe"},
      {"/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/junit123456/a", "/var/folders/<temp>/a"},
      {"C:\\Users\\ci\\AppData\\Local\\Temp\\tmpab12cd3x\\a", "C:\\Users\\ci\\AppData\\Local\\Temp\\<temp>\\a"},
      {"job 3f2504e0-4f89-11d3-9a0c-0305e82c3301 done", "job <uuid> done"},
      {"server pid=4711 up", "server pid=<pid> up"},
      {"server (pid 4711)", "server (pid <pid>)"},
      {"GET localhost:54321/x", "GET localhost:<port>/x"},
      {"bind port 49213", "bind port <port>"},
      {"bench 2026-11-30", "bench <date>"},
      {"bench_20261130", "bench_<date>"},
      {"run-20261130-020001", "run-<time>"},
      {"run 2026-11-30T02:00:01.123Z", "run <time>"},
      {"run 2026-11-30 02:00:01", "run <time>"},
      {"at 02:03:04.567", "at <time>"},
      {"load[1795399201]", "load[<time>]"},
      {"load[1795399201123]", "load[<time>]"},
      {"test_spec.py:123", "test_spec.py:<line>"},
      {"./spec/a_spec.rb:12: works", "./spec/a_spec.rb:<line>: works"},
      {"src/a.test.ts:12:5 > adds", "src/a.test.ts:<line> > adds"},
      {"image 9f86d081884c7d659a2feaa0c55ad015", "image <hash>"},
      {"session-1a2b3c4d", "session-<hash>"},
      {"api-7d4b9c6f5-x2k9p up", "api-<pod> up"},
      {"v1.2-14-g1a2b3c4", "v1.2-14-g<hash>"},
      {"at 140234567890123", "at <address>"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(stable_name(row.name).value_or(row.name), row.stable) << row.name;
}

TEST(CaseNames, ParametersStay) {
  for (const char* name : {"decode[128]",
                           "batch-2024",
                           "v1.2",
                           "v1.2.3",
                           "conv2d_3x3",
                           "utf-8",
                           "test_parse[0x1F]",
                           "mask[0xFFFFFFFF]",
                           "mask[0xdeadbeef]",
                           "n[0x100000000]",
                           "clz[0x8000000000000000]",
                           "redis[localhost:6379]",
                           "port 8080",
                           "http://localhost:8080/a",
                           "size[1000000]",
                           "n=2000000000",
                           "n=1000000000000",
                           "sha256",
                           "md5(abc)",
                           "float32",
                           "int8x16",
                           "[1, 2, 3]",
                           "a.b.C",
                           "10:30",
                           "ratio 16:9",
                           "4711",
                           "pid",
                           "test_tmpdir",
                           "tmpfilesize",
                           "/tmp/bench/input-1.txt",
                           "/tmp/conv2d/x",
                           "/home/ci/work/a",
                           "user@example.com",
                           "x@2",
                           "a/b/c",
                           "1-2-3-4-5",
                           "Q4_K_M",
                           "llama-2-7b-chat",
                           "gpt-4o-2024",
                           "ISO-8859-1",
                           "2024",
                           "2024-13-45",
                           "foo.py",
                           "cafebabe",
                           "facade",
                           "deadbeefcafe",
                           "Prompt 0",
                           "seed=12345",
                           "1.5e-10",
                           "12345678",
                           "99999999",
                           "abc123",
                           "00ff00ff",
                           "conv2d3x3",
                           "run #12"}) {
    EXPECT_EQ(stable_name(name), std::nullopt) << name << " became " << stable_name(name).value_or("");
  }
}

TEST(CaseNames, PatternsOfAProject) {
  const std::vector<NamePattern> patterns = {
      {"shard-{number}", "shard"}, {"build {word}/", "build/"}, {"<{any}>", "<object>"}, {"", "x"}};
  EXPECT_EQ(stable_name("load shard-17 now", patterns), "load shard now");
  EXPECT_EQ(stable_name("build abc_1/x", patterns), "build/x");
  EXPECT_EQ(stable_name("f[<A b c>]", patterns), "f[<object>]");
  EXPECT_EQ(stable_name("nothing", patterns), std::nullopt);
  EXPECT_EQ(fault_of({"a{number}", ""}), "");
  EXPECT_EQ(fault_of({"", ""}), "it is empty");
  EXPECT_EQ(fault_of({"{any}", ""}), "it matches everything");
  EXPECT_EQ(fault_of({"{any}{number}", ""}), "text must follow {any}");
}

std::vector<std::string> names_after(const std::vector<const char*>& names,
                                     std::vector<std::string>* warnings = nullptr) {
  Report report;
  for (const char* name : names)
    report.cases.emplace_back().key = {"s", "c", name};
  stabilise_names(report);
  std::vector<std::string> after;
  for (const ReportCase& one : report.cases)
    after.emplace_back(one.key.name);
  if (warnings != nullptr) *warnings = report.warnings;
  return after;
}

TEST(CaseNames, CasesOfOneReportStayApart) {
  std::vector<std::string> warnings;
  EXPECT_THAT(
      names_after({"f[<A at 0x7f3a2b1c10>]", "g", "f[<A at 0x7f3a2b1d20>]", "f[<A at 0x7f3a2b1c10>]"}, &warnings),
      ElementsAre("f[<A at <address>>]", "g", "f[<A at <address>>] #2", "f[<A at <address>>]"));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("2 cases differ only by parts that change with every run")));
  // Two dates are parameters: a date of the run would be one.
  EXPECT_THAT(names_after({"leap[2024-02-29]", "leap[2023-02-28]", "nightly 2026-11-30"}, &warnings),
              ElementsAre("leap[2024-02-29]", "leap[2023-02-28]", "nightly <date>"));
  EXPECT_THAT(warnings, IsEmpty());
  EXPECT_THAT(names_after({"f[2024-02-29, 0x7f3a2b1c10]", "f[2024-03-01, 0x7f3a2b1d20]"}),
              ElementsAre("f[2024-02-29, <address>]", "f[2024-03-01, <address>]"));
}

TEST(CaseNames, SuitesAndClassesToo) {
  Report report;
  report.cases.emplace_back().key = {"/tmp/pytest-of-ci/pytest-7/suite", "C@1b2c3d4e", "n"};
  report.cases.emplace_back().key = {"/tmp/pytest-of-ci/pytest-7/suite", "C", "m"};
  stabilise_names(report);
  EXPECT_EQ(report.cases[0].key.suite, "/tmp/<temp>/suite");
  EXPECT_EQ(report.cases[0].key.classname, "C@<address>");
  EXPECT_EQ(report.cases[1].key.suite, "/tmp/<temp>/suite");
}

TEST(CaseNames, HostileNamesCostNoMoreThanTheirLength) {
  for (const std::string piece : {"0x", "a.py:", "/tmp/", "1", "pid ", "3f2504e0-", "tmp", ":", "@", "2026-"}) {
    std::string name;
    while (name.size() < 200'000)
      name += piece;
    stable_name(name);
    stable_name(name, {{"{word}x{any}y", "z"}, {"{number}{hex}", "z"}});
  }
}

}  // namespace
}  // namespace perftrend::metrics
