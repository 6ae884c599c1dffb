// Units and directions that are stated after the first upload, on both engines.

#include "server/store/statements.h"

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
