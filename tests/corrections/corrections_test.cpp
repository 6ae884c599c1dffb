// Runs and projects that are taken back, on both engines.

#include "server/store/corrections.h"

#include <thread>

#include "server/corrections/projects.h"
#include "server/corrections/runs.h"
#include "server/corrections/series.h"
#include "tests/corrections/corrections_fixture.h"

namespace perftrend::tests {
namespace {

using corrections::RunChange;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr double wrong = 100'000;

class TakeBack : public CorrectionsTest {
 protected:
  /// Twenty nightly runs at 10 ms.
  void store_history() {
    for (int number = 0; number < 20; ++number)
      day(number, quiet(number));
  }
  auto change(Id run, const RunChange& changes) {
    return corrections::change_run(site(), project(), run, changes, alice);
  }
  auto remove(Id run) { return corrections::delete_run(site(), project(), run, {"alice", "wrong unit"}); }
};

INSTANTIATE_TEST_SUITE_P(Engines, TakeBack, both_dialects(), dialect_name);

TEST_P(TakeBack, AnExcludedRunHasNoPointUntilItIsIncludedAgain) {
  store_history();
  const auto run = day(20, wrong).run.id;
  const Id id = series().at(0).key.id;
  ASSERT_THAT(regressions(), SizeIs(1));
  ASSERT_TRUE(change(run, {.excluded = "wrong unit"}));
  EXPECT_THAT(values(id), Not(Contains(wrong)));
  EXPECT_EQ(series().at(0).points, 20);
  EXPECT_EQ(regressions().at(0).record.state, FindingState::closed);
  expect_consistent();
  EXPECT_TRUE(day(20, wrong).already_there) << "the run is still there";
  ASSERT_TRUE(change(run, {.excluded = ""}));
  EXPECT_THAT(values(id), Contains(wrong));
  EXPECT_TRUE(store::is_unresolved(regressions().at(0).record.state)) << "judged again";
  expect_consistent();
  EXPECT_THAT(audit_actions("run", project().id), ElementsAre("alice included: ", "alice excluded: wrong unit"));
}

TEST_P(TakeBack, TheNextRunsAreJudgedWithoutAnExcludedLevel) {
  store_history();
  std::vector<Id> shifted;
  for (int number = 20; number < 25; ++number)
    shifted.push_back(day(number, quiet(number, 15)).run.id);
  ASSERT_EQ(regressions().at(0).record.state, FindingState::confirmed);
  for (const Id run : shifted)
    ASSERT_TRUE(change(run, {.excluded = "the fan was broken"}));
  EXPECT_EQ(regressions().at(0).record.state, FindingState::closed);
  const auto next = day(25, quiet(25));
  EXPECT_EQ(next.verdict.judged, 1U);
  EXPECT_THAT(next.verdict.findings, IsEmpty());
  expect_consistent();
}

TEST_P(TakeBack, ARunIsSuspectUntilThePersonTakesThatBack) {
  store_history();
  const auto run = day(20, wrong).run.id;
  const auto suspect = [&] { return change(run, {}).value().suspect; };
  ASSERT_TRUE(change(run, {.suspect = "a build ran at the same time"}));
  EXPECT_EQ(suspect(), "a build ran at the same time");
  EXPECT_EQ(regressions().at(0).record.state, FindingState::closed);
  EXPECT_THAT(values(series().at(0).key.id), Contains(wrong)) << "a suspect point is shown";
  ASSERT_TRUE(change(run, {.suspect_as_reported = true}));
  EXPECT_EQ(suspect(), "");
  EXPECT_TRUE(store::is_unresolved(regressions().at(0).record.state));
}

TEST_P(TakeBack, ADeletedRunLeavesNothing) {
  store_history();
  const auto run = day(20, wrong).run.id;
  day(21, quiet(21));
  const auto deleted = remove(run);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->runs, 1);
  EXPECT_EQ(deleted->documents, 1);
  EXPECT_THAT(values(series().at(0).key.id), Not(Contains(wrong)));
  EXPECT_THAT(regressions(), IsEmpty()) << "it began at the deleted run, and perftrend had closed it";
  for (const char* const table : {"document", "run_case", "run_series", "common_shift"})
    EXPECT_EQ(count(fmt::format("{} WHERE run_id = {}", table, run)), 0) << table;
  expect_consistent();
  EXPECT_THAT(audit_actions("run", project().id),
              ElementsAre(HasSubstr("alice deleted: main on t, 2026-01-21T00:00:00Z, commit c20: 1 cases, 1 points")));
  EXPECT_FALSE(remove(run)) << "it is not there any more";
  const auto again = day(20, wrong);
  EXPECT_FALSE(again.already_there);
  EXPECT_GT(again.run.id, run) << "an id never returns";
  expect_consistent();
}

TEST_P(TakeBack, ARegressionThatBeginsAtADeletedRunBeginsAtTheNext) {
  store_history();
  std::vector<Id> shifted;
  for (int number = 20; number < 28; ++number)
    shifted.push_back(day(number, quiet(number, 15)).run.id);
  ASSERT_EQ(regressions().at(0).record.first_run, shifted[0]);
  ASSERT_TRUE(remove(shifted[0]));
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions().at(0).record.first_run, shifted[1]);
  EXPECT_EQ(regressions().at(0).record.state, FindingState::confirmed);
  expect_consistent();
}

TEST_P(TakeBack, TheRecordOfAnEnvironmentEndsWithItsRuns) {
  const auto upload = [&](int number, double value, const std::string& cpu) {
    auto sent = nightly(number, {{"c", {{"x_ms", fmt::format("{}", value)}}}});
    sent.files[0].bytes.insert(
        sent.files[0].bytes.find("<testcase"),
        fmt::format("<properties><property name='environment.cpu_model' value='{}'/></properties>", cpu));
    return store(std::move(sent)).run.id;
  };
  const auto noted = [&] {
    return count(fmt::format("regression WHERE state = {}", static_cast<int>(FindingState::noted)));
  };
  for (int number = 0; number < 20; ++number)
    upload(number, quiet(number), "A");
  const auto laptop = upload(20, quiet(20, 30), "laptop");
  const auto again = upload(21, quiet(21, 30), "laptop");
  ASSERT_EQ(noted(), 1);
  for (const Id run : {laptop, again})
    ASSERT_TRUE(change(run, {.suspect = "my laptop"}));
  EXPECT_EQ(noted(), 0);
  for (const Id run : {laptop, again})
    ASSERT_TRUE(change(run, {.suspect_as_reported = true}));
  EXPECT_EQ(noted(), 1);
  for (const Id run : {laptop, again})
    ASSERT_TRUE(change(run, {.excluded = "my laptop"}));
  EXPECT_EQ(noted(), 0);
}

TEST_P(TakeBack, WhatAPersonDecidedReturnsWithTheRuns) {
  for (const auto decision : {FindingState::dismissed, FindingState::acknowledged}) {
    const std::string name = decision == FindingState::dismissed ? "dismissed" : "acknowledged";
    const int first = decision == FindingState::dismissed ? 0 : 100;
    std::vector<Id> runs;
    for (int number = first; number < first + 30; ++number) {
      auto upload =
          nightly(number, {{"c", {{"x_ms", fmt::format("{}", quiet(number % 100, number % 100 < 25 ? 10 : 13))}}}});
      upload.testbed = name;
      runs.push_back(store(std::move(upload)).run.id);
    }
    const auto record = [&] {
      auto all = regressions();
      std::erase_if(all, [&](const store::Regression& each) { return each.series.testbed != name; });
      EXPECT_THAT(all, SizeIs(1)) << name;
      return all.at(0).record;
    };
    auto decided = record();
    database().write([&](db::Connection& connection) {
      const auto before = decided.state;
      decided.state = decision;
      decided.decided_by = "alice";
      store::save_regression(connection, decided, before, 1, "");
    });
    for (const char* const reason : {"wrong", ""}) {
      for (std::size_t i = 25; i < 30; ++i)
        ASSERT_TRUE(change(runs[i], {.excluded = reason}));
    }
    EXPECT_EQ(record().state, decision) << name;
    EXPECT_EQ(record().first_run, runs[25]) << name;
  }
}

/// Nightly run of twenty cases that move together.
class CommonShifts : public TakeBack {
 protected:
  Id together(int number, double level) {
    std::vector<Case> cases;
    for (int i = 0; i < 20; ++i)
      cases.push_back({fmt::format("c{}", i), {{"x_ms", fmt::format("{}", quiet(number + 3 * i, level))}}});
    return store(nightly(number, cases)).run.id;
  }
  std::vector<Id> store_shift() {
    std::vector<Id> runs;
    for (int number = 0; number < 25; ++number)
      runs.push_back(together(number, number < 20 ? 10 : 13));
    return runs;
  }
  std::int64_t open_findings() {
    return read([&](db::Connection& connection) { return store::find_project(connection, "p")->open_regressions; });
  }
  void exclude_and_include(Id run) {
    ASSERT_TRUE(change(run, {.excluded = "x"}));
    EXPECT_EQ(open_findings(), 1);
    ASSERT_TRUE(change(run, {.excluded = ""}));
    EXPECT_EQ(open_findings(), 1);
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, CommonShifts, both_dialects(), dialect_name);

TEST_P(CommonShifts, StayOneFindingWhenARunIsExcludedAndIncluded) {
  const auto runs = store_shift();
  ASSERT_EQ(open_findings(), 1);
  for (const std::size_t run : {19U, 20U, 21U, 22U})
    exclude_and_include(runs[run]);
}

TEST_P(CommonShifts, StayOneFindingWhenTheFirstRunIsDeleted) {
  const auto runs = store_shift();
  ASSERT_TRUE(remove(runs[20]));
  EXPECT_EQ(open_findings(), 1);
  ASSERT_TRUE(remove(runs[21]));
  EXPECT_EQ(open_findings(), 1);
}

TEST_P(CommonShifts, StayOneFindingWhenARunIsSuspectForAWhile) {
  const auto runs = store_shift();
  ASSERT_TRUE(change(runs[20], {.suspect = "x"}));
  EXPECT_EQ(open_findings(), 1);
  ASSERT_TRUE(change(runs[20], {.suspect_as_reported = true}));
  EXPECT_EQ(open_findings(), 1);
}

TEST_P(CommonShifts, StayOneFindingAfterARestartThatIsTakenBack) {
  const auto runs = store_shift();
  ASSERT_TRUE(corrections::restart_baseline(site(), project(), runs[20], 0, alice));
  ASSERT_TRUE(corrections::take_restart_back(site(), project(), runs[20], 0, alice));
  EXPECT_EQ(open_findings(), 1);
}

TEST_P(CommonShifts, StayOneFindingWhileUploadsAndCorrectionsTakeTurns) {
  const auto runs = store_shift();
  std::thread corrector([&] {
    for (const std::size_t run : {20U, 21U, 19U, 22U, 20U}) {
      EXPECT_TRUE(change(runs[run], {.excluded = "x"}));
      EXPECT_TRUE(change(runs[run], {.excluded = ""}));
    }
  });
  for (int number = 25; number < 35; ++number)
    together(number, 13);
  corrector.join();
  EXPECT_EQ(open_findings(), 1);
}

TEST_P(TakeBack, AWrongFirstUploadDoesNotKeepItsSeries) {
  const auto first = store(nightly(0, {{"c", {{"x", "5"}, {"x.unit", "bytes"}}}, {"odd", {{"y_ms", "1"}}}})).run.id;
  ASSERT_THAT(series(), SizeIs(2));
  const auto deleted = remove(first);
  EXPECT_EQ(deleted->series, 2);
  EXPECT_THAT(series(), IsEmpty());
  store(nightly(1, {{"c", {{"x", "5"}, {"x.unit", "ms"}}}}));
  EXPECT_EQ(series().at(0).key.unit, "ms");
  expect_consistent();
}

TEST_P(TakeBack, ARunOfManySeriesIsCorrectedInSmallTransactions) {
  std::vector<Case> cases;
  for (int i = 0; i < 250; ++i)
    cases.push_back({fmt::format("c{}", i), {{"x_ms", "1 2 3"}}});
  store(nightly(0, cases));
  const auto run = store(nightly(1, cases)).run.id;
  ASSERT_TRUE(change(run, {.excluded = "wrong"}));
  EXPECT_EQ(count("series WHERE points = 1"), 250);
  expect_consistent();
  ASSERT_TRUE(change(run, {.excluded = ""}));
  EXPECT_EQ(count("series WHERE points = 2"), 250);
  ASSERT_TRUE(remove(run));
  EXPECT_EQ(count("series WHERE points = 1"), 250);
  EXPECT_EQ(count("sample"), 250);
  expect_consistent();
}

TEST_P(TakeBack, RefusesWhatIsNotThere) {
  store_history();
  EXPECT_EQ(change(999, {.excluded = "x"}).error().kind, corrections::CorrectionRefusal::Kind::not_found);
  EXPECT_EQ(remove(999).error().kind, corrections::CorrectionRefusal::Kind::not_found);
  EXPECT_EQ(change(1, {.excluded = std::string(corrections::note_bytes_max + 1, 'x')}).error().kind,
            corrections::CorrectionRefusal::Kind::bad_request);
}

TEST_P(TakeBack, UploadsGoOnWhileRunsAreCorrected) {
  store_history();
  std::thread uploads([&] {
    for (int number = 20; number < 60; ++number)
      day(number, quiet(number));
  });
  for (Id run = 1; run <= 20; ++run)
    EXPECT_TRUE(run % 2 == 0 ? change(run, {.excluded = "x"}).has_value() : remove(run).has_value());
  uploads.join();
  EXPECT_EQ(series().at(0).points, 40);
  expect_consistent();
}

TEST_P(TakeBack, ADeletedProjectLeavesNothingAndItsNameIsFree) {
  store_history();
  day(0, 1, "other");
  const auto doomed = project();
  const auto deleted = corrections::delete_project(site(), doomed, alice);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->runs, 20);
  EXPECT_EQ(deleted->points, 20);
  for (const char* const table : {"run", "series", "test_case", "environment", "regression", "audit", "policy"})
    EXPECT_EQ(count(fmt::format("{} WHERE project_id = {}", table, doomed.id)), 0) << table;
  EXPECT_EQ(count("project"), 1);
  EXPECT_THAT(audit_actions("project", 0), ElementsAre("alice deleted: p: 20 runs, 1 series, 20 points"));
  expect_consistent();
  day(0, quiet(0));
  EXPECT_EQ(series().at(0).points, 1);
  EXPECT_EQ(series("other").at(0).points, 1);
  expect_consistent();
}

TEST_P(TakeBack, AnInterruptedDeletionIsFinishedLater) {
  store_history();
  const auto doomed = project();
  database().write([&](db::Connection& connection) {
    store::hide_project(connection, doomed.id);
    store::delete_project_rows(connection, doomed.id, 3);
  });
  EXPECT_THAT(read([](db::Connection& connection) { return store::list_projects(connection); }), IsEmpty());
  day(0, quiet(0));
  EXPECT_EQ(corrections::finish_deletions(database()), 1);
  EXPECT_EQ(count("run"), 1);
  expect_consistent();
}

TEST_P(TakeBack, ARenamedProjectHasItsHistory) {
  store_history();
  day(0, 1, "taken");
  EXPECT_EQ(corrections::rename_project(site(), project(), "taken", alice).error().kind,
            corrections::CorrectionRefusal::Kind::conflict);
  ASSERT_TRUE(corrections::rename_project(site(), project(), "q", alice));
  EXPECT_EQ(day(20, wrong, "q").verdict.findings.size(), 1U);
  EXPECT_EQ(series("q").at(0).points, 21);
  EXPECT_EQ(project().id, 0);
}

}  // namespace
}  // namespace perftrend::tests
