#include "runner/scenario/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace perftrend::runner {
namespace {

const std::vector<std::string> engines{"mock", "reference"};

ScenarioResult parse(std::string_view toml) {
  return parse_scenario(toml, "s.toml", engines);
}

TEST(Scenario, ShippedBatchPrefillIsTheQuarantinedTest) {
  const auto scenario = load_scenario(perftrend::tests::source_dir() + "/runner/scenarios/batch_prefill.toml", engines);
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  EXPECT_EQ(scenario->name, "batch_prefill");
  EXPECT_EQ(scenario->prompts,
            (std::vector<std::string>{
                "Short", "This is a medium length prompt",
                "This is a very long prompt that should still work correctly with prefill operations"}));
  EXPECT_EQ(scenario->generate_tokens, 2);
  EXPECT_DOUBLE_EQ(scenario->thresholds.load_factor_max, 1.5);
  const Limits& limits = scenario->limits_for("mock");
  EXPECT_DOUBLE_EQ(limits.at("tokenize_ms").min, 0.2);
  EXPECT_DOUBLE_EQ(limits.at("tokenize_ms").max, 20);
  EXPECT_DOUBLE_EQ(limits.at("prefill_ms").min, 5);
  EXPECT_DOUBLE_EQ(limits.at("prefill_ms").max, 200);
  EXPECT_DOUBLE_EQ(scenario->baselines_for("mock").expected.at("tokenize_ms"), 1);
  EXPECT_DOUBLE_EQ(scenario->baselines_for("mock").expected.at("prefill_ms"), 10);
  EXPECT_DOUBLE_EQ(scenario->baselines_for("mock").tolerance_percent, 200);
  EXPECT_FALSE(scenario->quarantine.reason.empty());
  EXPECT_FALSE(scenario->quarantine.owner.empty());
}

TEST(Scenario, DefaultsAreThoseOfItsDocument) {
  const auto scenario = parse("name = 'a'\nprompts = ['x']");
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  EXPECT_EQ(scenario->project, "a");
  EXPECT_EQ(scenario->engine, "mock");
  EXPECT_EQ(scenario->generate_tokens, 2);
  EXPECT_EQ(scenario->warmup, 2);
  EXPECT_EQ(scenario->repeats, 10);
  EXPECT_DOUBLE_EQ(scenario->thresholds.load_factor_max, 1.5);
  EXPECT_TRUE(scenario->limits_for("mock").empty());
  EXPECT_TRUE(scenario->baselines_for("mock").expected.empty());
  EXPECT_FALSE(scenario->quarantine.expiry.has_value());
}

TEST(Scenario, ATableOfOneEngineReplacesTheGeneralOne) {
  const auto scenario = parse(
      "name = 'a'\nprompts = ['x']\n[limits]\ntokenize_ms = [1, 2]\nprefill_ms = [3, 4]\n"
      "[limits.reference]\nprefill_ms = [5, 6]\n[baselines]\nprefill_ms = 7\ntolerance_percent = 50\n"
      "[baselines.reference]\ntokenize_ms = 8\n[quarantine]\nreason = 'r'\nowner = 'o'\nexpiry = 2027-03-31");
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  EXPECT_EQ(scenario->limits_for("mock").size(), 2U);
  EXPECT_EQ(scenario->limits_for("reference").size(), 1U);
  EXPECT_DOUBLE_EQ(scenario->limits_for("reference").at("prefill_ms").max, 6);
  EXPECT_EQ(scenario->baselines_for("reference").expected.count("prefill_ms"), 0U);
  EXPECT_DOUBLE_EQ(scenario->baselines_for("reference").tolerance_percent, 50) << "inherited";
  EXPECT_EQ(scenario->quarantine.expiry,
            std::chrono::year_month_day(std::chrono::year(2027), std::chrono::March, std::chrono::day(31)));
}

TEST(Scenario, PrecisionAndFitness) {
  const auto scenario = parse(
      "name = 'a'\nprompts = ['x']\nrepeats = 200\nprecision_percent = 2.5\nnonce = false\n"
      "[fitness]\npressure_percent_max = 35");
  ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error());
  EXPECT_DOUBLE_EQ(scenario->precision_percent.value(), 2.5);
  EXPECT_EQ(scenario->repeats_max, 200) << "never less than the repeats";
  EXPECT_DOUBLE_EQ(scenario->budget_s, 60);
  EXPECT_EQ(scenario->nonce, false);
  EXPECT_DOUBLE_EQ(scenario->thresholds.pressure_percent_max, 35);
  EXPECT_DOUBLE_EQ(scenario->thresholds.steal_percent_max, 2);
  const auto plain = parse("name = 'a'\nprompts = ['x']");
  EXPECT_FALSE(plain->precision_percent || plain->nonce);
}

TEST(Scenario, EveryMistakeIsReportedWithItsPosition) {
  struct Case {
    const char* toml;
    const char* expected;
  };
  const std::string head = "name = 'a'\nprompts = ['x']\n";
  for (const auto& [toml, expected] : std::vector<Case>{
           {"repeat = 3",
            "s.toml:3:1: unknown key 'repeat'; known here: name, project, description, prompts, "
            "generate_tokens, warmup, repeats, precision_percent, repeats_max, budget_s, nonce, load_factor_max, "
            "fitness, engine, limits, baselines, quarantine"},
           {"repeats_max = 20", "s.toml:3:15: 'repeats_max' has no effect without 'precision_percent'"},
           {"precision_percent = 0", "s.toml:3:21: 'precision_percent' must be above 0"},
           {"precision_percent = 1\nrepeats_max = 9",
            "s.toml:4:15: 'repeats_max' must be a whole number from 10 to 10000"},
           {"precision_percent = 1\nbudget_s = 1e9", "s.toml:4:12: 'budget_s' must be at most 86400"},
           {"nonce = 1", "s.toml:3:9: 'nonce' must be true or false"},
           {"[fitness]\nsteal_percent_max = 0", "s.toml:4:21: 'fitness.steal_percent_max' must be above 0"},
           {"[fitness]\nload = 1",
            "s.toml:4:1: unknown key 'fitness.load'; known here: others_per_core_max, steal_percent_max, "
            "pressure_percent_max, involuntary_switches_per_s_max"},
           {"[limits]\n decode_ms = [1, 2]",
            "s.toml:4:2: unknown key 'limits.decode_ms'; known here: tokenize_ms, "
            "prefill_ms, generate_ms, total_ms, wall_ms, user_ms, system_ms, duration_ms, real_time_ms, cpu_time_ms, "
            "mock, reference"},
           {"[engine]\nname = 'gpu'", "s.toml:4:8: 'engine.name' must be one of: mock, reference"},
           {"[engine]", "s.toml:3:1: key 'engine.name' is missing"},
           {"engine = 'mock'", "s.toml:3:10: 'engine' must be a table"},
           {"repeats = 0", "s.toml:3:11: 'repeats' must be a whole number from 1 to 10000"},
           {"repeats = 2.5", "s.toml:3:11: 'repeats' must be a whole number from 1 to 10000"},
           {"warmup = -1", "s.toml:3:10: 'warmup' must be a whole number from 0 to 1000"},
           {"generate_tokens = '2'", "s.toml:3:19: 'generate_tokens' must be a whole number from 1 to 100000"},
           {"load_factor_max = 0", "s.toml:3:19: 'load_factor_max' must be above 0"},
           {"load_factor_max = nan", "s.toml:3:19: 'load_factor_max' must be a number"},
           {"load_factor_max = true", "s.toml:3:19: 'load_factor_max' must be a number"},
           {"project = 'a/b'",
            "s.toml:3:11: 'project' must be 1 to 100 letters, digits, '.', '_' or '-' and start with "
            "a letter, a digit or '_'"},
           {"description = 1", "s.toml:3:15: 'description' must be a text"},
           {"limits.prefill_ms = [5]",
            "s.toml:3:21: 'limits.prefill_ms' must be a list of two numbers, the minimum and the maximum"},
           {"limits.prefill_ms = [5, 'x']", "s.toml:3:25: 'limits.prefill_ms' must be a number"},
           {"limits.prefill_ms = [5, 4]",
            "s.toml:3:21: 'limits.prefill_ms' must be two numbers >= 0, the minimum first"},
           {"baselines.mock.prefill_ms = -1", "s.toml:3:29: 'baselines.mock.prefill_ms' must be above 0"},
           {"[quarantine]\nreason = 'r'", "s.toml:3:1: key 'quarantine.owner' is missing"},
           {"[quarantine]\nreason=''\nowner='o'", "s.toml:4:8: 'quarantine.reason' must not be blank"},
           {"[quarantine]\nreason='r'\nowner=' '", "s.toml:5:7: 'quarantine.owner' must not be blank"},
           {"[quarantine]\nreason='r'\nowner='o'\nexpiry='soon'",
            "s.toml:6:8: 'quarantine.expiry' must be a date without quotes (e.g. 2027-03-31)"},
           {"[quarantine]\nreason='r'\nowner='o'\ncases='*'",
            "s.toml:6:7: 'quarantine.cases' must be a list of at least one pattern"},
           {"[quarantine]\nreason='r'\nowner='o'\ncases=['*', 1]", "s.toml:6:13: 'quarantine.cases' must be a text"},
       }) {
    const auto scenario = parse(head + toml);
    ASSERT_FALSE(scenario.has_value()) << toml;
    EXPECT_EQ(to_string(scenario.error()), expected) << toml;
  }
}

TEST(Scenario, NamesAndPromptsAreRequired) {
  struct Case {
    const char* toml;
    const char* expected;
  };
  for (const auto& [toml, expected] : std::vector<Case>{
           {"", "key 'name' is missing"},
           {"name = ''\nprompts = ['x']", "'name' must be 1 to 100 letters"},
           {"name = '_x'\nprompts = ['x']", "project '_x': a project must begin with a letter or a digit"},
           {"name = '../x'\nprompts = ['x']", "'name' must be 1 to 100 letters"},
           {"name = 'a'", "key 'prompts' is missing"},
           {"name = 'a'\nprompts = []", "s.toml:2:11: 'prompts' must be a list of 1 to 1000 texts"},
           {"name = 'a'\nprompts = 'x'", "s.toml:2:11: 'prompts' must be a list of 1 to 1000 texts"},
           {"name = 'a'\nprompts = ['x', '']", "s.toml:2:17: 'prompts[1]' must have 1 to 1000000 bytes"},
           {"name = 'a'\nprompts = ['x', 3]", "s.toml:2:17: 'prompts[1]' must be a text"},
       }) {
    const auto scenario = parse(toml);
    ASSERT_FALSE(scenario.has_value()) << toml;
    EXPECT_THAT(to_string(scenario.error()), ::testing::HasSubstr(expected));
  }
}

TEST(Scenario, BrokenTomlIsReportedWithItsPosition) {
  for (const char* toml :
       {"name = 'a'\nprompts = ['x'", "name = 'a'\nname = 'b'", "name = 'a'\n= 3", "name = '\xFF'"}) {
    const auto scenario = parse(toml);
    ASSERT_FALSE(scenario.has_value()) << toml;
    EXPECT_GT(scenario.error().line, 0U) << toml;
    EXPECT_FALSE(scenario.error().cause.empty());
  }
}

TEST(Scenario, AnUnreadableFileIsNamed) {
  const auto scenario = load_scenario("/nowhere/s.toml", engines);
  ASSERT_FALSE(scenario.has_value());
  EXPECT_EQ(to_string(scenario.error()), "/nowhere/s.toml: cannot be read");
  EXPECT_EQ(to_string(load_scenario("/", engines).error()), "/: cannot be read");
  EXPECT_EQ(to_string(load_scenario("/dev/null", engines).error()), "/dev/null: is empty");
  EXPECT_EQ(to_string(load_scenario("/dev/zero", engines).error()), "/dev/zero: has more than 67108864 bytes");
}

TEST(Scenario, EveryKeyIsInItsDocument) {
  // The known keys as in the parser's message, against schema/scenario.md.
  const auto error = parse("name='a'\nprompts=['x']\nx=1").error().cause;
  std::ifstream in(perftrend::tests::source_dir() + "/schema/scenario.md");
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  std::istringstream keys(error.substr(error.find("known here: ") + 12));
  int count = 0;
  for (std::string key; std::getline(keys >> std::ws, key, ','); ++count) {
    EXPECT_TRUE(document.find("`" + key + "`") != std::string::npos ||
                document.find("[" + key + "]") != std::string::npos)
        << key << " is not documented";
  }
  EXPECT_EQ(count, 17);
}

TEST(PlainName, Table) {
  for (const char* good : {"a", "nightly-01", "a.b_c", "_x", "9"})
    EXPECT_TRUE(is_plain_name(good)) << good;
  for (const char* bad : {"", ".", "..", "-x", "a b", "a/b", "\xC3\xA4", "a\n"})
    EXPECT_FALSE(is_plain_name(bad)) << bad;
  EXPECT_TRUE(is_plain_name(std::string(100, 'a')));
  EXPECT_FALSE(is_plain_name(std::string(101, 'a')));
}

}  // namespace
}  // namespace perftrend::runner
