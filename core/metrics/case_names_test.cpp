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
      // Objects of Python, Java, Ruby, Go, Rust and mocks.
      {"test[<function f at 0x10a3b4c10>]", "test[<function f at <address>>]"},
      {"test[<bound method A.b of <t.A object at 0x0000020F3C2A1D30>>]",
       "test[<bound method A.b of <t.A object at <address>>>]"},
      {"#<Foo:0x00007f8b1c0a3d48 @a=1>", "#<Foo:<address> @a=1>"},
      {"BenchmarkX/(*main.T)(0xc00001c0a8)", "BenchmarkX/(*main.T)(<address>)"},
      {"Mock for Runnable, hashCode: 1059876543", "Mock for Runnable, hashCode: <address>"},
      {"f[<MagicMock id='4378283152'>]", "f[<MagicMock id='<address>'>]"},
      {"f[<Thread(Thread-5, started 123145302310912)>]", "f[<Thread(Thread-5, started <pid>)>]"},
      {"App$$Lambda/0x00007f1b3c001200@5e91993f", "App$$Lambda/<address>@<address>"},
      {"P/T.a/16-byte object <A0-7C 4E-55 FD-7F 00-00>", "P/T.a/16-byte object <<bytes>>"},
      // Folders.
      {"/private/var/folders/q8/x0_abc/T/tmpab12cd3x/a", "/private/var/folders/<temp>/a"},
      {"C:/Users/ci/AppData/Local/Temp/pytest-of-ci/pytest-0/popen-gw3/test_a0/x",
       "C:/Users/ci/AppData/Local/Temp/<temp>/test_a0/x"},
      {"/tmp/.tmpabcdef/db", "/tmp/<temp>/db"},
      {"/tmp/node-test-Qx3vRa/out", "/tmp/<temp>/out"},
      {"/tmp/BenchmarkWrite123456789/001", "/tmp/<temp>"},
      {"/tmp/junit5-8232356451234567890/a.txt", "/tmp/<temp>/a.txt"},
      {"/builds/zT3xKq_9/0/group/app/a", "/builds/<temp>/group/app/a"},
      {"/proc/4711/fd", "/proc/<pid>/fd"},
      {"/var/lib/jenkins/workspace/app@2/a.py", "/var/lib/jenkins/workspace/app/a.py"},
      {"sandbox/linux-sandbox/123/execroot", "sandbox/linux-sandbox/<temp>/execroot"},
      // Places in sources.
      {"src/lib.rs - parse::number (line 42)", "src/lib.rs - parse::number (line <line>)"},
      {"parser.cpp(123): fast path", "parser.cpp(<line>): fast path"},
      {"main.go#L12", "main.go#L<line>"},
      {"features/login.feature:12", "features/login.feature:<line>"},
      // Hosts and ports.
      {"POST http://[::1]:49999/v1", "POST http://[::1]:<port>/v1"},
      {"listen on :54321", "listen on :<port>"},
      {"node ip-10-0-12-34.ec2.internal", "node <host>.ec2.internal"},
      {"on fv-az1234-567", "on <host>"},
      // Hashes with few letters or few numerals.
      {"app-1234a678", "app-<hash>"},
      {"image 1f2e3d4c5b6a", "image <hash>"},
      {"myapp:1a2b3c4", "myapp:<hash>"},
      {"v1.2.3+1a2b3c4", "v1.2.3+<hash>"},
      {"build 9ab41c7", "build <hash>"},
      {"i-0abc123def4567890", "i-<hash>"},
      {"req 01J9ZQ4V6X3T8K2M5N7P0R1S4W", "req <uuid>"},
      {"req 550E8400-E29B-41D4-A716-446655440000", "req <uuid>"},
      {"main.c36c4803.js", "main.<hash>.js"},
      {"session_12345abc", "session_<hash>"},
      {"build g1a2b3c4", "build g<hash>"},
      {"core::fmt::h1a2b3c4d5e6f7a8b", "core::fmt::h<hash>"},
      {"/nix/store/0c5b2kq7z8x9w1v3p4m6n8r0s2d4f6g8-llama/bin/x", "/nix/store/<hash>-llama/bin/x"},
      {"bench-job-x2k9p", "bench-job-<pod>"},
      {"bench-28765432-x2k9p", "bench-28765432-<pod>"},
      {"/var/tmp/jest_rs/bench", "/var/tmp/<temp>/bench"},
      {"worker[95152] ready", "worker[<pid>] ready"},
      {"serve process 82461", "serve process <pid>"},
      {"redis port=20123", "redis port=<port>"},
      {"GET http://localhost:20123/v1", "GET http://localhost:<port>/v1"},
      {"fuzz seed=3123456789", "fuzz seed=<seed>"},
      {"bench.cpp line 89 decode", "bench.cpp line <line> decode"},
      {"at Bench.cs:line 12", "at Bench.cs:line <line>"},
      {"File \"bench.py\", line 9", "File \"bench.py\", line <line>"},
      // How long it took.
      {"loads the page (1.23 s)", "loads the page (<duration>)"},
      {"warm start [0.451ms]", "warm start [<duration>]"},
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
                           "run #12",
                           "conv2d_3x3_64",
                           "gpt-4-0613",
                           "sha256/1024",
                           "port_8080_latency",
                           "claude-v2:1",
                           "delay (10 ms)",
                           "timeout[50ms]",
                           "mistral-7b-v0.3",
                           "Qwen2.5-72B-Instruct",
                           "aes-256-gcm",
                           "ed25519",
                           "bf16xf32",
                           "a100-80gb",
                           "rfc7231",
                           "x86_64-v3",
                           "1080p60",
                           "12345e10",
                           "cafe2024",
                           "abcd1234efgh",
                           "line 4 of 7",
                           "sort[10000]",
                           "sort[10007]",
                           "mongo[localhost:27017]",
                           "port=6379",
                           "h265 decode",
                           "wait 5 s line 3",
                           "(line)",
                           "process 1000 items",
                           "id=123456789",
                           "n=4294967296",
                           "BM_Sort/65536/real_time/threads:8",
                           "pp512 @ d4096",
                           "TPCH-Q21 SF100",
                           "ip-range",
                           "10.0.12.34",
                           "192.168.0.1:8080",
                           "/proc/self/fd",
                           "/builds/app/x",
                           "a@2",
                           "#12",
                           "ISSUE-12345678",
                           "2x2x2",
                           "h264_1920x1080",
                           "MAY",
                           "Sun 1",
                           "may 12"}) {
    EXPECT_EQ(stable_name(name), std::nullopt) << name << " became " << stable_name(name).value_or("");
  }
}

TEST(CaseNames, DatesNearTheRunAreReplacedAndOthersStay) {
  const RunTime run = std::int64_t{1'796'004'001} * 1'000'000;  // 2026-11-30 02:00:01
  struct Row {
    const char* name;
    const char* stable;
  };
  const Row rows[] = {
      {"nightly 2026-11-29", "nightly <date>"},
      {"nightly.2026.11.30", "nightly.<date>"},
      {"build 30.11.2026", "build <date>"},
      {"build 11/30/2026", "build <date>"},
      {"report Nov 30 2026", "report <date>"},
      {"report 30-Nov-2026 02:00", "report <time>"},
      {"made Mon Nov 30 02:00:01 2026", "made <time>"},
      {"made Mon, 30 Nov 2026 02:00:01 GMT", "made <time> GMT"},
      {"made Mon Nov 30 02:00:01 UTC 2026", "made <time>"},
      {"release 20261001", "release <date>"},
      {"load[1796003900]", "load[<time>]"},
      {"run 1796003900.988064", "run <time>"},
      {"cohort 2026-W48", "cohort <date>"},
      {"cohort 2024-W48", "cohort 2024-W48"},
      {"gpt-4o-2024-08-06", "gpt-4o-2024-08-06"},
      {"claude-3-5-sonnet-20241022", "claude-3-5-sonnet-20241022"},
      {"leap[2024-02-29]", "leap[2024-02-29]"},
      {"load[1595399201]", "load[1595399201]"},
      {"v2024.11.30", "v2024.11.30"},
      {"expires 2030-01-01", "expires 2030-01-01"},
      {"1.2.2026.1", "1.2.2026.1"},
      {"May 12", "May 12"},
      {"march 5 items", "march 5 items"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(stable_name(row.name, {}, NameParts::all, run).value_or(row.name), row.stable) << row.name;
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

TEST(CaseNames, TwoDatesNearTheRunAreNumbered) {
  Report report;
  report.started_us = std::int64_t{1'796'004'001} * 1'000'000;  // 2026-11-30
  for (const char* name : {"load 2026-11-30", "load 2026-11-29", "load 2025-01-01"})
    report.cases.emplace_back().key = {"s", "c", name};
  stabilise_names(report);
  EXPECT_EQ(report.cases[0].key.name, "load <date>");
  EXPECT_EQ(report.cases[1].key.name, "load <date> #2");
  EXPECT_EQ(report.cases[2].key.name, "load 2025-01-01");
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("2 cases differ only by parts that change with every run")));
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
