// What the store hands back of what it was given. The way of a whole upload is tested in intake/.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text/sha256.h"
#include "server/store/audit.h"
#include "server/store/policies.h"
#include "server/store/projects.h"
#include "server/store/quarantine.h"
#include "server/store/regressions.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/store/tokens.h"
#include "tests/support/database_under_test.h"
#include "tests/support/inserted_run.h"

namespace perftrend::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  static MetricValue metric_value(const std::string& name, const std::string& metric, std::vector<double> samples) {
    MetricValue made;
    made.key = {"suite", "class", name};
    made.metric = metric;
    made.unit = "ms";
    made.value = samples.at(samples.size() / 2);
    made.min = samples.at(0);
    made.samples = samples;
    return made;
  }

  /// What an upload stores, without its verdict.
  tests::InsertedRun insert(std::int64_t at_us, const std::vector<MetricValue>& metrics,
                            const std::string& testbed = "t", const std::vector<Property>& environment = {}) {
    Coordinates where;
    where.branch = "main";
    where.testbed = testbed;
    where.commit = fmt::format("c{}", at_us);
    where.started_us = at_us;
    where.environment = environment;
    const Counts counts{2, 1, 1, 0, 0, 0, 3, 1.5};
    const std::vector<ReportCase> cases = {
        {{"suite", "class", "a"}, CaseStatus::passed, 0.5, {}, {}, "", "", 1, 2},
        {{"suite", "class", "b"}, CaseStatus::failed, std::nullopt, {}, {}, "because", "", 0, 0}};
    const std::vector<std::string> warnings = {"careful"};
    const std::string identity = fmt::format("{}-{}", at_us, testbed);
    const std::vector<Document> documents = {{"a.xml", "application/xml", 3, "abc"}, {"b.xml", "", 0, ""}};
    const NewRun run = {.project = "p",
                        .coordinates = where,
                        .at_us = at_us,
                        .received_us = at_us + 1,
                        .identity = identity,
                        .content_sha256 = identity,
                        .counts = counts,
                        .cases = cases,
                        .metrics = metrics,
                        .warnings = warnings,
                        .documents = documents};
    return tests::insert_run(*database_, run);
  }

  void read(const db::Database::Work& work) { database_->read(work); }
  void write(const db::Database::Work& work) { database_->write(work); }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, tests::both_dialects(), tests::dialect_name);

TEST_P(StoreTest, ARunComesBackAsItWasGiven) {
  const auto inserted = insert(5, {metric_value("a", "x_ms", {1.25, 2.5, 0.1}), metric_value("a", "y_ms", {7})});
  read([&](db::Connection& connection) {
    const auto run = find_run(connection, inserted.project, inserted.run);
    ASSERT_TRUE(run);
    EXPECT_EQ(run->commit, "c5");
    EXPECT_EQ(run->counts.properties, 3);
    EXPECT_EQ(run->counts.time_seconds, 1.5);
    EXPECT_EQ(run->points, 2);
    EXPECT_THAT(run->warnings, ElementsAre("careful"));
    const auto cases = list_run_cases(connection, inserted.run, std::nullopt, -1, 10);
    ASSERT_THAT(cases, SizeIs(2));
    EXPECT_EQ(cases[0].time_seconds, 0.5);
    EXPECT_EQ(cases[0].flaky, 1);
    EXPECT_EQ(cases[0].reruns, 2);
    EXPECT_EQ(cases[1].status, CaseStatus::failed);
    EXPECT_EQ(cases[1].time_seconds, std::nullopt);
    EXPECT_EQ(cases[1].message, "because");
    EXPECT_THAT(list_run_cases(connection, inserted.run, CaseStatus::failed, -1, 10), SizeIs(1));
    EXPECT_THAT(list_run_cases(connection, inserted.run, std::nullopt, 0, 10), SizeIs(1));
    const auto points = list_run_points(connection, inserted.run);
    ASSERT_THAT(points, SizeIs(2));
    EXPECT_THAT(points[0].samples, ElementsAre(1.25, 2.5, 0.1));
    EXPECT_THAT(points[1].samples, ElementsAre(7));
    EXPECT_THAT(list_documents(connection, inserted.run), SizeIs(2));
    EXPECT_EQ(find_document(connection, inserted.run, 0)->body_zstd, "abc");
    EXPECT_EQ(find_document(connection, inserted.run, 1)->name, "b.xml");
    EXPECT_FALSE(find_document(connection, inserted.run, 2));
    EXPECT_EQ(find_run(connection, inserted.project + 1, inserted.run), std::nullopt);
  });
}

TEST_P(StoreTest, ARunHasThePointsOfItsOwnSeriesAlone) {
  const auto first = insert(5, {metric_value("a", "x_ms", {1, 2, 3}), metric_value("b", "x_ms", {7})});
  const auto second = insert(5, {metric_value("b", "x_ms", {8}), metric_value("c", "x_ms", {9})}, "t2");
  const auto third = insert(6, {metric_value("c", "x_ms", {4}), metric_value("a", "x_ms", {5})});
  const auto points_of = [](db::Connection& connection, Id run) {
    std::vector<std::string> texts;
    for (const auto& point : list_run_points(connection, run))
      texts.push_back(fmt::format("{} {} {} {}", point.key.name, point.value, point.min, point.samples.size()));
    EXPECT_EQ(list_run_series(connection, run).size(), texts.size());
    return texts;
  };
  const auto expect_all = [&](db::Connection& connection) {
    EXPECT_THAT(points_of(connection, first.run), ElementsAre("a 2 1 3", "b 7 7 1"));
    EXPECT_THAT(points_of(connection, second.run), ElementsAre("b 8 8 1", "c 9 9 1"));
    EXPECT_THAT(points_of(connection, third.run), ElementsAre("a 5 5 1", "c 4 4 1"));
    EXPECT_THAT(points_of(connection, 99), IsEmpty());
  };
  read(expect_all);
}

TEST_P(StoreTest, ATrendIsInOrderOfTimeWhateverTheOrderOfArrival) {
  for (const int at : {30, 10, 20, 40})
    insert(at, {metric_value("a", "x_ms", {at * 1.0})});
  read([&](db::Connection& connection) {
    EXPECT_THAT(points::read_trend(connection, 1, 100).value, ElementsAre(10, 20, 30, 40));
    EXPECT_THAT(points::read_trend(connection, 1, 2).commit, ElementsAre("c30", "c40"));
    EXPECT_THAT(points::read_trend(connection, 99, 2).value, IsEmpty());
    const auto page = list_series(connection, 1, {});
    ASSERT_THAT(page.series, SizeIs(1));
    EXPECT_EQ(page.series[0].points, 4);
    EXPECT_EQ(page.series[0].last_value, 40);
    EXPECT_EQ(page.series[0].window_points, 3) << "before the newest one";
    EXPECT_THAT(page.series[0].sparkline, ElementsAre(10, 20, 30, 40));
  });
}

TEST_P(StoreTest, TheSameEnvironmentIsOneEnvironment) {
  insert(1, {metric_value("a", "x_ms", {1})}, "t", {{"cpu", "A"}, {"os", "B"}});
  insert(2, {metric_value("a", "x_ms", {1})}, "t", {{"os", "B"}, {"cpu", "A"}});
  insert(3, {metric_value("a", "x_ms", {1})}, "t", {{"cpu", "C"}, {"os", "B"}});
  read([&](db::Connection& connection) {
    const auto trend = points::read_trend(connection, 1, 10);
    EXPECT_EQ(trend.environment[0], trend.environment[1]);
    EXPECT_NE(trend.environment[1], trend.environment[2]);
  });
}

TEST_P(StoreTest, SeriesAreFoundByMetricCaseTestbedAndPattern) {
  insert(1, {metric_value("a[Prompt 0]", "prefill_ms", {1}), metric_value("a[Prompt 0]", "tokenize_ms", {1}),
             metric_value("100%", "prefill_ms", {1})});
  insert(1, {metric_value("a[Prompt 0]", "prefill_ms", {1})}, "other");
  struct Case {
    SeriesFilter filter;
    std::size_t found;
  };
  const auto filter = [](const std::string& metric, const std::string& part, const std::string& testbed) {
    SeriesFilter made;
    made.metric = metric;
    made.case_text = part;
    made.testbed = testbed;
    return made;
  };
  const std::vector<Case> cases = {
      {filter("", "", ""), 4},       {filter("prefill_ms", "", ""), 3}, {filter("*fill*", "", ""), 3},
      {filter("fill", "", ""), 0},   {filter("PREFILL_MS", "", ""), 0}, {filter("", "Prompt 0", ""), 3},
      {filter("", "a[*", "t"), 2},   {filter("", "%", ""), 1},          {filter("", "PROMPT 0", ""), 3},
      {filter("*FILL*", "", ""), 3}, {filter("", "suite", "t"), 3},     {filter("prefill?ms", "", "other"), 1},
      {filter("", "", "absent"), 0},
  };
  read([&](db::Connection& connection) {
    for (const auto& [wanted, found] : cases) {
      EXPECT_THAT(list_series(connection, 1, wanted).series, SizeIs(found)) << wanted.metric << wanted.case_text;
    }
    SeriesFilter one;
    one.limit = 1;
    EXPECT_EQ(list_series(connection, 1, one).total, 4);
  });
}

TEST_P(StoreTest, LanesAreTestbedsAndBranchesNewestFirst) {
  insert(10, {metric_value("a", "x_ms", {1})}, "old");
  insert(20, {metric_value("a", "x_ms", {1})}, "new");
  insert(30, {metric_value("a", "x_ms", {1})}, "new");
  read([&](db::Connection& connection) {
    LaneFilter all;
    all.others = true;
    const auto lanes = list_lanes(connection, 1, all).lanes;
    ASSERT_THAT(lanes, SizeIs(2));
    EXPECT_EQ(lanes[0].testbed, "new");
    EXPECT_EQ(lanes[0].runs, 2);
    EXPECT_EQ(lanes[0].series, 1);
    EXPECT_EQ(lanes[0].points, 2);
    EXPECT_EQ(lanes[0].last_started_us, 30);
    EXPECT_EQ(find_runs(connection, 1, std::vector<Id>{lanes[0].last_run}).at(lanes[0].last_run).commit, "c30");
    EXPECT_EQ(lanes[1].runs, 1);
    const auto project = find_project(connection, "p");
    EXPECT_EQ(project->runs, 3);
    EXPECT_EQ(project->series, 2);
    EXPECT_EQ(project->points, 3);
    EXPECT_EQ(project->last_run_us, 30);
  });
}

RegressionRecord record_of(Id series, Id run) {
  RegressionRecord record;
  record.project = 1;
  record.series = series;
  record.first_run = record.recognised_run = run;
  record.first_at_us = 1;
  record.before = 1;
  record.after = 2;
  record.explanation = "why";
  record.decided_by = own_name;
  return record;
}

TEST_P(StoreTest, OnlyAChangedStateIsAStepOfTheAuditTrail) {
  insert(1, {metric_value("a", "x_ms", {1})});
  auto record = record_of(1, 1);
  write([&](db::Connection& connection) {
    record.id = save_regression(connection, record, std::nullopt, 5, "made");
    save_regression(connection, record, FindingState::suspected, 6, "no step");
    record.state = FindingState::confirmed;
    record.decided_by = "alice";
    record.link = "https://x";
    save_regression(connection, record, FindingState::suspected, 7, "step");
    const auto audit = list_audit(connection, 1, {"regression", record.id, 0, 10});
    ASSERT_THAT(audit, SizeIs(2));
    EXPECT_EQ(audit[0].actor, "alice");
    EXPECT_EQ(audit[0].action, "confirmed");
    EXPECT_EQ(audit[0].from_state, "suspected");
    EXPECT_EQ(audit[0].note, "step");
    EXPECT_EQ(audit[0].link, "https://x");
    EXPECT_EQ(audit[1].from_state, "");
    EXPECT_THAT(list_audit(connection, 1, {"", 0, audit[0].id, 10}), SizeIs(1));
    EXPECT_THAT(list_audit(connection, 1, {"policy", 0, 0, 10}), IsEmpty());
    EXPECT_THAT(list_audit(connection, 2, {}), IsEmpty());
    RegressionFilter open;
    open.states = {FindingState::confirmed};
    EXPECT_THAT(list_regressions(connection, 1, open), SizeIs(1));
    open.worse = false;
    EXPECT_THAT(list_regressions(connection, 1, open), IsEmpty());
    EXPECT_EQ(find_regression(connection, 1, record.id)->record.link, "https://x");
    EXPECT_FALSE(find_regression(connection, 2, record.id));
    EXPECT_FALSE(find_regression(connection, 1, 0));
  });
}

TEST_P(StoreTest, EverythingOfARecordComesBack) {
  insert(1, {metric_value("a", "x_ms", {1})});
  auto record = record_of(1, 1);
  record.kind = FindingKind::drift;
  record.detection_delay_points = 3;
  record.last_good = 1;
  record.worse = false;
  record.reason = "trend";
  record.held_run = 9;
  record.alerting = false;
  record.policy_version = 7;
  record.common_shift_run = 1;
  record.assignee = "bob";
  record.note = "n";
  write([&](db::Connection& connection) {
    record.id = save_regression(connection, record, std::nullopt, 5, "");
    const auto read = list_series_regressions(connection, 1).at(0);
    EXPECT_EQ(read.kind, FindingKind::drift);
    EXPECT_EQ(read.detection_delay_points, 3);
    EXPECT_EQ(read.last_good, 1);
    EXPECT_FALSE(read.worse);
    EXPECT_EQ(read.reason, "trend");
    EXPECT_EQ(read.held_run, 9);
    EXPECT_EQ(read.confirmed_us, std::nullopt) << "it was never open";
    EXPECT_FALSE(read.alerting);
    EXPECT_EQ(read.policy_version, 7);
    EXPECT_EQ(read.common_shift_run, 1);
    EXPECT_EQ(read.assignee, "bob");
    EXPECT_EQ(read.note, "n");
    EXPECT_EQ(read.created_us, 5);
    record.note = "m";
    save_regression(connection, record, record.state, 6, "");
    EXPECT_EQ(list_series_regressions(connection, 1).at(0).note, "m");
    EXPECT_EQ(list_series_regressions(connection, 1).at(0).created_us, 5);
    EXPECT_EQ(list_series_regressions(connection, 1).at(0).updated_us, 6);
  });
}

TEST_P(StoreTest, ACommonShiftIsOneOpenRegression) {
  insert(1, {metric_value("a", "x_ms", {1}), metric_value("b", "x_ms", {1}), metric_value("b", "y_ms", {1})});
  write([&](db::Connection& connection) {
    for (const Id series : {1, 2, 3}) {
      auto record = record_of(series, 1);
      if (series != 3) record.common_shift_run = 1;
      record.id = save_regression(connection, record, std::nullopt, 5, "");
      EXPECT_EQ(find_project(connection, "p")->open_regressions, series == 1 ? 0 : 1) << "a suspicion counts nowhere";
      record.state = FindingState::confirmed;
      save_regression(connection, record, FindingState::suspected, 6, "");
      EXPECT_EQ(list_series_regressions(connection, series).at(0).confirmed_us, 6);
    }
    EXPECT_EQ(find_project(connection, "p")->open_regressions, 2);
    LaneFilter all;
    all.others = true;
    EXPECT_EQ(list_lanes(connection, 1, all).lanes.at(0).open_regressions, 2);
    set_alerting(connection, *find_case(connection, 1, {"suite", "class", "b"}), false);
    EXPECT_EQ(find_project(connection, "p")->open_regressions, 1);
    EXPECT_FALSE(find_common_shift(connection, 1));
    save_common_shift(connection, 1, CommonShift{1, true, 2, 3, 0.4});
    save_common_shift(connection, 1, CommonShift{1, true, 3, 3, 0.5});
    EXPECT_EQ(find_common_shift(connection, 1)->shifted, 3);
  });
}

TEST_P(StoreTest, AQuarantineIsOneStayAtATime) {
  insert(1, {metric_value("a", "x_ms", {1})});
  QuarantineEntry entry;
  write([&](db::Connection& connection) {
    entry.project = 1;
    entry.case_id = *find_case(connection, 1, {"suite", "class", "a"});
    EXPECT_FALSE(find_case(connection, 1, {"suite", "class", "z"}));
    entry.source = "hand";
    entry.reason = "r";
    entry.owner = "o";
    entry.entered_us = 3;
    entry.entered_run = newest_run_id(connection, 1);
    entry.entered_by = "alice";
    entry.expires_us = 9;
    entry.clean_runs_required = 4;
    entry.id = save_quarantine(connection, entry);
  });
  EXPECT_ANY_THROW(write([&](db::Connection& connection) {
    auto twice = entry;
    twice.id = 0;
    save_quarantine(connection, twice);
  }));
  write([&](db::Connection& connection) {
    const auto read = find_current_entry(connection, entry.case_id);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->key.name, "a");
    EXPECT_EQ(read->entered_run, 1);
    EXPECT_EQ(read->entered_by, "alice");
    EXPECT_EQ(read->expires_us, 9);
    EXPECT_EQ(read->clean_runs_required, 4);
    EXPECT_THAT(quarantined_cases(connection, 1).all, ElementsAre(entry.case_id));
    entry.left_us = 10;
    entry.left_by = "bob";
    entry.left_reason = "steady";
    save_quarantine(connection, entry);
    EXPECT_FALSE(find_current_entry(connection, entry.case_id));
    EXPECT_THAT(list_quarantine(connection, 1, true, 10), IsEmpty());
    EXPECT_EQ(list_quarantine(connection, 1, false, 10).at(0).left_reason, "steady");
    EXPECT_EQ(find_quarantine(connection, 1, entry.id)->left_by, "bob");
    EXPECT_FALSE(find_quarantine(connection, 2, entry.id));
  });
}

TEST_P(StoreTest, PoliciesAreVersions) {
  insert(1, {metric_value("a", "x_ms", {1})});
  write([&](db::Connection& connection) {
    EXPECT_FALSE(newest_policy(connection, 1));
    add_policy(connection, 1, {1, "a", "alice", "n", 5});
    add_policy(connection, 1, {2, "b", "bob", "", 6});
    EXPECT_EQ(newest_policy(connection, 1)->toml, "b");
    EXPECT_THAT(list_policies(connection, 1, 10), SizeIs(2));
    EXPECT_EQ(list_policies(connection, 1, 10)[1].author, "alice");
  });
}

TEST_P(StoreTest, ATokenIsValidUntilItExpiresOrIsRevoked) {
  std::string secret;
  write([&](db::Connection& connection) {
    EXPECT_FALSE(any_token(connection, 0));
    secret = create_token(connection, {0, "n", "p", Scope::upload, 100, 200, {}});
    EXPECT_EQ(find_token(connection, secret, 150)->project, "p");
    EXPECT_EQ(find_token(connection, secret, 200), std::nullopt);
    EXPECT_EQ(find_token(connection, secret + "x", 150), std::nullopt);
    EXPECT_FALSE(any_token(connection, 200));
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM token WHERE sha256 = $1", {secret}), 0);
    EXPECT_TRUE(revoke_token(connection, 1, 150));
    EXPECT_FALSE(revoke_token(connection, 1, 151));
    EXPECT_EQ(find_token(connection, secret, 150), std::nullopt);
    EXPECT_THAT(list_tokens(connection), SizeIs(1));
  });
}

TEST(Sha256, IsThatOfTheStandardAndKeepsPartsApart) {
  EXPECT_EQ(text::sha256_hex({"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(text::sha256_hex({"ab", "c"}), text::sha256_hex({"a", "bc"}));
}

}  // namespace
}  // namespace perftrend::store
