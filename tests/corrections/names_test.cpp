// Renames with history, series corrections, restarts and redaction, on both engines.

#include "server/corrections/names.h"

#include "server/corrections/lanes.h"
#include "server/corrections/redaction.h"
#include "server/corrections/runs.h"
#include "server/corrections/series.h"
#include "server/store/names.h"
#include "tests/corrections/corrections_fixture.h"

namespace perftrend::tests {
namespace {

using corrections::CorrectionRefusal;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Corrected : public CorrectionsTest {
 protected:
  static CaseKey key(const std::string& name) { return {"s", "k", name}; }
  intake::Accepted nightly_of(int number, const std::string& name, double value) {
    return store(nightly(number, {{name, {{"x_ms", fmt::format("{}", value)}}}}));
  }
  auto rename_case(const std::string& was, const std::string& name) {
    return corrections::rename_case(site(), project(), key(was), key(name), alice);
  }
  auto rename_testbed(const std::string& was, const std::string& name) {
    return corrections::rename(site(), project(), store::NameKind::testbed, was, name, alice);
  }
  intake::Accepted on_testbed(int number, const std::string& testbed, double value) {
    auto upload = nightly(number, {{"c", {{"x_ms", fmt::format("{}", value)}}}});
    upload.testbed = testbed;
    return store(std::move(upload));
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& each : series())
      found.push_back(fmt::format("{} {} {}: {}", each.key.key.name, each.key.metric, each.key.testbed, each.points));
    return found;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, Corrected, both_dialects(), dialect_name);

TEST_P(Corrected, ARenamedCaseIsJudgedByItsHistory) {
  for (int number = 0; number < 20; ++number)
    store(nightly(number, {{"decode", {{"x_ms", fmt::format("{}", quiet(number))}, {"y_ms[P 0]", "5"}}}}));
  const auto renamed = rename_case("decode", "decode_v2");
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->cases, 2) << "with its label";
  EXPECT_EQ(renamed->joined, 0);
  const auto next = nightly_of(20, "decode_v2", 15);
  EXPECT_EQ(next.verdict.judged, 1U);
  EXPECT_THAT(next.verdict.findings, SizeIs(1));
  EXPECT_EQ(nightly_of(21, "decode", 10).verdict.judged, 1U) << "the former name leads there too";
  EXPECT_THAT(names(), ElementsAre("decode_v2 x_ms t: 22", "decode_v2[P 0] y_ms t: 20"));
  EXPECT_EQ(rename_case("decode", "decode_v2")->cases, 0) << "again: nothing to do";
  ASSERT_TRUE(rename_case("decode_v2", "decode")) << "and back";
  EXPECT_THAT(names(), ElementsAre("decode x_ms t: 22", "decode[P 0] y_ms t: 20"));
  expect_consistent();
}

TEST_P(Corrected, ARenameToACaseWithAHistoryJoinsBothInTheOrderOfTime) {
  for (int number = 0; number < 12; ++number)
    nightly_of(number, "decode", quiet(number));
  for (int number = 12; number < 15; ++number)
    nightly_of(number, "decode_v2", quiet(number));
  store(nightly(15, {{"decode", {{"x_ms", "1"}}}, {"decode_v2", {{"x_ms", "2"}}}}));
  const auto renamed = rename_case("decode", "decode_v2");
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->joined, 1);
  EXPECT_EQ(renamed->points_removed, 1);
  ASSERT_THAT(names(), ElementsAre("decode_v2 x_ms t: 16"));
  EXPECT_EQ(values(series()[0].key.id).back(), 1) << "the point of the old name stays";
  EXPECT_EQ(nightly_of(16, "decode_v2", quiet(16)).verdict.judged, 1U);
  const auto both = store(nightly(17, {{"decode", {{"x_ms", "1"}}}, {"decode_v2", {{"x_ms", "2"}}}}));
  EXPECT_EQ(both.run.points, 1);
  EXPECT_THAT(both.run.warnings, Contains(HasSubstr("only the first is a point")));
  EXPECT_EQ(count("test_case"), 1);
  expect_consistent();
}

TEST_P(Corrected, SeriesOfDifferentQuantitiesAreNotJoined) {
  store(nightly(0, {{"a", {{"x", "1"}, {"x.unit", "ms"}}}, {"b", {{"x", "1"}, {"x.unit", "bytes"}}}}));
  EXPECT_EQ(rename_case("a", "b").error().kind, CorrectionRefusal::Kind::conflict);
  EXPECT_THAT(names(), SizeIs(2)) << "nothing was changed";
  EXPECT_EQ(rename_case("absent", "b").error().kind, CorrectionRefusal::Kind::not_found);
  EXPECT_EQ(rename_case("a", "a").error().kind, CorrectionRefusal::Kind::bad_request);
}

TEST_P(Corrected, APatternRenamesManyCases) {
  store(nightly(0, {{"old/a", {{"x_ms", "1"}}}, {"old/b", {{"x_ms", "2"}}}, {"other", {{"x_ms", "3"}}}}));
  const auto renamed = corrections::rename_cases(site(), project(), {"", "", "old/*"}, {"", "", "new/*"}, alice);
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->cases, 2);
  EXPECT_THAT(names(), ElementsAre("new/a x_ms t: 1", "new/b x_ms t: 1", "other x_ms t: 1"));
  EXPECT_EQ(store(nightly(1, {{"old/a", {{"x_ms", "1"}}}})).run.points, 1);
  EXPECT_THAT(names(), ElementsAre("new/a x_ms t: 2", "new/b x_ms t: 1", "other x_ms t: 1"));
}

TEST_P(Corrected, ARenamedTestbedKeepsItsHistory) {
  for (int number = 0; number < 12; ++number)
    on_testbed(number, "runner-1", quiet(number));
  on_testbed(12, "runner-2", quiet(12));
  const auto renamed = rename_testbed("runner-1", "runner-2");
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->joined, 1);
  EXPECT_THAT(names(), ElementsAre("c x_ms runner-2: 13"));
  EXPECT_EQ(on_testbed(13, "runner-1", quiet(13)).run.testbed, "runner-2");
  EXPECT_TRUE(on_testbed(0, "runner-1", quiet(0)).already_there) << "the same upload is the same run";
  ASSERT_TRUE(rename_testbed("runner-2", "runner-3"));
  EXPECT_EQ(on_testbed(14, "runner-1", 20).verdict.findings.size(), 1U) << "former names follow";
  EXPECT_EQ(rename_testbed("absent", "x").error().kind, CorrectionRefusal::Kind::not_found);
  expect_consistent();
}

TEST_P(Corrected, ARenamedBranchIsStillTheDefault) {
  for (int number = 0; number < 12; ++number)
    day(number, quiet(number));
  ASSERT_TRUE(corrections::rename(site(), project(), store::NameKind::branch, "main", "trunk", alice));
  auto next = nightly(12, {{"c", {{"x_ms", "20"}}}});
  next.branch = "trunk";
  EXPECT_EQ(store(std::move(next)).verdict.findings.size(), 1U);
  EXPECT_EQ(day(13, quiet(13)).run.branch, "trunk");
}

TEST_P(Corrected, ARenamedMetricKeepsItsHistory) {
  for (int number = 0; number < 12; ++number)
    day(number, quiet(number));
  ASSERT_TRUE(corrections::rename(site(), project(), store::NameKind::metric, "x_ms", "latency_ms", alice));
  EXPECT_EQ(day(12, 20).verdict.findings.size(), 1U);
  EXPECT_THAT(names(), ElementsAre("c latency_ms t: 13"));
}

TEST_P(Corrected, AUnitOfThePersonConvertsWhatIsStored) {
  for (int number = 0; number < 12; ++number)
    store(nightly(number, {{"c", {{"x", fmt::format("{}", quiet(number))}, {"x.unit", "s"}}}}));
  const Id id = series()[0].key.id;
  const auto change = [&](const corrections::SeriesChange& changes) {
    return corrections::change_series(site(), project(), id, changes, alice);
  };
  ASSERT_TRUE(change({.unit = "ms"}));
  const auto first = values(id).front();
  EXPECT_NEAR(first, 1000 * quiet(0), 1e-6);
  ASSERT_TRUE(change({.unit = "ms", .values_were = "us"})) << "they were microseconds all the time";
  EXPECT_NEAR(values(id).front(), quiet(0), 1e-6);
  EXPECT_EQ(change({.unit = "bytes"}).error().kind, CorrectionRefusal::Kind::bad_request);
  ASSERT_TRUE(change({.unit = "bytes", .values_were = "kb"}));
  EXPECT_EQ(series()[0].key.unit, "bytes");
  ASSERT_TRUE(change({.better = Better::higher}));
  EXPECT_EQ(series()[0].key.better, Better::higher);
  EXPECT_THAT(audit_actions("series", project().id), Contains(HasSubstr("values multiplied by 1000")));
  EXPECT_EQ(corrections::change_series(site(), project(), 999, {.unit = "ms"}, alice).error().kind,
            CorrectionRefusal::Kind::not_found);
  expect_consistent();
}

TEST_P(Corrected, ADirectionOfThePersonTurnsTheRecords) {
  for (int number = 0; number < 16; ++number)
    store(nightly(number, {{"c", {{"x", fmt::format("{}", number < 12 ? quiet(number) : quiet(number, 15))}}}}));
  ASSERT_TRUE(regressions().at(0).record.worse);
  ASSERT_TRUE(corrections::change_series(site(), project(), series()[0].key.id, {.better = Better::higher}, alice));
  for (const auto& each : regressions())
    EXPECT_EQ(store::is_open(each.record.state), !each.record.worse);
}

TEST_P(Corrected, ARestartedBaselineForgetsWhatWasBefore) {
  Id shifted = 0;
  for (int number = 0; number < 24; ++number) {
    const auto run = day(number, number < 12 ? quiet(number) : quiet(number, 15)).run.id;
    if (number == 12) shifted = run;
  }
  ASSERT_EQ(regressions().at(0).record.state, FindingState::confirmed);
  ASSERT_TRUE(corrections::restart_baseline(site(), project(), shifted, 0, {"alice", "a new model"}));
  EXPECT_FALSE(store::is_open(regressions().at(0).record.state));
  EXPECT_THAT(day(24, quiet(24, 15)).verdict.findings, IsEmpty());
  ASSERT_TRUE(corrections::take_restart_back(site(), project(), shifted, 0, alice));
  EXPECT_TRUE(store::is_open(regressions().at(0).record.state));
  EXPECT_EQ(corrections::restart_baseline(site(), project(), 999, 0, alice).error().kind,
            CorrectionRefusal::Kind::not_found);
  EXPECT_EQ(corrections::restart_baseline(site(), project(), shifted, 999, alice).error().kind,
            CorrectionRefusal::Kind::not_found);
}

TEST_P(Corrected, ADeletedBranchLeavesTheOthers) {
  for (int number = 0; number < 5; ++number) {
    day(number, quiet(number));
    auto upload = nightly(number, {{"c", {{"x_ms", "1 2 3"}}}});
    upload.branch = "feature/x";
    store(std::move(upload));
  }
  const auto deleted = corrections::delete_runs(site(), project(), {"", "feature/x"}, alice);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->runs, 5);
  EXPECT_EQ(deleted->series, 1);
  EXPECT_THAT(names(), ElementsAre("c x_ms t: 5"));
  EXPECT_EQ(count("sample"), 0);
  EXPECT_EQ(corrections::delete_runs(site(), project(), {"", "feature/x"}, alice).error().kind,
            CorrectionRefusal::Kind::not_found);
  EXPECT_EQ(corrections::delete_runs(site(), project(), {}, alice).error().kind, CorrectionRefusal::Kind::bad_request);
  expect_consistent();
}

TEST_P(Corrected, ADeletedSeriesBeginsAgainWithTheNextUpload) {
  for (int number = 0; number < 20; ++number)
    day(number, quiet(number));
  day(20, 100);
  ASSERT_TRUE(corrections::delete_series(site(), project(), series()[0].key.id, alice));
  EXPECT_THAT(series(), IsEmpty());
  EXPECT_THAT(regressions(), IsEmpty());
  expect_consistent();
  day(21, quiet(21));
  EXPECT_THAT(names(), ElementsAre("c x_ms t: 1"));
  expect_consistent();
}

TEST_P(Corrected, RedactedBytesAreGone) {
  auto upload = nightly(0, {{"c", {{"x_ms", "1"}}}});
  upload.files[0].bytes =
      "<testsuite name='s'><testcase name='c' time='1'><failure message='hunter2-hunter2'/></testcase>"
      "</testsuite>";
  const auto run = store(std::move(upload)).run.id;
  EXPECT_EQ(corrections::redact(site(), project(), run, {.document = 7, .case_ordinal = {}}, alice).error().kind,
            CorrectionRefusal::Kind::not_found);
  database().write([&](db::Connection& connection) {
    connection.execute("UPDATE run SET warnings_json = '[\"a secret line\"]' WHERE id = $1", {run});
  });
  const auto redacted = corrections::redact(site(), project(), run, {}, {"alice", "a password"});
  ASSERT_TRUE(redacted);
  EXPECT_EQ(count("run WHERE warnings_json LIKE '%secret%'"), 0);
  EXPECT_EQ(redacted->documents, 1);
  EXPECT_EQ(redacted->messages, 1);
  EXPECT_EQ(count("run_case WHERE message LIKE '%hunter2%'"), 0);
  EXPECT_EQ(count("document WHERE length(body_zstd) > 0"), 0);
  EXPECT_EQ(count("document WHERE redacted = 'alice: a password'"), 1);
  expect_consistent();
}

}  // namespace
}  // namespace perftrend::tests
