#include "runner/scenario/chosen_scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(StatedParameters, AreThoseOfTheScenarioAndTheHashOfItsModel) {
  const FakeRoot root;
  root.write("model.gguf", "abc");
  Scenario scenario;
  EXPECT_TRUE(stated_parameters(scenario).value().empty());
  scenario.engine_parameters = {{"threads", "4"}};
  scenario.model_file = (root.path() / "model.gguf").string();
  EXPECT_THAT(stated_parameters(scenario).value(),
              ElementsAre(Pair("model_sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
                          Pair("threads", "4")));
  scenario.model_file = (root.path() / "gone").string();
  EXPECT_EQ(stated_parameters(scenario).error(), "engine.model_file: " + scenario.model_file + " cannot be read");
}

TEST(AddStated, OverridesWhatTheEngineReported) {
  std::vector<std::pair<std::string, std::string>> parameters{{"model", "m"}, {"threads", "1"}};
  add_stated({{"quantisation", "Q4"}, {"threads", "4"}}, parameters);
  EXPECT_THAT(parameters, ElementsAre(Pair("model", "m"), Pair("threads", "4"), Pair("quantisation", "Q4")));
}

TEST(ChosenScenario, TheCommandLineOverridesTheFile) {
  const FakeRoot root;
  root.write("s.toml", "name='s'\nproject='p'\nprompts=['x']\nrepeats=9\nwarmup=3\nprecision_percent=5\n");
  ScenarioChoice choice;
  choice.scenario_file = (root.path() / "s.toml").string();
  EXPECT_EQ(chosen_scenario(choice)->precision_percent, 5);
  choice.engine = "reference";
  choice.repeats = 4;
  choice.warmup = 0;
  choice.project = "other";
  const auto scenario = chosen_scenario(choice);
  EXPECT_EQ(scenario->engine, "reference");
  EXPECT_EQ(scenario->repeats, 4);
  EXPECT_FALSE(scenario->precision_percent.has_value()) << "an exact number was requested";
  EXPECT_EQ(scenario->warmup, 0);
  EXPECT_EQ(scenario->project, "other");
  choice.engine = "command";
  EXPECT_NE(to_string(chosen_scenario(choice).error()).find("the engine command requires 'engine.argv', the program"),
            std::string::npos);
}

TEST(WaitingForEngine, SaysWhereAndHowLong) {
  const auto message = [](const std::string& engine) {
    const auto scenario = parse_scenario("name='s'\nprompts=['x']\n[engine]\n" + engine, "s.toml", engine_names());
    return scenario ? waiting_for_engine(*scenario) : to_string(scenario.error());
  };
  EXPECT_EQ(message("name='mock'"), "");
  EXPECT_EQ(message("name='llama-server'"),
            "s: connecting to the engine on http://127.0.0.1:8080, waiting at most 60 s until it is ready");
  EXPECT_EQ(message("name='openai'\nurl='http://h:1/v1'\nready_timeout_s=2.5"),
            "s: connecting to the engine on http://h:1/v1, waiting at most 2.5 s until it is ready");
  EXPECT_EQ(message("name='openai'\n[engine.start]\nargv=['x']\nready_timeout_s=300"),
            "s: starting the engine on http://127.0.0.1:8000, waiting at most 300 s until it is ready");
}

}  // namespace
}  // namespace perftrend::runner
