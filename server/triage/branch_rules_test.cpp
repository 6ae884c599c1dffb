#include "server/triage/branch_rules.h"

#include <gtest/gtest.h>

#include "server/triage/policies.h"

namespace perftrend::triage {
namespace {

constexpr std::int64_t hour_us = 3'600'000'000;
using Patterns = std::vector<std::string>;

TEST(BranchRules, HaveDefaults) {
  const BranchRules rules;
  EXPECT_EQ(rules.default_branch("p"), std::nullopt);
  EXPECT_EQ(rules.long_lived("p"), Patterns{"release/*"});
  EXPECT_EQ(rules.expect_every_us("p", "ci", "main"), std::nullopt);
}

TEST(BranchRules, TheLastMatchingTableWins) {
  auto rules = BranchRules::parse(R"(
    [[branches]]
    default_branch = "trunk"
    [[branches]]
    project = "engine_*"
    default_branch = "main"
    long_lived = ["lts-*", "next"]
    [[lanes]]
    branch = "main"
    expect_every = "12h"
    [[lanes]]
    testbed = "spare"
    expect_every = "never"
  )",
                                  "file", false)
                   .value();
  EXPECT_EQ(rules.default_branch("other"), "trunk");
  EXPECT_EQ(rules.default_branch("engine_a"), "main");
  EXPECT_EQ(rules.long_lived("other"), Patterns{"release/*"});
  EXPECT_EQ(rules.long_lived("engine_a"), (Patterns{"lts-*", "next"}));
  EXPECT_EQ(rules.expect_every_us("p", "ci", "main"), 12 * hour_us);
  EXPECT_EQ(rules.expect_every_us("p", "spare", "main"), 0);
  EXPECT_EQ(rules.expect_every_us("p", "ci", "next"), std::nullopt);
  rules.append(BranchRules::parse("[[lanes]]\nexpect_every = \"2w\"", "own", true).value());
  EXPECT_EQ(rules.expect_every_us("p", "spare", "main"), 336 * hour_us);
}

TEST(BranchRules, AFaultHasItsPlace) {
  const struct {
    const char* toml;
    const char* error;
  } cases[] = {
      {"[[lanes]]\nexpect_every = \"daily\"", "expect_every must be a time"},
      {"[[lanes]]\nexpect_every = \"0d\"", "expect_every must be a time"},
      {"[[lanes]]\nexpect_every = 1", "expect_every must be a text"},
      {"[[lanes]]\nbranch = \"main\"", "sets nothing"},
      {"[[lanes]]\nevery = \"1d\"", "unknown key 'every'"},
      {"[[branches]]\nmain = \"x\"", "unknown key 'main'"},
      {"[[branches]]\nlong_lived = \"release/*\"", "must be a list"},
      {"[branches]\nlong_lived = []", "must be a list of tables"},
      {"[[branches]]\nproject = \"p\"", "names no project"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.toml);
    const auto rules = BranchRules::parse(each.toml, "own", true);
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().substr(0, 4), "own:");
    EXPECT_NE(rules.error().find(each.error), std::string::npos) << rules.error();
    EXPECT_FALSE(Policies().with_project_rules(each.toml, "own", 1));
  }
}

TEST(BranchRules, ArePartOfAPolicy) {
  const auto file = Policies::parse("[[branches]]\ndefault_branch = \"trunk\"", "file").value();
  EXPECT_EQ(file.branch_rules().default_branch("p"), "trunk");
  const auto joined = file.with_project_rules("[[branches]]\ndefault_branch = \"next\"", "own", 1).value();
  EXPECT_EQ(joined.branch_rules().default_branch("p"), "next");
}

}  // namespace
}  // namespace perftrend::triage
