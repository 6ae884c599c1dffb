// The table [engine]: its keys and its errors, with their positions.
#include "runner/scenario/scenario_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include "tests/support/paths.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;

ScenarioResult parse(const std::string& engine) {
  return parse_scenario("name = 'a'\nprompts = ['x']\n[engine]\n" + engine, "s.toml", engine_names());
}

TEST(ScenarioEngine, AServerIsStartedWithItsOptions) {
  const auto scenario = parse(
      "name = 'llama-server'\nurl = 'http://127.0.0.1:9'\ntimeout_s = 2.5\napi_key_variable = 'KEY'\n"
      "[engine.start]\nargv = ['llama-server', '-m', 'a b.gguf']\nenvironment = { OMP_NUM_THREADS = '1' }\n"
      "directory = '/srv'\nready_timeout_s = 90\nstop_timeout_s = 1");
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  const LlamaServerOptions& llama = scenario->engine_options.llama_server;
  EXPECT_EQ(scenario->engine, "llama-server");
  EXPECT_EQ(scenario->api_key_variable, "KEY");
  EXPECT_EQ(llama.url, "http://127.0.0.1:9");
  EXPECT_DOUBLE_EQ(llama.timeout_ms, 2500);
  ASSERT_TRUE(llama.start.has_value());
  EXPECT_THAT(llama.start->process.argv, ElementsAre("llama-server", "-m", "a b.gguf"));
  EXPECT_EQ(llama.start->process.environment.at("OMP_NUM_THREADS"), "1");
  EXPECT_EQ(llama.start->process.directory, "/srv");
  EXPECT_DOUBLE_EQ(llama.start->ready_timeout_ms, 90'000);
  EXPECT_DOUBLE_EQ(llama.start->stop_timeout_ms, 1000);
}

TEST(ScenarioEngine, ParametersAreReadFromTheFile) {
  const auto scenario = parse("name = 'mock'\nmodel_file = 'm.gguf'\n[engine.parameters]\nthreads = '4'");
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  EXPECT_EQ(scenario->model_file, "m.gguf");
  EXPECT_EQ(scenario->engine_parameters.at("threads"), "4");
  EXPECT_EQ(to_string(parse("name = 'mock'\n[engine.parameters]\nthreads = 4").error()),
            "s.toml:6:11: 'engine.parameters.threads' must be a text");
  EXPECT_EQ(to_string(parse("name = 'mock'\n[engine.parameters]\n'a b' = '4'").error()),
            "s.toml:6:1: 'engine.parameters.a b' is not a plain name");
}

TEST(ScenarioEngine, AStreamHasItsEndpointAndFurtherKeys) {
  const auto scenario = parse("name = 'openai'\nendpoint = 'chat'\nmodel = 'm'\nbody = { min_tokens = 2, stop = [] }");
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  const OpenAiOptions& openai = scenario->engine_options.openai;
  EXPECT_EQ(openai.endpoint, OpenAiOptions::Endpoint::chat);
  EXPECT_EQ(openai.model, "m");
  EXPECT_EQ(nlohmann::json::parse(openai.body), nlohmann::json::parse(R"({"min_tokens":2,"stop":[]})"));
  EXPECT_FALSE(openai.start.has_value());
}

TEST(ScenarioEngine, AProgramNeedsNoPrompts) {
  const auto scenario = parse_scenario(
      "name = 'a'\n[engine]\nname = 'command'\nargv = ['x', '{repeats}']\n"
      "format = 'junit'\noutput = 'junit.xml'\ntimeout_s = 9",
      "s.toml", engine_names());
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  const CommandOptions& command = scenario->engine_options.command;
  EXPECT_TRUE(scenario->prompts.empty());
  EXPECT_EQ(command.format, CommandFormat::junit);
  EXPECT_EQ(command.output, "junit.xml");
  EXPECT_DOUBLE_EQ(command.timeout_ms, 9000);
  EXPECT_TRUE(repeats_by_itself(command));
}

TEST(ScenarioEngine, EveryMistakeIsReportedWithItsPosition) {
  struct Case {
    const char* toml;
    const char* expected;
  };
  for (const auto& [toml, expected] : std::vector<Case>{
           {"name = 'openai'\nurl = 'https://x'",
            "s.toml:5:7: 'engine.url': 'https://x' must be a URL that begins with http:// (e.g. "
            "http://127.0.0.1:8080)"},
           {"name = 'openai'\nurl = 'http://x:99999'",
            "s.toml:5:7: 'engine.url': 'http://x:99999' must have a port from 1 to 65535 (e.g. http://127.0.0.1:8080)"},
           {"name = 'openai'\nendpoint = 'stream'", "s.toml:5:12: 'engine.endpoint' must be one of: completions, chat"},
           {"name = 'openai'\ntimeout_s = 0", "s.toml:5:13: 'engine.timeout_s' must be above 0"},
           {"name = 'openai'\ntimeout_s = 1e9", "s.toml:5:13: 'engine.timeout_s' must be at most 86400"},
           {"name = 'command'", "s.toml:3:1: key 'engine.argv' is missing"},
           {"name = 'command'\nargv = 'x y'",
            "s.toml:5:8: 'engine.argv' must be a list of 1 to 1000 texts, the program first"},
           {"name = 'command'\nargv = ['x', 1]", "s.toml:5:14: 'engine.argv[1]' must be a text"},
           {"name = 'command'\nargv = ['']", "s.toml:5:9: 'engine.argv[0]' must name a program"},
           {"name = 'command'\nargv = ['x']\nformat = 'csv'",
            "s.toml:6:10: 'engine.format' must be one of: json-lines, llama-bench, google-benchmark, hyperfine, junit"},
           {"name = 'mock'\nformat = 'junit'", "s.toml:5:10: 'engine.format' has no effect without 'engine.argv'"},
           {"name = 'command'\nargv = ['x']\nenvironment = { 'A-B' = '1' }",
            "s.toml:6:17: 'engine.environment.A-B' is not the name of a variable"},
           {"name = 'command'\nargv = ['x']\nenvironment = { A = 1 }",
            "s.toml:6:21: 'engine.environment.A' must be a text"},
           {"name = 'openai'\nready_timeout_s = 9\n[engine.start]\nargv = ['x']",
            "s.toml:5:19: 'engine.ready_timeout_s' has no effect with 'engine.start', which has its own"},
           {"name = 'openai'\nready_timeout_s = 0", "s.toml:5:19: 'engine.ready_timeout_s' must be above 0"},
           {"name = 'llama-server'\n[engine.start]", "s.toml:5:1: key 'engine.start.argv' is missing"},
           {"name = 'openai'\nport = 1",
            "s.toml:5:1: unknown key 'engine.port'; known here: name, url, timeout_s, ready_timeout_s, "
            "api_key_variable, model, endpoint, body, argv, environment, directory, format, output, start, model_file, "
            "parameters"},
       }) {
    const auto scenario = parse(toml);
    ASSERT_FALSE(scenario.has_value()) << toml;
    EXPECT_EQ(to_string(scenario.error()), expected) << toml;
  }
}

TEST(ScenarioEngine, ShippedScenariosAreRight) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(perftrend::tests::source_dir() + "/runner/scenarios")) {
    const auto scenario = load_scenario(file.path().string(), engine_names());
    EXPECT_TRUE(scenario.has_value()) << to_string(scenario.error());
    ++count;
  }
  EXPECT_GE(count, 5);
}

}  // namespace
}  // namespace perftrend::runner
