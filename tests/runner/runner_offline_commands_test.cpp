// The commands doctor, compare and guard of the built perftrend-runner, and the tuning options of `run`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runner/system/process.h"
#include "tests/support/paths.h"

namespace perftrend {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string batch_prefill = perftrend::tests::source_dir() + "/runner/scenarios/batch_prefill.toml";
constexpr double patience_ms = 120'000;

struct Ended {
  int code = -1;
  std::string out, err;
};

class RunnerCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "perftrend-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] Ended call(std::vector<std::string> arguments, bool timing = false) const {
    arguments.insert(arguments.begin(), perftrend::tests::bin_dir() + "/perftrend-runner");
    runner::SteadyClock clock;
    auto child = runner::ChildProcess::start(
        {std::move(arguments),
         {{"RUN_PERF_TESTS", timing ? "1" : "0"}, {"GIT_CEILING_DIRECTORIES", "/"}, {"PERFTREND_URL", ""}},
         directory_.string()},
        clock);
    if (!child) return {-1, "", child.error()};
    const auto end = child->wait(patience_ms);
    return {end ? end->exit_code : -1, child->out(), child->err()};
  }
  /// A report with prefill_ms of one case.
  void write_report(const std::string& file, const std::string& samples) const {
    write(file,
          R"(<testsuite name="s"><testcase name="t" classname="c"><properties><property name="prefill_ms" value=")" +
              samples + R"("/></properties></testcase></testsuite>)");
  }
  void write(const std::string& file, const std::string& text) const { std::ofstream(directory_ / file) << text; }

  fs::path directory_;
};

// ------------------------------------------------------------------------------------------------------------ compare

TEST_F(RunnerCommands, CompareSaysWhatRegressedAndFailsOnlyWhenAskedTo) {
  write_report("a.xml", "10.1 10.2 10.3 10.15 10.25 10.05");
  write_report("b.xml", "14.1 14.2 14.3 14.15 14.25 14.05");
  const Ended ended = call({"compare", "a.xml", "b.xml"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("regressed: +39"), HasSubstr("1 regressed, 0 improved"), HasSubstr("█")));
  EXPECT_EQ(call({"compare", "a.xml", "b.xml", "--fail-on-regression"}).code, 5);
  EXPECT_EQ(call({"compare", "b.xml", "a.xml", "--fail-on-regression"}).code, 0) << "faster is not a failure";
  const auto json = nlohmann::json::parse(call({"compare", "a.xml", "b.xml", "--format", "json"}).out);
  EXPECT_EQ(json["series"][0]["verdict"], "regressed");
}

TEST_F(RunnerCommands, CompareOfWhatCannotBeComparedIsTwo) {
  write_report("a.xml", "10 11 12 13");
  write("bad.xml", "<testsuite>\n  <testcase>\n</testsuite>");
  write("other.xml", R"(<testsuite name="s"><testcase name="u" time="1"/></testsuite>)");
  EXPECT_THAT(call({"compare", "a.xml", "bad.xml"}).err, StartsWith("perftrend-runner: bad.xml:3:"));
  EXPECT_EQ(call({"compare", "a.xml", "bad.xml"}).code, 2);
  EXPECT_THAT(call({"compare", "a.xml", "gone.xml"}).err, HasSubstr("gone.xml: cannot be read"));
  EXPECT_THAT(call({"compare", "a.xml", "other.xml"}).err, HasSubstr("no series in common"));
  EXPECT_THAT(call({"compare", "a.xml", "a.xml", "a.xml"}).err, HasSubstr("3 reports are too few for a baseline"));
  EXPECT_EQ(call({"compare", "a.xml"}).code, 2);
}

TEST_F(RunnerCommands, ComparesWhatItMeasuredItself) {
  for (const auto& [file, prefill_ms] : {std::pair{"a.xml", "2"}, {"b.xml", "40"}}) {
    ASSERT_EQ(call({"run", batch_prefill, "--mock-tokenize-ms", "0.1", "--mock-prefill-ms", prefill_ms, "--repeats",
                    "6", "--warmup", "0", "--out", file},
                   true)
                  .code,
              0);
  }
  const Ended ended = call({"compare", "a.xml", "b.xml", "--format", "json"});
  EXPECT_EQ(ended.code, 0);
  for (const auto& each : nlohmann::json::parse(ended.out)["series"]) {
    if (each["metric"] == "prefill_ms") {
      EXPECT_THAT(each["verdict"], testing::AnyOf("regressed", "suspect")) << each.dump();
      EXPECT_GT(each["effect"], 1) << each.dump();
    }
  }
}

// ------------------------------------------------------------------------------------------------------------- doctor

TEST_F(RunnerCommands, DoctorLooksAtTheMachineAlone) {
  const Ended ended = call({"doctor", "--aa", "0"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("noise score")));
  for (const char* topic : {"governor", "turbo", "SMT", "isolated cores", "timer", "huge pages", "pressure", "steal",
                            "quota", "swap", "load", "other tests", "harness"})
    EXPECT_THAT(ended.out, HasSubstr(topic));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(RunnerCommands, DoctorMeasuresAScenarioAgainstItself) {
  const Ended ended = call({"doctor", batch_prefill, "--aa", "3", "--repeats", "4", "--mock-tokenize-ms", "0.1",
                            "--mock-prefill-ms", "1", "--format", "json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["aa"]["runs"], 3);
  ASSERT_EQ(json["aa"]["series"].size(), 6U) << "tokenize and prefill of three prompts";
  for (const auto& series : json["aa"]["series"]) {
    EXPECT_EQ(series["medians"].size(), 3U);
    EXPECT_GT(series["median"], 0);
    EXPECT_GE(series["detectable_one_run_percent"], series["detectable_five_runs_percent"]);
  }
  EXPECT_EQ(json["scenario"].size(), 3U);
  const Ended text = call({"doctor", batch_prefill, "--aa", "3", "--repeats", "2", "--mock-prefill-ms", "0"});
  EXPECT_THAT(text.out, HasSubstr("A/A noise score: "));
}

TEST_F(RunnerCommands, DoctorWithoutAScenarioMeasuresABuiltInOne) {
  const Ended ended = call({"doctor", "--repeats", "2"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("governor"), HasSubstr("\na short built-in scenario on reference\nA/A noise score: "),
                    HasSubstr(" between 5 runs of the same"), HasSubstr("Prompt 1 prefill")));
  const auto json = nlohmann::json::parse(call({"doctor", "--aa", "3", "--repeats", "1", "--format", "json"}).out);
  EXPECT_EQ(json["aa"]["runs"], 3);
  EXPECT_TRUE(json["scenario"].empty());
}

TEST_F(RunnerCommands, DoctorOfAnEngineThatIsNotThereIsOne) {
  write("s.toml", "name = 's'\n[engine]\nname = 'command'\nargv = ['no-such-program-anywhere']\n");
  const Ended ended = call({"doctor", "s.toml", "--aa", "3"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("no-such-program-anywhere cannot be started"));
  EXPECT_THAT(ended.out, HasSubstr("governor")) << "the machine is examined anyway";
  EXPECT_EQ(call({"doctor", "--aa", "2"}).code, 2);
  EXPECT_EQ(call({"doctor", "gone.toml"}).code, 2);
}

// -------------------------------------------------------------------------------------------------------------- guard

TEST_F(RunnerCommands, GuardOfTimingIsNotRunUnlessAsked) {
  const std::vector<std::string> guarded{"guard", "--reason",           "noise", "--owner", "me", "--", "sh",
                                         "-c",    "echo it ran; exit 3"};
  const Ended skipped = call(guarded);
  EXPECT_EQ(skipped.code, 0);
  EXPECT_EQ(skipped.out, "");
  EXPECT_EQ(skipped.err,
            "not run: timing is not measured by default: noise (owner: me); measure it on an idle machine with: "
            "RUN_PERF_TESTS=1 sh -c 'echo it ran; exit 3'\n");
  const Ended ran = call(guarded, true);
  EXPECT_EQ(ran.code, 0) << "a slow value is not a failure";
  EXPECT_EQ(ran.out, "it ran\n");
  EXPECT_THAT(ran.err, StartsWith("PERF-WARNING: sh -c 'echo it ran; exit 3' failed: exit code 3. It is quarantined"));
}

TEST_F(RunnerCommands, GuardLetsFunctionalFailuresThrough) {
  write("s.toml", "name='s'\nprompts=['x']\n[quarantine]\nreason='noise'\nowner='me'\ncases=['*perf*']\n");
  const auto guarded = [&](const std::string& cases, const std::string& code) {
    return call({"guard", "--scenario", "s.toml", "--junit", "j.xml", "--", "sh", "-c",
                 R"(echo "<testsuite>$1</testsuite>" > j.xml; exit $0)", code, cases});
  };
  const std::string slow = R"(<testcase name="perf" time="1"><failure message="35 ms"/></testcase>)";
  const std::string wrong = R"(<testcase name="counts" time="1"><failure message="3 for 4"/></testcase>)";
  EXPECT_EQ(guarded(slow, "100").code, 0);
  const Ended failed = guarded(slow + wrong, "100");
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.err, AllOf(StartsWith("FAILED: counts: failure: 3 for 4\nPERF-WARNING: perf failed: 35 ms")));
  EXPECT_EQ(call({"guard", "--scenario", "s.toml", "--", "sh", "-c", "kill -SEGV $$"}, true).code, 1);
}

TEST_F(RunnerCommands, GuardIsFailSafeWhenTheServerIsUnreachable) {
  const Ended ended = call({"guard", "--reason", "r", "--owner", "o", "--junit", "j.xml", "--upload",
                            "http://127.0.0.1:1", "--project", "p", "--spool", (directory_ / "spool").string(), "--",
                            "sh", "-c", R"(echo '<testsuite><testcase name="a" time="1"/></testsuite>' > j.xml)"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("upload failed: http://127.0.0.1:1"));
}

TEST_F(RunnerCommands, GuardWithoutAReasonOrWithWrongWordsIsTwo) {
  EXPECT_THAT(call({"guard", "--owner", "o", "--", "true"}).err, HasSubstr("needs a reason and an owner"));
  for (const auto& wrong : std::vector<std::vector<std::string>>{
           {"guard", "--owner", "o", "--", "true"},
           {"guard", "--owner", "o", "--reason", "r"},
           {"guard", "--owner", "o", "--reason", "r", "--expires", "soon", "--", "true"},
           {"guard", "--owner", "o", "--reason", "r", "--cases", "*", "--", "true"},
           {"guard", "--scenario", "gone.toml", "--", "true"}})
    EXPECT_EQ(call(wrong).code, 2);
}

// ------------------------------------------------------------------------------------------------------ the machine

TEST_F(RunnerCommands, ARunOnOneCoreWithALowPrioritySaysSo) {
  std::ifstream status("/proc/self/status");
  std::string allowed, line;
  while (std::getline(status, line)) {
    if (line.starts_with("Cpus_allowed_list:")) std::istringstream(line.substr(18)) >> allowed;
  }
  const std::string core = allowed.substr(0, allowed.find_first_of("-,"));
  const Ended ended = call({"run", batch_prefill, "--cpus", core, "--priority", "19", "--mock-prefill-ms", "1",
                            "--repeats", "1", "--warmup", "0", "--out", "r.xml"},
                           true);
  EXPECT_EQ(ended.code, 0) << ended.err;
  std::ifstream in(directory_ / "r.xml");
  const std::string xml{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(xml, AllOf(HasSubstr(R"(name="environment.cpus" value=")" + core + "\""),
                         HasSubstr(R"(name="environment.priority" value="19")"),
                         HasSubstr(R"(name="environment.cores" value="1")")));
}

TEST_F(RunnerCommands, WhatTheMachineCannotGiveIsTwoAndNothingIsMeasured) {
  for (const char* cpus : {"x", "1023"}) {
    const Ended ended = call({"run", batch_prefill, "--cpus", cpus});
    EXPECT_EQ(ended.code, 2) << cpus;
    EXPECT_THAT(ended.err, StartsWith("perftrend-runner: --cpus: ")) << cpus;
  }
  EXPECT_EQ(call({"run", batch_prefill, "--priority", "20"}).code, 2);
  EXPECT_THAT(fs::directory_iterator(directory_) == fs::directory_iterator(), true) << "a report was written";
}

}  // namespace
}  // namespace perftrend
