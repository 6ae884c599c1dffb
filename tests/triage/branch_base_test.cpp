// Runs on short-lived branches and the base that they are judged against, on both engines.

#include "server/triage/branch_base.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/corrections/names.h"
#include "server/corrections/series.h"
#include "server/store/commits.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/triage/project_policies.h"
#include "tests/triage/branches_fixture.h"

namespace perftrend::triage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* full = "0123456789abcdef0123456789abcdef01234567";

class BranchBaseTest : public tests::BranchesFixture {};

INSTANTIATE_TEST_SUITE_P(Engines, BranchBaseTest, tests::both_dialects(), tests::dialect_name);

TEST_P(BranchBaseTest, ABranchIsJudgedAgainstItsBaseUpToTheMergeBase) {
  quiet_days(0, 12);
  quiet_days(12, 24, "main", 1.3);  // main gets slower after the merge base
  struct Case {
    std::string name, base_commit;
    double factor;
    Verdict verdict;  ///< ok: no finding
    std::string note;
  };
  for (const auto& each :
       std::vector<Case>{{"as the merge base", "c11", 1, Verdict::ok, "up to the merge base, run 12 (commit c11)"},
                         {"slower than the merge base", "c11", 1.3, Verdict::regressed, "up to the merge base, run 12"},
                         {"as main now", "", 1.3, Verdict::ok, "Judged against main up to run 24 (commit c23)."},
                         {"faster than main now", "", 1, Verdict::improved, "Judged against main up to run 24"},
                         {"an unknown merge base", "nowhere", 1.3, Verdict::ok,
                          "The stated base commit nowhere has no run there."}}) {
    const auto accepted = upload({.day = 30,
                                  .value = each.factor * quiet(30),
                                  .branch = "topic/" + each.name,
                                  .commit = each.name,
                                  .base_commit = each.base_commit});
    ASSERT_TRUE(accepted.verdict.base) << each.name;
    EXPECT_THAT(accepted.verdict.base->note, HasSubstr(each.note)) << each.name;
    ASSERT_THAT(accepted.verdict.findings, SizeIs(each.verdict == Verdict::ok ? 0 : 1)) << each.name;
    if (each.verdict != Verdict::ok) {
      EXPECT_EQ(accepted.verdict.findings[0].verdict, each.verdict) << each.name;
    }
  }
  EXPECT_EQ(count("regression r JOIN series s ON s.id = r.series_id WHERE s.branch <> 'main'"), 0);
}

TEST_P(BranchBaseTest, AFreshChangeOfTheBaseIsNotTheBranchs) {
  struct Case {
    std::string name, base_commit, commit;
    double factor;
    Verdict verdict;  ///< ok: no finding
    bool by_flagged_level;
  };
  const std::vector<Case> cases = {
      {"at the merge base", "c13", "", 1.3, Verdict::ok, true},
      {"at an unknown merge base", "", "", 1.3, Verdict::ok, true},
      {"before the change", "c11", "", 1.3, Verdict::regressed, false},
      {"much slower", "c13", "", 1.7, Verdict::regressed, true},
      {"as before the change", "c13", "", 1, Verdict::ok, false},
      {"halfway", "c13", "", 1.15, Verdict::regressed, false},
      {"faster", "c13", "", 0.8, Verdict::improved, false},
      {"a tag", "", "c13", 1.3, Verdict::ok, true},
  };
  quiet_days(0, 12);
  for (int day = 12; day < 14; ++day) {  // suspected, not confirmed
    upload({.day = day, .value = 1.3 * quiet(day)});
    for (const auto& each : cases) {
      if (day == 12 && each.base_commit == "c13") continue;
      const auto accepted = upload({.day = day + 1,
                                    .value = each.factor * quiet(day + 1),
                                    .branch = fmt::format("topic/{}/{}", each.name, day),
                                    .commit = each.commit.empty() ? "head" : each.commit,
                                    .base_commit = each.base_commit});
      SCOPED_TRACE(fmt::format("{}, day {}", each.name, day));
      ASSERT_THAT(accepted.verdict.findings, SizeIs(each.verdict == Verdict::ok ? 0 : 1));
      if (each.verdict != Verdict::ok) {
        EXPECT_EQ(accepted.verdict.findings[0].verdict, each.verdict);
      }
      ASSERT_TRUE(accepted.verdict.base);
      EXPECT_EQ(accepted.verdict.base->note.find("main itself changed lately") != std::string::npos,
                each.by_flagged_level)
          << accepted.verdict.base->note;
    }
  }
}

TEST_P(BranchBaseTest, AnAbbreviatedCommitIsTheSameCommit) {
  struct Case {
    std::string name, measured, stated;
    bool found;
  };
  const std::string commit = full;
  for (const auto& each : std::vector<Case>{{"in full", commit, commit, true},
                                            {"stated short", commit, commit.substr(0, 7), true},
                                            {"measured short", commit.substr(0, 10), commit, true},
                                            {"both short", commit.substr(0, 10), commit.substr(0, 8), true},
                                            {"too short", commit, commit.substr(0, 6), false}}) {
    const std::string base = "release/" + each.name;  // long-lived
    for (int day = 0; day < 12; ++day)
      upload({.day = day, .value = quiet(day), .branch = base, .commit = day == 11 ? each.measured : ""});
    const auto accepted = upload({.day = 20,
                                  .value = quiet(20),
                                  .branch = "topic/" + each.name,
                                  .commit = each.name,
                                  .base_branch = base,
                                  .base_commit = each.stated});
    ASSERT_TRUE(accepted.verdict.base) << each.name;
    EXPECT_EQ(accepted.verdict.base->is_merge_base, each.found) << each.name << ": " << accepted.verdict.base->note;
  }
}

TEST_P(BranchBaseTest, AShortCommitThatBeginsSeveralCommitsIsAmbiguous) {
  const std::string one = full, other = one.substr(0, 9) + std::string(31, 'f');
  upload({.day = 0, .commit = one});
  upload({.day = 1, .commit = other});
  upload({.day = 2, .commit = one.substr(0, 12)});
  upload({.day = 3, .commit = one.substr(0, 8)});
  database().read([&](db::Connection& connection) {
    const auto spellings = [&](const std::string& commit) { return store::find_spellings(connection, 1, commit).all; };
    EXPECT_THAT(spellings(one), UnorderedElementsAre(one, one.substr(0, 12)));
    EXPECT_THAT(spellings(other), ElementsAre(other));
    EXPECT_THAT(spellings(one.substr(0, 10)), UnorderedElementsAre(one.substr(0, 10), one.substr(0, 12), one));
    EXPECT_THAT(spellings(one.substr(0, 7)), ElementsAre(one.substr(0, 7)));
    EXPECT_THAT(store::find_spellings(connection, 1, one.substr(0, 7)).ambiguous, SizeIs(4));
    EXPECT_THAT(spellings("c"), ElementsAre("c"));
    const auto runs_of = [&](const std::string& commit) {
      store::RunFilter filter;
      filter.commit = commit;
      return store::list_runs(connection, 1, filter).size();
    };
    EXPECT_EQ(runs_of(one), 2U);
    EXPECT_EQ(runs_of(one.substr(0, 10)), 2U);
    EXPECT_EQ(runs_of(other), 1U);
    EXPECT_EQ(runs_of("nowhere"), 0U);
  });
}

TEST_P(BranchBaseTest, PartsOfARunMayStateTheCommitInFullOrShort) {
  const std::string commit = full;
  const auto first = upload({.day = 0, .commit = commit.substr(0, 9)});
  EXPECT_EQ(upload({.day = 0, .commit = commit, .metric = "other"}).run_id, first.run_id);
  database().read(
      [&](db::Connection& connection) { EXPECT_EQ(store::list_runs(connection, 1, {}).at(0).commit, commit); });
}

TEST_P(BranchBaseTest, ABaseInAnotherUnitOfTheSameQuantityIsConverted) {
  quiet_days(0, 12);
  corrections::SeriesChange change;
  change.unit = "us";
  ASSERT_TRUE(corrections::change_series({database(), policies()}, {1, "p"}, 1, change, {"ann", ""}));
  forget_cache();
  struct Case {
    std::string name;
    double value;
    std::string unit;
    std::size_t judged, findings;
    std::string warning;  ///< a part of one; "": none
  };
  for (const auto& each : std::vector<Case>{{"as the base", quiet(20), "ms", 1, 0, ""},
                                            {"slower", 1.3 * quiet(20), "ms", 1, 1, ""},
                                            {"another quantity", quiet(20), "bytes", 0, 0,
                                             "another quantity, for example latency of a in 'us' there"}}) {
    const auto accepted = upload(
        {.day = 20, .value = each.value, .branch = "topic/" + each.name, .commit = each.name, .unit = each.unit});
    EXPECT_EQ(accepted.verdict.judged, each.judged) << each.name;
    ASSERT_THAT(accepted.verdict.findings, SizeIs(each.findings)) << each.name;
    if (each.warning.empty()) {
      EXPECT_THAT(accepted.run.warnings, IsEmpty()) << each.name;
    } else {
      EXPECT_THAT(accepted.run.warnings, Contains(HasSubstr(each.warning))) << each.name;
    }
    if (each.findings == 0) continue;
    const auto& finding = accepted.verdict.findings[0];
    EXPECT_NEAR(finding.effect, 0.3, 0.02);
    EXPECT_NEAR(finding.baseline, 100, 1) << "in the unit of the branch";
    database().read([&](db::Connection& connection) {
      const auto stored = find_verdict(connection, policies(), 1, "p", accepted.run_id);
      ASSERT_THAT(stored.findings, SizeIs(1));
      EXPECT_EQ(stored.findings[0].explanation, finding.explanation);
      const auto long_lived = find_long_lived(connection, policies(), 1, "p");
      const auto series = *store::find_series(connection, 1, finding.series.id);
      const auto trend = points::read_trend(connection, series.id, 10);
      const auto judged = judge_trend(connection, long_lived, 1, series, trend, finding.policy);
      EXPECT_EQ(judged.history.points.at(0).verdict, Verdict::regressed) << "in the plot";
    });
  }
}

TEST_P(BranchBaseTest, ARenamedBranchStaysTheBaseOfOthers) {
  quiet_days(0, 12);
  ASSERT_TRUE(
      corrections::rename({database(), policies()}, {1, "p"}, store::NameKind::branch, "main", "trunk", {"ann", ""}));
  forget_cache();
  const auto accepted =
      upload({.day = 20, .value = 1.3 * quiet(20), .branch = "topic", .commit = "t", .base_branch = "refs/heads/main"});
  ASSERT_TRUE(accepted.verdict.base);
  EXPECT_EQ(accepted.verdict.base->branch, "trunk");
  EXPECT_THAT(accepted.verdict.findings, SizeIs(1));
}

TEST_P(BranchBaseTest, ABranchRenamesNoCaseOfTheProject) {
  quiet_days(0, 12);
  const auto body = [](double value) {
    return fmt::format(
        "<testsuite name='s'><testcase classname='k' name='a2'><properties><property name='latency' "
        "value='{}'/><property name='latency.unit' value='ms'/><property name='perftrend.was' value='a'/>"
        "</properties></testcase></testsuite>",
        value);
  };
  const auto accepted = upload({.day = 20, .branch = "topic", .commit = "t", .body = body(1.3 * quiet(20))});
  EXPECT_THAT(accepted.verdict.findings, SizeIs(1)) << "judged by the history of the case";
  EXPECT_THAT(accepted.run.warnings, ElementsAre(HasSubstr("a2 is filed as a on this branch")));
  EXPECT_EQ(count("test_case WHERE name = 'a'"), 1);
  EXPECT_EQ(count("test_case WHERE name = 'a2'"), 0);
  upload({.day = 21, .body = body(quiet(21))});
  EXPECT_EQ(count("test_case WHERE name = 'a2'"), 1) << "main reports the new name";
  EXPECT_EQ(count("test_case"), 1);
}

}  // namespace
}  // namespace perftrend::triage
