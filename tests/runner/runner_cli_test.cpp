// The built perftrend-runner: exit codes, output and files.
#include "tests/support/runner_cli.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pugixml.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string batch_prefill = perftrend::tests::source_dir() + "/runner/scenarios/batch_prefill.toml";

TEST_F(RunnerCli, WithoutBeingAskedItChecksFunctionAndSkipsTiming) {
  const Ended ended = run();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "") << "nothing was measured, so no summary is printed";
  EXPECT_THAT(ended.err, HasSubstr("functional: passed"));
  EXPECT_THAT(ended.err, Not(HasSubstr("PERF-WARNING")));
  const auto document = report();
  EXPECT_STREQ(document.child("testsuites").attribute("tests").value(), "2");
  EXPECT_STREQ(document.child("testsuites").attribute("skipped").value(), "1");
  const std::string message = document.select_node("//skipped/@message").attribute().value();
  EXPECT_THAT(message, HasSubstr("RUN_PERF_TESTS=1 perftrend-runner run " + batch_prefill));
  EXPECT_TRUE(document.select_nodes("//testcase//property[not(starts-with(@name, 'perftrend.'))]").empty());
}

/// A pipe that programs hold open; it ends when the last of them has ended.
class HeldPipe {
 public:
  explicit HeldPipe(const fs::path& file) {
    EXPECT_EQ(::mkfifo(file.c_str(), S_IRUSR | S_IWUSR), 0);
    reader_ = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    EXPECT_GE(reader_, 0);
  }
  ~HeldPipe() { ::close(reader_); }
  HeldPipe(const HeldPipe&) = delete;
  HeldPipe& operator=(const HeldPipe&) = delete;
  /// False if a program still holds it after a minute.
  [[nodiscard]] bool is_let_go() const {
    constexpr int patience_ms = 60'000;
    pollfd ended{reader_, POLLIN, 0};
    char byte = 0;
    return ::poll(&ended, 1, patience_ms) == 1 && ::read(reader_, &byte, 1) == 0;
  }

 private:
  int reader_ = -1;
};

std::string program_scenario(const std::string& shell_text) {
  return "name = 'x'\nwarmup = 0\nrepeats = 1\n[engine]\nname = 'command'\nargv = ['/bin/sh', '-c', '''" + shell_text +
         "''']\n";
}

TEST_F(RunnerCli, ASignalThatEndsItEndsAllThatItsProgramStarted) {
  for (const auto& [name, number] : std::vector<std::pair<std::string, int>>{
           {"INT", SIGINT}, {"TERM", SIGTERM}, {"HUP", SIGHUP}, {"QUIT", SIGQUIT}}) {
    const std::string pipe = "alive." + name;
    const HeldPipe alive(directory_ / pipe);
    // Both sleepers hold the pipe; $PPID is the runner.
    std::string program = "exec 3> ";
    program.append(pipe).append("; sleep 600 & kill -").append(name).append(" $PPID; sleep 600");
    const Ended ended = call({"run", write("s.toml", program_scenario(program)), "--out", "out.xml"});
    EXPECT_EQ(ended.code, 128 + number) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("ended by a signal; unfinished work is discarded"));
    EXPECT_FALSE(fs::exists(directory_ / "out.xml"));
    EXPECT_TRUE(alive.is_let_go()) << name;
  }
}

TEST_F(RunnerCli, AProgramThatIgnoresTheSignalIsKilled) {
  const HeldPipe alive(directory_ / "alive");
  const auto file = write("s.toml", program_scenario("trap '' TERM; exec 3> alive; kill -INT $PPID; sleep 600"));
  EXPECT_EQ(call({"run", file, "--out", "out.xml"}).code, 128 + SIGINT);
  EXPECT_TRUE(alive.is_let_go());
}

TEST_F(RunnerCli, WhenItIsKilledAllThatItsProgramStartedEnds) {
  for (const char* ignoring : {"", "trap '' TERM; "}) {
    const std::string pipe = *ignoring == '\0' ? "alive" : "stubborn";
    const HeldPipe alive(directory_ / pipe);
    std::string program = ignoring;
    program.append("exec 3> ").append(pipe).append("; sleep 600 & kill -KILL $PPID; sleep 600");
    const auto file = write("s.toml", program_scenario(program));
    EXPECT_EQ(call({"run", file, "--out", "out.xml"}).code, 128 + SIGKILL);
    EXPECT_TRUE(alive.is_let_go()) << ignoring;
  }
}

TEST_F(RunnerCli, ASignalThatWasIgnoredStaysIgnored) {
  (void)write("s.toml", program_scenario(R"(kill -HUP $PPID; echo '{"prompt":0,"prefill_ms":1,"total_ms":2}')"));
  const std::string called =
      "trap '' HUP; exec " + perftrend::tests::bin_dir() + "/perftrend-runner run s.toml --out out.xml";
  const Ended ended = execute("/bin/sh", directory_, {"-c", called}, {{"GIT_CEILING_DIRECTORIES", "/"}});
  EXPECT_LT(ended.code, 128) << ended.err;
  EXPECT_TRUE(fs::exists(directory_ / "out.xml")) << ended.err;
}

TEST_F(RunnerCli, AnyOtherValueOfRunPerfTestsSkipsToo) {
  EXPECT_EQ(run({}, {{"RUN_PERF_TESTS", "0"}}).code, 0);
  EXPECT_FALSE(report().select_nodes("//skipped").empty());
}

TEST_F(RunnerCli, MeasuresThreePromptsAndKeepsEverySample) {
  const Ended ended = measure({"--testbed", "bed", "--branch", "main", "--commit", "c0ffee", "--started-at",
                               "2026-11-23T03:00:00+01:00", "--commit-time", "2026-11-23T01:00:00Z"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto document = report();
  for (const char* metric :
       {"tokenize_ms", "prefill_ms", "generate_ms", "total_ms", "prompt_tokens", "generated_tokens"}) {
    for (const char* prompt : {"0", "1", "2"}) {
      const std::string name = std::string(metric) + "[Prompt " + prompt + "]";
      const std::string query =
          "//testcase[@name='performance_consistency']/properties/property[@name='" + name + "']/@value";
      std::istringstream values(document.select_node(query.c_str()).attribute().value());
      const std::vector<double> samples{std::istream_iterator<double>(values), {}};
      EXPECT_EQ(samples.size(), 2U) << name;
      for (const double sample : samples)
        EXPECT_GT(sample, 0) << name;
    }
  }
  const std::string out = document.select_node("//system-out").node().text().get();
  EXPECT_THAT(out, testing::ContainsRegex("Prompt 0: prefill = [0-9]+\\.[0-9][0-9]ms\n"));
  EXPECT_THAT(out, testing::ContainsRegex("Prompt 2: tokenize = [0-9]+\\.[0-9][0-9]ms\n"));
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("Prompt 0  \"Short\"  5 tokens in, 2 out\n  tokenize"), HasSubstr("Prompt 2")));
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 9) << "three lines for each prompt";
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos) << "no colours in a file";
  EXPECT_EQ(ended.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(suite_property("perftrend.schema"), "1");
  EXPECT_EQ(suite_property("perftrend.testbed"), "bed");
  EXPECT_EQ(suite_property("perftrend.branch"), "main");
  EXPECT_EQ(suite_property("perftrend.commit"), "c0ffee");
  EXPECT_EQ(suite_property("perftrend.started_at"), "2026-11-23T02:00:00Z");
  EXPECT_EQ(suite_property("perftrend.commit_time"), "2026-11-23T01:00:00Z");
  EXPECT_EQ(suite_property("configuration.engine"), "mock");
  EXPECT_EQ(suite_property("measure.rounds"), "2");
  EXPECT_EQ(suite_property("measure.ended_by"), "repeats");
  EXPECT_EQ(suite_property("measure.nonce"), "false");
  EXPECT_GT(std::stod(suite_property("machine.harness_overhead_us")), 0);
  EXPECT_STREQ(document.select_node("//testsuite/@timestamp").attribute().value(), "2026-11-23T02:00:00Z");
}

TEST_F(RunnerCli, ABusyMachineIsWaitedForAndThenSkippedWithoutFailure) {
  const std::string scenario =
      write("s.toml", "name = 's'\nprompts = ['y']\nrepeats = 100\n[fitness]\nothers_per_core_max = 0.0001\n");
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop.load(std::memory_order_relaxed)) {
    }
  });
  const std::vector<std::string> arguments{"run", scenario, "--mock-prefill-ms", "1", "--out", "out.xml"};
  auto required = arguments;
  required.insert(required.end(), {"--require-quiet", "--wait-quiet", "2s"});
  const Ended skipped = call(required, {{"RUN_PERF_TESTS", "1"}});
  const std::string why = report().select_node("//skipped/@message").attribute().value();
  const Ended measured = call(arguments, {{"RUN_PERF_TESTS", "1"}});
  stop = true;
  busy.join();
  EXPECT_EQ(skipped.code, 0);
  EXPECT_THAT(skipped.err, testing::ContainsRegex("waiting for a quiet machine, [0-9]+ s left: [^\n]*other threads"));
  EXPECT_THAT(why, AllOf(StartsWith("not measured: the machine is "), HasSubstr("other threads were running")));
  EXPECT_EQ(measured.code, 0) << "noise is not a failure";
  EXPECT_TRUE(report().select_nodes("//skipped").empty());
  EXPECT_THAT(suite_property("perftrend.suspect"), HasSubstr("other threads were running"));
  EXPECT_THAT(suite_property("machine.verdict"), testing::AnyOf("noisy", "unfit"));
}

TEST_F(RunnerCli, ASlowMockIsWarnedAboutAndNoFailure) {
  const Ended ended = measure({"--mock-tokenize-ms", "23"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err,
              testing::ContainsRegex("PERF-WARNING: Prompt 2 tokenize time [0-9.]+ms is outside 0\\.2-20 ms"));
  EXPECT_THAT(ended.err, HasSubstr("This is not a failure"));
  const auto document = report();
  EXPECT_STREQ(document.child("testsuites").attribute("failures").value(), "0");
  EXPECT_THAT(document.select_node("//system-err").node().text().get(), StartsWith("PERF-WARNING: Prompt 0 tokenize"));
}

TEST_F(RunnerCli, TheReferenceEngineReallyComputes) {
  const Ended ended = measure({"--engine", "reference"}, {{"BITNET_SEED", "7"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(suite_property("configuration.engine_seed"), "7");
  EXPECT_STREQ(report().select_node("//testcase/@classname").attribute().value(), "batch_prefill.reference");
}

TEST_F(RunnerCli, AFunctionalFailureIsOneAndNothingIsMeasured) {
  for (const char* fault : {"empty_text", "no_tokens", "lossy_decode", "accepts_unknown_tokens", "no_recovery",
                            "prefill_beyond_total", "not_deterministic"}) {
    const Ended ended = measure({"--mock-fault", fault});
    EXPECT_EQ(ended.code, 1) << fault;
    EXPECT_THAT(ended.err, HasSubstr("functional: FAILED")) << fault;
    const auto document = report();
    EXPECT_STREQ(document.child("testsuites").attribute("failures").value(), "1") << fault;
    EXPECT_STREQ(document.select_node("//skipped/@message").attribute().value(),
                 "not measured: the functional case did not pass");
  }
}

TEST_F(RunnerCli, AnEngineThatCannotBeOpenedIsAnError) {
  const Ended ended = measure({"--mock-fault", "unavailable"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("functional: ERROR (engine:unavailable), the mock engine is set to fail"));
  EXPECT_STREQ(report().select_node("//error/@type").attribute().value(), "engine:unavailable");
}

TEST_F(RunnerCli, AnEngineThatDiesWhileMeasuredIsAnErrorWithoutValues) {
  const Ended ended = measure({"--mock-fault", "dies_measuring", "--repeats", "9"});
  EXPECT_EQ(ended.code, 0) << "the functional case passed";
  const auto document = report();
  const auto timing = document.select_node("//testcase[@name='performance_consistency']").node();
  EXPECT_STREQ(timing.child("error").attribute("type").value(), "engine:unavailable");
  EXPECT_TRUE(timing.select_nodes("properties/property[not(starts-with(@name, 'perftrend.'))]").empty());
}

TEST_F(RunnerCli, UsageMistakesAreTwo) {
  struct Case {
    std::vector<std::string> arguments;
    std::string expected;
  };
  const std::string broken = write("broken.toml", "name = 'x'\nprompts = ['y']\nrepeat = 3\n");
  for (const auto& [arguments, expected] : std::vector<Case>{
           {{}, "see perftrend-runner --help"},
           {{"run"}, "SCENARIO is required"},
           {{"run", "missing.toml"}, "perftrend-runner: missing.toml: cannot be read\n"},
           {{"run", broken}, "perftrend-runner: " + broken + ":3:1: unknown key 'repeat'"},
           {{"run", batch_prefill, "--engine", "gpu"}, "gpu"},
           {{"upload", "x.xml"}, "no server is given"},
       }) {
    const Ended ended = call(arguments);
    EXPECT_EQ(ended.code, 2) << expected;
    EXPECT_THAT(ended.err, HasSubstr(expected));
    EXPECT_EQ(ended.out, "");
  }
  EXPECT_EQ(call({"--help"}).code, 0);
  EXPECT_EQ(call({"--version"}).out, "perftrend-runner " PERFTREND_VERSION "\n");
}

TEST_F(RunnerCli, AReportThatCannotBeWrittenIsThree) {
  const Ended ended = run({"--out", "no/such/directory/out.xml"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.err,
            "perftrend-runner: the report could not be written: no/such/directory/out.xml: No such file or directory; "
            "nothing was measured\n");
}

TEST_F(RunnerCli, TheReportHasTheScenariosNameWhereNoneIsGiven) {
  const std::string scenario = write("s.toml", "name = 'nightly'\nprompts = ['y']\n");
  EXPECT_EQ(call({"run", scenario, "--mock-prefill-ms", "0"}).code, 0);
  EXPECT_TRUE(fs::exists(directory_ / "nightly.junit.xml"));
}

TEST_F(RunnerCli, JsonForProgramsAndMarkdownForGitHub) {
  const std::string page = write("page.md", "before\n");
  const Ended ended = measure({"--format", "json", "--mock-prefill-ms", "1"},
                              {{"GITHUB_STEP_SUMMARY", page}, {"GITHUB_ACTIONS", "true"}});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, AllOf(StartsWith(R"({"scenario":"batch_prefill","engine":"mock","report":"out.xml",)"),
                               HasSubstr(R"("prompt":"Short","prompt_tokens":5)"), testing::EndsWith("}\n")));
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1);
  EXPECT_THAT(ended.err, HasSubstr("\n::warning title=perftrend::PERF-WARNING: Prompt 0 prefill time "));
  EXPECT_THAT(ended.err, Not(HasSubstr("\nPERF-WARNING")));
  EXPECT_THAT(read_all(page), AllOf(StartsWith("before\n### batch\\_prefill on mock\n"),
                                    HasSubstr("| 0 | Short | prefill | "), HasSubstr("- PERF-WARNING: Prompt 0")));
}

TEST_F(RunnerCli, QuietPrintsWarningsOnly) {
  EXPECT_EQ(run({"--quiet"}).err, "");
  const Ended ended = measure({"--quiet", "--mock-prefill-ms", "1"});
  EXPECT_EQ(ended.out, "");
  std::istringstream lines(ended.err);
  for (std::string line; std::getline(lines, line);)
    EXPECT_THAT(line, StartsWith("PERF-WARNING: "));
}

TEST_F(RunnerCli, EveryReportIsValidBySchema) {
  std::vector<std::string> arguments{"--noout", "--schema", perftrend::tests::source_dir() + "/schema/junit.xsd"};
  const auto save_as = [&](const char* name) {
    fs::rename(directory_ / "out.xml", directory_ / name);
    arguments.emplace_back(name);
  };
  EXPECT_EQ(run().code, 0);
  save_as("skipped.xml");
  EXPECT_EQ(measure().code, 0);
  save_as("measured.xml");
  EXPECT_EQ(measure({"--mock-prefill-ms", "1", "--engine", "mock"}).code, 0);
  save_as("warned.xml");
  EXPECT_EQ(measure({"--engine", "reference"}).code, 0);
  save_as("reference.xml");
  EXPECT_EQ(measure({"--mock-fault", "no_tokens"}).code, 1);
  save_as("failed.xml");
  EXPECT_EQ(measure({"--mock-fault", "unavailable"}).code, 1);
  save_as("error.xml");
  EXPECT_EQ(measure({"--mock-fault", "dies_measuring", "--repeats", "9"}).code, 0);
  save_as("died.xml");
  ASSERT_TRUE(fs::exists("/usr/bin/xmllint")) << "install libxml2-utils";
  const Ended valid = execute("/usr/bin/xmllint", directory_, arguments, {});
  EXPECT_EQ(valid.code, 0) << valid.err;
  // The schema refuses a time that is not a number.
  std::string xml = read_all(directory_ / "measured.xml");
  xml.replace(xml.find(" time=\""), 7, " time=\"x");
  arguments.push_back(write("wrong.xml", xml));
  EXPECT_NE(execute("/usr/bin/xmllint", directory_, arguments, {}).code, 0);
}

}  // namespace
}  // namespace perftrend::runner
