#include "server/intake/project_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/junit/junit_reader.h"

namespace perftrend::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(ProjectRules, WithoutATableEverythingHasTheDefaults) {
  for (const auto* text : {"", "[[policy]]\nminimum_effect = 0.1\n"}) {
    const auto found = ProjectRules::parse(text, "test").value().find("p");
    EXPECT_THAT(found.take, IsEmpty());
    EXPECT_THAT(found.leave, IsEmpty());
    EXPECT_THAT(found.lines, IsEmpty());
  }
}

TEST(ProjectRules, EveryMatchingTableApplies) {
  const auto rules = ProjectRules::parse(R"(
[[metrics]]
leave = ["debug_*"]

[[metrics]]
project = "batch_*"
take = ["*_ms", "seed"]
lines = ["{metric} took {value}{unit}"]

[[metrics]]
project = "batch_1"
leave = ["x"]
lines = ["{metric}; {value}"]
names = {"pod-{word}" = "pod"}
)",
                                         "test")
                         .value();
  EXPECT_THAT(rules.find("other").leave, ElementsAre("debug_*"));
  EXPECT_THAT(rules.find("other").take, IsEmpty());
  const auto batch = rules.find("batch_1");
  EXPECT_THAT(batch.take, ElementsAre("*_ms", "seed"));
  EXPECT_THAT(batch.leave, ElementsAre("debug_*", "x"));
  EXPECT_THAT(batch.lines, ElementsAre("{metric} took {value}{unit}", "{metric}; {value}"));
  ASSERT_EQ(batch.names.size(), 1U);
  EXPECT_EQ(batch.names[0].pattern, "pod-{word}");
  EXPECT_EQ(batch.names[0].replacement, "pod");
  EXPECT_THAT(rules.find("batch_2").names, IsEmpty());
  EXPECT_THAT(rules.find("batch_2").leave, ElementsAre("debug_*"));
}

TEST(ProjectRules, SaysWhereAFileIsWrong) {
  std::string many = "[[metrics]]\nleave = [";
  for (std::size_t i = 0; i <= rule_patterns_max; ++i)
    many += fmt::format("\"a{}\",", i);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[[metrics]]\nleaves = []", "f.toml:2:1: unknown key 'leaves' in [[metrics]]"},
      {"metrics = 3", "f.toml:1:11: metrics must be a list of tables"},
      {"metrics = [3]", "f.toml:1:12: metrics must be a list of tables"},
      {"[[metrics]]\nproject = 3", "f.toml:2:11: project must be a text"},
      {"[[metrics]]\ntake = \"a\"", "f.toml:2:8: take must be a list of texts"},
      {"[[metrics]]\ntake = [\"a\",\n  3]", "f.toml:3:3: each of take must be a text"},
      {"[[metrics]]\ntake = [\"\"]", "f.toml:2:9: each of take must be a text"},
      {"[[metrics]]\nlines = [\n  \"{metric} = {value}\",\n  \"{metric} = fast\"]",
       "f.toml:4:3: '{metric} = fast' can"},
      {"[[metrics]]\nlines = [\"{metric}{label} = {value}\"]", "f.toml:2:10: '{metric}{label} = {value}' can match"},
      {"[[metrics]]\nlines = [\"" + std::string(rule_pattern_bytes_max + 1, 'x') + "\"]", "f.toml:2:10: a pattern is"},
      {"[[metrics]]\nnames = [\"a\"]", "f.toml:2:9: names must be a table"},
      {"[[metrics]]\nnames = {\"{any}\" = \"x\"}", "f.toml:2:10: '{any}' cannot be used: it matches everything"},
      {"[[metrics]]\nnames = {\"a-{any}{word}\" = \"x\"}", "f.toml:2:10: 'a-{any}{word}' cannot be used: text must"},
      {"[[metrics]]\nnames = {\"a{word}\" = 3}", "f.toml:2:22: the replacement of a name must be a text"},
      {many + "]", "f.toml:1:1: there are more than 100 patterns"},
      {"[[metrics]]\ntake = [", "f.toml:2:"},
  };
  for (const auto& [text, line] : cases) {
    const auto rules = ProjectRules::parse(text, "f.toml");
    ASSERT_FALSE(rules) << text;
    EXPECT_THAT(rules.error(), StartsWith(line));
  }
}

/// The metrics of one passed case that printed `output`.
std::vector<MetricValue> measures_of(const std::string& output, const metrics::MetricRules& rules) {
  Report report;
  report.cases.push_back({{"s", "c", "n"}, CaseStatus::passed, std::nullopt, {}, {}, "", output, 0, 0});
  return metrics::extract_metrics(report, rules).metrics;
}

// A pattern is not a regular expression: it is matched from left to right and never goes back, so that no line can make
// it try every way to divide itself. What follows would keep a backtracking matcher busy for years.
TEST(ProjectRules, NoLineMakesAPatternTryEveryWayToMatch) {
  std::string pattern;
  for (int i = 0; i < 30; ++i)
    pattern += "{}a";
  pattern += "{metric}b{value}";
  const auto rules = ProjectRules::parse(fmt::format("[[metrics]]\nlines = [\"{}\"]\n", pattern), "test").value();
  std::string output;
  for (int line = 0; line < 2000; ++line)
    output += std::string(1900, 'a') + "\n";
  EXPECT_THAT(measures_of(output, rules.find("p")), IsEmpty());
  const auto found = measures_of(std::string(30, 'a') + "speed b 5", rules.find("p"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].metric, "speed");
}

}  // namespace
}  // namespace perftrend::intake
