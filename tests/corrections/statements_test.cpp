// Units and directions that are stated after the first upload, on both engines.

#include "server/store/statements.h"

#include "server/corrections/runs.h"
#include "server/corrections/series.h"
#include "server/triage/project_policies.h"
#include "tests/corrections/corrections_fixture.h"

namespace perftrend::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StatedLater : public CorrectionsTest {
 protected:
  /// Nightly run `number` with the properties of one case.
  intake::Accepted state(int number, const Properties& properties) {
    return store(nightly(number, {{"c", properties}}));
  }
  /// A bare number, and what is said of it.
  static Properties latency(double value, const std::string& unit = "", const std::string& better = "") {
    Properties said = {{"latency", fmt::format("{}", value)}};
    if (!unit.empty()) said.emplace_back("latency.unit", unit);
    if (!better.empty()) said.emplace_back("latency.better", better);
    return said;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, StatedLater, both_dialects(), dialect_name);

TEST_P(StatedLater, ASeriesWithoutAUnitTakesTheFirstThatIsStated) {
  for (int number = 0; number < 12; ++number)
    state(number, latency(quiet(number)));
  const auto first = state(12, latency(quiet(12), "ms"));
  EXPECT_EQ(first.run.points, 1);
  EXPECT_EQ(first.verdict.judged, 1U);
  EXPECT_THAT(first.run.warnings, Contains(HasSubstr("had no unit so far")));
  ASSERT_THAT(series(), SizeIs(1));
  EXPECT_EQ(series()[0].key.unit, "ms");
  EXPECT_EQ(series()[0].points, 13);
  EXPECT_THAT(state(13, latency(quiet(13), "ms")).run.warnings, IsEmpty());
  EXPECT_THAT(state(14, latency(quiet(14))).run.warnings, Contains(HasSubstr("taken to be in 'ms'")));
  expect_consistent();
}

TEST_P(StatedLater, AnotherUnitOfTheSameQuantityIsConverted) {
  for (int number = 0; number < 12; ++number)
    state(number, latency(quiet(number), "ms"));
  const auto converted = state(12, latency(0.0125, "s"));
  EXPECT_EQ(converted.run.points, 1);
  EXPECT_EQ(converted.verdict.findings.at(0).value, 12.5);
  EXPECT_EQ(values(series()[0].key.id).back(), 12.5);
  store(nightly(13, {{"c", {{"latency", "0.011 0.012 0.013"}, {"latency.unit", "s"}}}}));
  EXPECT_EQ(values(series()[0].key.id).back(), 12);
  EXPECT_EQ(series()[0].key.unit, "ms");
  expect_consistent();
}

TEST_P(StatedLater, AnotherQuantityIsRefusedAndSaysWhatToDo) {
  state(0, latency(10, "ms"));
  const auto refused = state(1, latency(10, "bytes"));
  EXPECT_EQ(refused.run.points, 0);
  EXPECT_THAT(refused.run.warnings, Contains(HasSubstr("set the unit of the series")));
}

TEST_P(StatedLater, AnExcludedFirstRunFreesTheUnit) {
  const auto wrong = state(0, latency(5, "MB")).run.id;
  ASSERT_TRUE(corrections::change_run(site(), project(), wrong, {.excluded = "wrong unit"}, alice));
  for (int number = 1; number < 14; ++number)
    EXPECT_EQ(state(number, latency(quiet(number), "ms")).run.points, 1) << number;
  ASSERT_THAT(series(), SizeIs(1));
  EXPECT_EQ(series()[0].key.unit, "ms");
  EXPECT_EQ(series()[0].points, 13);
  ASSERT_TRUE(corrections::change_run(site(), project(), wrong, {.excluded = ""}, alice));
  EXPECT_EQ(series()[0].points, 13) << "its value is of another quantity";
  expect_consistent();
}

TEST_P(StatedLater, WhatIsStatedOfAMetricHoldsForSeriesThatBeginLater) {
  store(nightly(0, {{"c", {{"score", "10"}}}}));
  const corrections::SeriesChange change = {
      .unit = "points", .values_were = std::nullopt, .better = Better::higher, .whole_metric = true};
  ASSERT_TRUE(corrections::change_series(site(), project(), series()[0].key.id, change, alice));
  auto elsewhere = nightly(1, {{"d", {{"score", "11"}}}});
  elsewhere.testbed = "another";
  const auto accepted = store(std::move(elsewhere));
  EXPECT_THAT(accepted.run.warnings, IsEmpty());
  ASSERT_THAT(series(), SizeIs(2));
  for (const auto& each : series()) {
    EXPECT_EQ(each.key.unit, "points") << each.key.key.name;
    EXPECT_EQ(each.key.better, Better::higher) << each.key.key.name;
  }
}

TEST_P(StatedLater, APolicyStatesTheUnitOfStoredAndOfNewSeries) {
  for (int number = 0; number < 3; ++number)
    store(nightly(number, {{"bare", {{"latency", "10"}}}, {"in_us", {{"latency", "10000"}, {"latency.unit", "us"}}}}));
  database().write([&](db::Connection& connection) {
    const triage::NewPolicy policy{"[[policy]]\nmetric = \"latency\"\nunit = \"milliseconds\"\n", "alice", "", {}};
    ASSERT_TRUE(triage::put_policy(connection, {}, project().id, "p", policy, 5));
  });
  store(nightly(3, {{"bare", {{"latency", "10"}}},
                    {"in_us", {{"latency", "10000"}, {"latency.unit", "us"}}},
                    {"later", {{"latency", "10"}}}}));
  ASSERT_THAT(series(), SizeIs(3));
  for (const auto& each : series()) {
    EXPECT_EQ(each.key.unit, "ms") << each.key.key.name;
    EXPECT_THAT(values(each.key.id), ::testing::Each(10)) << each.key.key.name;
  }
  expect_consistent();
}

TEST_P(StatedLater, ARunDatedYearsBeforeTheOthersIsSaidToBe) {
  for (int number = 0; number < 3; ++number)
    EXPECT_THAT(day(number, quiet(number)).run.warnings, IsEmpty());
  auto old = nightly(3, {{"c", {{"x_ms", "15"}}}});
  old.started_at = "2009-01-01T00:00:00Z";
  EXPECT_THAT(store(std::move(old)).run.warnings, Contains(HasSubstr("dated 2009-01-01T00:00:00Z, years before")));
}

TEST_P(StatedLater, AStatedDirectionReplacesAnInferredOneAndTheRecordsFollow) {
  for (int number = 0; number < 12; ++number)
    state(number, {{"score", fmt::format("{}", quiet(number, 1000))}});
  const Properties drop = {{"score", "800"}, {"score.better", "higher"}};
  for (int number = 12; number < 16; ++number)
    state(number, drop);
  EXPECT_EQ(series()[0].key.better, Better::higher);
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_TRUE(regressions()[0].record.worse);
  EXPECT_EQ(regressions()[0].record.state, FindingState::confirmed);
}

TEST_P(StatedLater, ADirectionThatContradictsAStatedOneIsSaid) {
  state(0, latency(10, "ms", "lower"));
  const auto contradicted = state(1, latency(10, "ms", "higher"));
  EXPECT_THAT(contradicted.run.warnings,
              Contains(HasSubstr("says higher is better here, but lower was stated before")));
  EXPECT_EQ(contradicted.run.points, 1);
  EXPECT_EQ(series()[0].key.better, Better::lower);
}

}  // namespace
}  // namespace perftrend::tests
