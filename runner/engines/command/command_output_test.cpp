// Outputs of measuring programs and their results: samples, or an error of the case or of the whole output.
#include "runner/engines/command/command_output.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/paths.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// "NAME: metric 1 2, …" or "NAME: error KIND" or "NAME: skipped", one per case.
std::vector<std::string> lines_of(const EngineResult<CommandOutput>& output) {
  if (!output) return {fmt::format("error {}", to_string(output.error().kind))};
  std::vector<std::string> lines;
  for (const CommandCase& each : output->cases) {
    std::string line = each.name + ":";
    if (each.error) line += fmt::format(" error {}", to_string(each.error->kind));
    if (each.skipped) line += " skipped";
    for (const auto& [metric, samples] : each.times_ms) {
      line += " " + metric;
      for (const double sample : samples) {
        std::ostringstream number;
        number << sample;
        line += " " + number.str();
      }
    }
    lines.push_back(line);
  }
  return lines;
}

struct Case {
  CommandFormat format;
  std::string text;
  std::vector<std::string> expected;
};

TEST(CommandOutput, Table) {
  const auto lines = CommandFormat::json_lines;
  const auto bench = CommandFormat::llama_bench;
  const auto google = CommandFormat::google_benchmark;
  const auto hyperfine = CommandFormat::hyperfine;
  const auto junit = CommandFormat::junit;
  const std::string iteration = R"({"name":"A/8","run_name":"A/8","run_type":"iteration",)";
  const std::vector<Case> cases{
      // json-lines.
      {lines,
       R"({"prompt":0,"prompt_tokens":5,"generated_tokens":2,"tokenize_ms":0.5,"prefill_ms":7,"total_ms":9})"
       "\n\n"
       R"({"prompt":0,"tokenize_ms":0.25,"prefill_ms":8,"total_ms":9})"
       "\n"
       R"({"case":"long one","prefill_ms":3})",
       {"Prompt 0: prefill_ms 7 8 tokenize_ms 0.5 0.25 total_ms 9 9", "long one: prefill_ms 3"}},
      {lines,
       "{\"prompt\":1,\"prefill_ms\":7}\n{\"prompt\":2,\"prefill_ms\":-1}",
       {"Prompt 1: prefill_ms 7", "Prompt 2: error bad_answer"}},
      {lines, R"({"prefill_ms":8,"generate_ms":2,"total_ms":9})", {"Prompt 0: error bad_answer"}},
      {lines, R"({"prefill_ms":"8"})", {"Prompt 0: error bad_answer"}},
      {lines, R"({"prompt_tokens":5})", {"Prompt 0: error bad_answer"}},
      {lines, R"({"prefill_ms":8,"prompt_tokens":0})", {"Prompt 0: error wrong_count"}},
      {lines, R"({"prefill_ms":8,"cached_tokens":4})", {"Prompt 0: error cached"}},
      {lines, R"({"prefill_ms":8}{"prefill_ms":9})", {"error bad_answer"}},
      {lines, "{\"prefill_ms\":8}\n{\"prefill_", {"error bad_answer"}},
      {lines, R"({"prefill_ms":NaN})", {"error bad_answer"}},
      {lines, "{\"prefill_ms\":8}\n{\"error\":\"no memory\"}\n{\"prefill_ms\":8}", {"Prompt 0: error failed"}},
      {lines, " \n", {"error bad_answer"}},
      // llama-bench.
      {bench,
       R"({"n_prompt":8,"n_gen":0,"samples_ns":[7500000,7000000]})"
       "\n"
       R"({"n_prompt":0,"n_gen":4,"samples_ns":[1e6]})"
       "\n"
       R"({"n_prompt":64,"n_gen":2,"samples_ns":[2000000]})",
       {"pp8: prefill_ms 7.5 7", "tg4: generate_ms 1", "pp64+tg2: total_ms 2"}},
      {bench, R"([{"n_prompt":8,"n_gen":0,"samples_ns":[7500000]}])", {"pp8: prefill_ms 7.5"}},
      {bench, R"([{"n_prompt":8,"n_gen":0,"samples_ns":[]}])", {"pp8: error bad_answer"}},
      {bench, R"([{"n_prompt":8,"n_gen":0,"samples_ns":[1,-1]}])", {"pp8: error bad_answer"}},
      {bench, "[ ]", {"error bad_answer"}},
      {bench, "[", {"error bad_answer"}},
      {bench, R"([{"n_prompt":8,"n_gen":0,"samples_ns":[75)", {"error bad_answer"}},
      {bench, "usage: llama-bench [options]", {"error bad_answer"}},
      // Google Benchmark.
      {google,
       R"({"context":{},"benchmarks":[)" + iteration + R"("real_time":2,"cpu_time":1.5,"time_unit":"us"},)" +
           iteration + R"("real_time":4,"cpu_time":2,"time_unit":"us"},)" +
           R"({"run_name":"A/8","run_type":"aggregate","real_time":3,"cpu_time":2,"time_unit":"us"}]})",
       {"A/8: cpu_time_ms 0.0015 0.002 real_time_ms 0.002 0.004"}},
      {google,
       R"({"benchmarks":[)" + iteration + R"("error_occurred":true,"error_message":"no"}]})",
       {"A/8: error failed"}},
      {google,
       R"({"benchmarks":[)" + iteration + R"("real_time":1,"cpu_time":1,"time_unit":"h"}]})",
       {"A/8: error bad_answer"}},
      {google, R"({"benchmarks":[]})", {"error bad_answer"}},
      {google, R"({"benchmarks":[)" + iteration, {"error bad_answer"}},
      // hyperfine.
      {hyperfine,
       R"({"results":[{"command":"sleep 1","times":[1.5,1.25],"exit_codes":[0,0]}]})",
       {"sleep 1: wall_ms 1500 1250"}},
      {hyperfine, R"({"results":[{"command":"false","times":[0.1],"exit_codes":[1]}]})", {"false: error failed"}},
      {hyperfine, R"({"results":[]})", {"error bad_answer"}},
      // JUnit.
      {junit,
       R"(<testsuites><testsuite name="s"><testcase classname="c" name="a" time="0.25"/>)"
       R"(<testcase name="b" time="1,000.5"/><testcase name="bad" time="1"><failure message="no"/></testcase>)"
       R"(<testcase name="off" time="0"><skipped/></testcase><testcase name="odd" time="NaN"/>)"
       R"(<testcase name="fast" time="0.000"/></testsuite></testsuites>)",
       {"c::a: duration_ms 250", "b: duration_ms 1.0005e+06", "bad: error failed", "off: skipped",
        "odd: error bad_answer", "fast:"}},
      {junit, "<testsuites><testsuite/></testsuites>", {"error bad_answer"}},
      {junit, "<testsuites><testsuite>", {"error bad_answer"}},
      {junit, "", {"error bad_answer"}},
  };
  for (const auto& [format, text, expected] : cases) {
    EXPECT_EQ(lines_of(read_command_output(format, text)), expected) << text;
  }
}

TEST(CommandOutput, CountsGoWithTheirSamples) {
  const auto output = read_json_lines(R"({"prefill_ms":7,"prompt_tokens":5,"generated_tokens":2})");
  EXPECT_THAT(output->cases.at(0).prompt_tokens, ElementsAre(5));
  EXPECT_THAT(output->cases.at(0).generated_tokens, ElementsAre(2));
}

TEST(CommandOutput, RecordedLlamaBench) {
  const auto file = std::filesystem::path(perftrend::tests::shared_dir()) / "engines/records/llama-bench.jsonl";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded answers next to the checkout";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto output = read_llama_bench(text);
  ASSERT_TRUE(output.has_value()) << output.error().message;
  ASSERT_EQ(output->cases.size(), 3U);
  EXPECT_EQ(output->cases[0].name, "pp8");
  EXPECT_THAT(output->cases[0].times_ms.at("prefill_ms"),
              ElementsAre(::testing::DoubleNear(7.654211, 1e-9), ::testing::DoubleNear(7.453678, 1e-9),
                          ::testing::DoubleNear(7.338811, 1e-9)));
  EXPECT_THAT(output->parameters, ::testing::Contains(std::pair<std::string, std::string>("threads", "1")));
  // Output that is cut within a line is refused; it never gives a shorter list of samples.
  EXPECT_FALSE(read_llama_bench(text.substr(0, text.size() / 2)).has_value());
}

TEST(CommandOutput, AnEmptyTextIsNeverAResult) {
  for (std::size_t format = 0; format < command_format_names().size(); ++format) {
    const auto output = read_command_output(static_cast<CommandFormat>(format), "\n");
    ASSERT_FALSE(output.has_value());
    EXPECT_THAT(output.error().message, HasSubstr("empty"));
  }
}

}  // namespace
}  // namespace perftrend::runner
