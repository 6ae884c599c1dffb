#include "runner/commands/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::HasSubstr;

TEST(CommandLine, RunWithEverything) {
  const auto line = parse_command_line({"run",
                                        "s.toml",
                                        "--engine",
                                        "reference",
                                        "--mock-tokenize-ms",
                                        "2",
                                        "--mock-prefill-ms",
                                        "14.5",
                                        "--repeats",
                                        "7",
                                        "--warmup",
                                        "0",
                                        "--out",
                                        "o.xml",
                                        "--upload",
                                        "http://h:1/p",
                                        "--project",
                                        "p",
                                        "--testbed",
                                        "t",
                                        "--branch",
                                        "b",
                                        "--commit",
                                        "c",
                                        "--commit-time",
                                        "2026-11-23T03:00:00+01:00",
                                        "--started-at",
                                        "2026-11-23T02:00:01Z",
                                        "--quiet"},
                                       {{"PERFTREND_TOKEN", "tok"}, {"BITNET_SEED", "7"}});
  const auto& run = std::get<RunOptions>(line);
  EXPECT_EQ(run.scenario_file, "s.toml");
  EXPECT_EQ(run.engine, "reference");
  EXPECT_DOUBLE_EQ(run.engine_options.mock.tokenize_ms, 2);
  EXPECT_DOUBLE_EQ(run.engine_options.mock.prefill_ms, 14.5);
  EXPECT_EQ(run.engine_options.reference.seed, 7U);
  EXPECT_EQ(run.repeats, 7);
  EXPECT_EQ(run.warmup, 0);
  EXPECT_EQ(run.out_file, "o.xml");
  EXPECT_EQ(run.upload.value().origin, "http://h:1");
  EXPECT_EQ(run.project, "p");
  EXPECT_EQ(run.token, "tok");
  EXPECT_EQ(run.coordinates.testbed, "t");
  EXPECT_EQ(run.coordinates.branch, "b");
  EXPECT_EQ(run.coordinates.commit, "c");
  EXPECT_EQ(run.coordinates.commit_time, "2026-11-23T02:00:00Z");
  EXPECT_EQ(run.coordinates.started_at, "2026-11-23T02:00:01Z");
  EXPECT_TRUE(run.quiet);
  EXPECT_EQ(run.rerun_command, "perftrend-runner run s.toml --engine reference");
}

TEST(CommandLine, RunWithNothingLeavesItToTheScenario) {
  const auto line = parse_command_line({"run", "s.toml"}, {});
  const auto& run = std::get<RunOptions>(line);
  EXPECT_FALSE(run.engine || run.repeats || run.warmup || run.upload);
  EXPECT_EQ(run.project + run.token + run.out_file, "");
  EXPECT_EQ(run.engine_options.reference.seed, 42U);
  EXPECT_DOUBLE_EQ(run.engine_options.mock.tokenize_ms, 1);
  EXPECT_DOUBLE_EQ(run.engine_options.mock.prefill_ms, 10);
}

TEST(CommandLine, WaitsForAQuietMachineAsLongAsSaid) {
  const auto wait_s = [](const char* duration) {
    const auto line = parse_command_line({"run", "s", "--wait-quiet", duration}, {});
    const auto* run = std::get_if<RunOptions>(&line);
    return run == nullptr ? -1 : run->quiet_policy.wait_s;
  };
  EXPECT_DOUBLE_EQ(wait_s("10m"), 600);
  EXPECT_DOUBLE_EQ(wait_s("90s"), 90);
  EXPECT_DOUBLE_EQ(wait_s("1h"), 3600);
  for (const char* wrong : {"10", "10d", "-1m", "25h", "soon", ""})
    EXPECT_EQ(wait_s(wrong), -1) << wrong;
  const auto line = parse_command_line({"run", "s", "--require-quiet"}, {});
  EXPECT_TRUE(std::get<RunOptions>(line).quiet_policy.require);
  EXPECT_FALSE(std::get<RunOptions>(line).json);
  EXPECT_TRUE(std::get<RunOptions>(parse_command_line({"run", "s", "--format", "json"}, {})).json);
}

TEST(CommandLine, TheSpoolIsBelowTheStateDirectory) {
  const auto spool = [](const Variables& variables, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"run", "s"});
    return std::get<RunOptions>(parse_command_line(more, variables)).spool;
  };
  EXPECT_EQ(spool({}), "") << "no home directory is known";
  EXPECT_EQ(spool({{"HOME", "/h"}}), "/h/.local/state/perftrend/spool");
  EXPECT_EQ(spool({{"HOME", "/h"}, {"XDG_STATE_HOME", "/s"}}), "/s/perftrend/spool");
  EXPECT_EQ(spool({{"HOME", "/h"}, {"XDG_STATE_HOME", "not/absolute"}}), "/h/.local/state/perftrend/spool");
  EXPECT_EQ(spool({{"HOME", "/h"}}, {"--spool", "x"}), "x");
}

TEST(CommandLine, TheLastOfAnOptionWins) {
  const auto line = parse_command_line({"run", "s", "--repeats", "3", "--repeats", "5"}, {});
  EXPECT_EQ(std::get<RunOptions>(line).repeats, 5);
}

TEST(CommandLine, VariablesFillWhatIsNotStated) {
  const Variables variables{{"PERFTREND_URL", "http://h"}, {"PERFTREND_PROJECT", "p"}};
  const auto line = parse_command_line({"run", "s.toml"}, variables);
  EXPECT_EQ(std::get<RunOptions>(line).upload.value().origin, "http://h");
  EXPECT_EQ(std::get<RunOptions>(line).project, "p");
  const auto upload = parse_command_line({"upload", "a.xml", "b.xml"}, variables);
  EXPECT_EQ(std::get<UploadOptions>(upload).files, (std::vector<std::string>{"a.xml", "b.xml"}));
  EXPECT_EQ(std::get<UploadOptions>(upload).project, "p");
}

TEST(CommandLine, TheTokenFileWinsAndIsTrimmed) {
  const FakeRoot root;
  root.write("token", "from-file\r\n");
  const auto line =
      parse_command_line({"run", "s", "--token-file", (root.path() / "token").string()}, {{"PERFTREND_TOKEN", "x"}});
  EXPECT_EQ(std::get<RunOptions>(line).token, "from-file");
}

TEST(CommandLine, MistakesAreReportedInALineAndEndWithTwo) {
  struct Case {
    std::vector<std::string> arguments;
    Variables variables;
    const char* expected;
  };
  for (const auto& [arguments, variables, expected] : std::vector<Case>{
           {{}, {}, "see perftrend-runner --help"},
           {{"run"}, {}, "SCENARIO is required"},
           {{"walk"}, {}, "see perftrend-runner --help"},
           {{"run", "s", "--fast"}, {}, "--fast"},
           {{"run", "s", "--engine", "gpu"}, {}, "--engine: gpu not in {mock,reference,"},
           {{"run", "s", "--repeats", "0"}, {}, "--repeats"},
           {{"run", "s", "--repeats", "many"}, {}, "--repeats"},
           {{"run", "s", "--mock-prefill-ms", "-1"}, {}, "--mock-prefill-ms"},
           {{"run", "s", "--mock-prefill-ms", "nan"}, {}, "the sleep of the mock engine must be finite"},
           {{"run", "s", "--upload", "h:1"}, {}, "'h:1' is not a server URL: it must begin with http:// or https://"},
           {{"run", "s", "--project", "a/b"}, {}, "--project: 'a/b' must be 1 to 100 letters, digits, '.', '_' or '-'"},
           {{"run", "s", "--started-at", "now"},
            {},
            "--started-at: 'now' is not an RFC 3339 time (e.g. 2026-11-23T02:00:00Z)"},
           {{"run", "s", "--branch", std::string(501, 'b')}, {}, "--branch: longer than 500 bytes"},
           {{"upload", "f", "--url", "http://h", "--project", "p", "--commit", std::string(501, 'c')},
            {},
            "--commit: longer than 500 bytes"},
           {{"run", "s", "--testbed", "a\nb"}, {}, "--testbed: contains a control character"},
           {{"run", "s", "--token-file", "/nowhere"}, {}, "--token-file: '/nowhere' cannot be read or is empty"},
           {{"run", "s"}, {{"BITNET_SEED", "4x"}}, "BITNET_SEED: '4x' is not a whole number >= 0"},
           {{"run", "s", "--cpus", "1-"}, {}, "--cpus: '1-' is not a list of cores (e.g. 2 or 0-2,5)"},
           {{"run", "s", "--priority", "20"}, {}, "--priority"},
           {{"run", "s", "--huge-pages", "maybe"}, {}, "--huge-pages"},
           {{"doctor", "--engine", "openai"}, {}, "doctor: --engine openai needs a scenario"},
           {{"doctor", "s", "--aa", "2"}, {}, "doctor: --aa 2: a spread needs at least 3 runs; 0 measures nothing"},
           {{"doctor", "s", "--aa", "1001"}, {}, "--aa"},
           {{"compare", "a.xml"}, {}, "FILE"},
           {{"guard"}, {}, "COMMAND is required"},
           {{"guard", "--cases", "*", "--", "true"}, {}, "guard: --cases has no effect without --junit"},
           {{"guard", "--expires", "soon", "--", "true"}, {}, "--expires: 'soon' is not a day (e.g. 2027-03-31)"},
           {{"guard", "--junit", "j", "--upload", "http://h", "--", "true"},
            {},
            "guard: the project is missing: --project or PERFTREND_PROJECT"},
           {{"upload", "f"}, {}, "upload: no server is given: use --url or PERFTREND_URL"},
           {{"upload", "f", "--url", "http://h"}, {}, "upload: the project is missing: --project or PERFTREND_PROJECT"},
       }) {
    const auto line = parse_command_line(arguments, variables);
    ASSERT_TRUE(std::holds_alternative<HelpOrError>(line)) << expected;
    EXPECT_EQ(std::get<HelpOrError>(line).code, ExitCode::usage);
    EXPECT_THAT(std::get<HelpOrError>(line).text, HasSubstr(expected));
    EXPECT_THAT(std::get<HelpOrError>(line).text, ::testing::StartsWith("perftrend-runner: "));
    EXPECT_THAT(std::get<HelpOrError>(line).text, ::testing::EndsWith("\n"));
  }
}

TEST(CommandLine, DoctorCompareAndGuard) {
  const auto doctor = parse_command_line({"doctor", "s.toml", "--aa", "5", "--engine", "mock", "--repeats", "3"}, {});
  EXPECT_EQ(std::get<DoctorOptions>(doctor).aa_runs, 5);
  EXPECT_EQ(std::get<DoctorOptions>(doctor).engine, "mock");
  EXPECT_EQ(std::get<DoctorOptions>(doctor).repeats, 3);
  EXPECT_EQ(std::get<DoctorOptions>(parse_command_line({"doctor"}, {})).scenario_file, "");
  EXPECT_EQ(std::get<DoctorOptions>(parse_command_line({"doctor"}, {})).aa_runs, 5);
  EXPECT_EQ(std::get<DoctorOptions>(parse_command_line({"doctor", "--aa", "0"}, {})).aa_runs, 0);
  const auto compare = parse_command_line({"compare", "a", "b", "--format", "json", "--fail-on-regression"}, {});
  EXPECT_THAT(std::get<CompareOptions>(compare).files, ::testing::ElementsAre("a", "b"));
  EXPECT_TRUE(std::get<CompareOptions>(compare).json && std::get<CompareOptions>(compare).fail_on_regression);
  const auto guard = parse_command_line(
      {"guard", "--reason", "r",   "--owner", "o",     "--expires", "2027-03-31", "--junit", "j.xml", "--cases",
       "*a*",   "--cases",  "*b*", "--",      "cargo", "test",      "--owner",    "x",       "--",    "-q"},
      {{"PERFTREND_URL", "http://h"}, {"PERFTREND_PROJECT", "p"}, {"PERFTREND_TOKEN", "t"}});
  const auto& options = std::get<GuardOptions>(guard);
  EXPECT_THAT(options.argv, ::testing::ElementsAre("cargo", "test", "--owner", "x", "--", "-q"));
  EXPECT_EQ(options.quarantine.owner, "o");
  EXPECT_THAT(options.quarantine.cases, ::testing::ElementsAre("*a*", "*b*"));
  EXPECT_EQ(options.quarantine.expiry,
            std::chrono::year_month_day(std::chrono::year(2027), std::chrono::March, std::chrono::day(31)));
  EXPECT_EQ(options.server.value().origin, "http://h");
  EXPECT_EQ(options.token, "t");
}

TEST(CommandLine, TuningOfTheMachine) {
  const auto line = parse_command_line({"run", "s", "--cpus", "0-1,3", "--priority", "-5", "--huge-pages", "off"}, {});
  const TuningOptions& tuning = std::get<RunOptions>(line).tuning;
  EXPECT_THAT(tuning.cpus, ::testing::ElementsAre(0, 1, 3));
  EXPECT_EQ(tuning.priority, -5);
  EXPECT_EQ(tuning.huge_pages, false);
  const auto plain = parse_command_line({"run", "s"}, {});
  EXPECT_FALSE(std::get<RunOptions>(plain).tuning.priority || std::get<RunOptions>(plain).tuning.huge_pages);
}

TEST(CommandLine, ABadTokenIsRefusedAndNotShown) {
  const auto line = parse_command_line({"run", "s"}, {{"PERFTREND_TOKEN", "top\nsecret"}});
  const auto& refused = std::get<HelpOrError>(line);
  EXPECT_EQ(refused.text, "perftrend-runner: the token contains a blank or an unprintable character\n");
}

TEST(CommandLine, HelpAndVersion) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--help"}, {"run", "--help"}, {"upload", "-h"}}) {
    const auto line = parse_command_line(arguments, {});
    const auto& help = std::get<HelpOrError>(line);
    EXPECT_EQ(help.code, ExitCode::ok);
    EXPECT_THAT(help.text, HasSubstr(exit_codes_help));
    EXPECT_THAT(help.text, ::testing::Not(HasSubstr("mock-fault")));
  }
  EXPECT_THAT(std::get<HelpOrError>(parse_command_line({"run", "--help"}, {})).text, HasSubstr("perftrend-runner run"));
  const auto version = parse_command_line({"--version"}, {});
  EXPECT_EQ(std::get<HelpOrError>(version).text, "perftrend-runner " PERFTREND_VERSION "\n");
}

}  // namespace
}  // namespace perftrend::runner
