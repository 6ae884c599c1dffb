#include "server/store/retention.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/runs.h"
#include "tests/support/database_under_test.h"
#include "tests/support/inserted_run.h"
#include "tests/support/point_rows.h"

namespace perftrend::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t day_us = 86'400'000'000;

// ---------------------------------------------------------------------------------------------------- points_to_thin

std::vector<Id> runs_of(const std::vector<ThinPoint>& points) {
  std::vector<Id> runs;
  runs.reserve(points.size());
  for (const auto& point : points)
    runs.push_back(point.run);
  return runs;
}

/// One point a day; the run's id is its day.
std::vector<ThinPoint> days(const std::vector<double>& values) {
  std::vector<ThinPoint> points;
  for (const double value : values) {
    const auto day = static_cast<std::int64_t>(points.size());
    points.push_back({day * day_us, day, value});
  }
  return points;
}

TEST(PointsToThin, KeepsTheEndsAndTheExtremesOfEachBucket) {
  //                               week 0                 week 1
  const auto points = days({5, 9, 5, 1, 5, 5, 5, /**/ 5, 5, 8, 5, 2, 5, 5});
  EXPECT_THAT(runs_of(points_to_thin(points, {}, 100 * day_us, 7 * day_us)), ElementsAre(2, 4, 5, 8, 10, 12));
}

TEST(PointsToThin, KeepsChangePointsAndTheirNeighbours) {
  const auto points = days({5, 5, 5, 5, 5, 5, 5});
  EXPECT_THAT(runs_of(points_to_thin(points, {3}, 100 * day_us, 7 * day_us)), ElementsAre(1, 5));
}

TEST(PointsToThin, TouchesNothingYoungerThanTheHorizon) {
  const auto points = days({5, 5, 5, 5, 5, 5, 5});
  EXPECT_THAT(runs_of(points_to_thin(points, {}, 4 * day_us, 7 * day_us)), ElementsAre(1, 2));
  EXPECT_THAT(points_to_thin(points, {}, 0, 7 * day_us), IsEmpty());
  EXPECT_THAT(points_to_thin({}, {1}, 100 * day_us, day_us), IsEmpty());
}

TEST(PointsToThin, AgainChangesNothing) {
  auto points = days({3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4});
  const auto gone = runs_of(points_to_thin(points, {}, 100 * day_us, 5 * day_us));
  std::erase_if(points,
                [&](const ThinPoint& point) { return std::find(gone.begin(), gone.end(), point.run) != gone.end(); });
  EXPECT_THAT(points_to_thin(points, {}, 100 * day_us, 5 * day_us), IsEmpty());
}

// ------------------------------------------------------------------------------------------------------------- prune

/// Two branches of one project, a run a day each; now is after the last of them.
class PruneTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  static constexpr int day_count = static_cast<int>(newest_points_kept) + 10;  // ten more than are never touched
  static constexpr int topic_days = 30;                                        // the newest of them
  static constexpr std::int64_t now_us = day_count * day_us;

  void SetUp() override {
    database_->write([&](db::Connection& connection) {
      for (int day = 0; day < day_count; ++day) {
        insert(connection, day, "main");
        if (day >= day_count - topic_days) insert(connection, day, "topic");
      }
    });
  }

  static void insert(db::Connection& connection, int day, const std::string& branch) {
    Coordinates where;
    where.branch = branch;
    where.testbed = "t";
    const std::int64_t at_us = day * day_us;
    where.started_us = at_us;
    MetricValue metric_value;
    metric_value.key = {"s", "c", "a"};
    metric_value.metric = "x_ms";
    metric_value.unit = "ms";
    metric_value.samples = {1.0 * day, 2.0 * day};
    metric_value.value = day;
    const std::string identity = fmt::format("{}-{}", day, branch);
    const Counts counts;
    const std::vector<ReportCase> cases;
    const std::vector<MetricValue> metrics = {metric_value};
    const std::vector<std::string> warnings;
    const std::vector<Document> documents = {{"", "", 3, "abc"}};
    tests::insert_run(connection, {.project = "p",
                                   .coordinates = where,
                                   .at_us = at_us,
                                   .received_us = at_us,
                                   .identity = identity,
                                   .content_sha256 = identity,
                                   .counts = counts,
                                   .cases = cases,
                                   .metrics = metrics,
                                   .warnings = warnings,
                                   .documents = documents});
  }

  std::int64_t count(const std::string& sql) {
    std::int64_t found = 0;
    database_->read([&](db::Connection& connection) { found = connection.require_integer(sql); });
    return found;
  }
  std::int64_t rows(const std::string& table) { return count("SELECT count(*) FROM " + table); }
  /// The same, of a text that speaks of `point`.
  std::int64_t count_of_points(const std::string& sql) {
    std::int64_t found = 0;
    tests::look_at_point_rows(*database_, [&](db::Connection& connection) { found = connection.require_integer(sql); });
    return found;
  }
  /// A regression of main's series in `state`, that began with its first run.
  void open_regression(int state) {
    database_->write([&](db::Connection& connection) {
      std::string names = "project_id";
      std::string values = "1";
      const auto add = [&](const std::string& name, const std::string& value) {
        names += ", " + name;
        values += ", " + value;
      };
      for (const auto* one : {"series_id", "first_run", "recognised_run", "worse"})
        add(one, "1");
      add("state", std::to_string(state));
      const auto& columns = missing_columns(connection, names);
      for (const auto& [name, is_text] : columns)
        add(name, is_text ? "''" : "0");
      connection.execute("INSERT INTO regression (" + names + ") VALUES (" + values + ")");
    });
  }

  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();

 private:
  /// The columns of regression that must have a value and are not among `given`.
  std::vector<std::pair<std::string, bool>> missing_columns(db::Connection& connection, const std::string& given) {
    std::vector<std::pair<std::string, bool>> missing;
    const std::string known = ", " + given + ", id, ";
    const auto add = [&](const db::Row& row) {
      const auto name = row.string(0);
      if (known.find(", " + name + ", ") == std::string::npos) missing.emplace_back(name, row.text(1) == "text");
    };
    connection.query(GetParam() == db::Dialect::sqlite
                         ? "SELECT name, lower(type) FROM pragma_table_info('regression') WHERE \"notnull\" = 1"
                         : "SELECT column_name::text, data_type::text FROM information_schema.columns "
                           "WHERE table_name = 'regression' AND is_nullable = 'NO'",
                     {}, add);
    return missing;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, PruneTest, tests::both_dialects(), tests::dialect_name);

RetentionRule rule_for(const std::string& branch) {
  RetentionRule rule;
  rule.branch = branch;
  return rule;
}

TEST_P(PruneTest, WithoutARuleEverythingIsKept) {
  const auto none = prune(*database_, {}, now_us, false);
  EXPECT_EQ(none.documents + none.samples + none.points, 0);
  RetentionRule elsewhere;
  elsewhere.project = "other*";
  elsewhere.documents_days = 1;
  prune(*database_, {elsewhere, rule_for("*")}, now_us, false);
  EXPECT_EQ(rows("document"), day_count + topic_days);
  EXPECT_EQ(count_of_points("SELECT count(*) FROM point"), day_count + topic_days);
}

TEST_P(PruneTest, EachClassHasItsAgeAndTheFirstRuleOfABranchHolds) {
  auto topic = rule_for("to*");
  topic.documents_days = 10;
  topic.samples_days = 20;
  auto all = rule_for("*");
  all.documents_days = 500;
  const std::vector<RetentionRule> rules = {topic, all};
  const auto dry = prune(*database_, rules, now_us, true);
  EXPECT_EQ(rows("document"), day_count + topic_days) << "a dry run dropped something";
  const auto pruned = prune(*database_, rules, now_us, false);
  EXPECT_EQ(dry.documents, pruned.documents);
  EXPECT_EQ(dry.samples, pruned.samples);
  EXPECT_EQ(pruned.document_bytes, 3 * pruned.documents);
  EXPECT_EQ(count("SELECT count(*) FROM document d JOIN run r ON r.id = d.run_id WHERE r.branch = 'topic'"), 10);
  EXPECT_EQ(count("SELECT count(*) FROM document d JOIN run r ON r.id = d.run_id WHERE r.branch = 'main'"), 500);
  EXPECT_EQ(count("SELECT count(*) FROM sample m JOIN run r ON r.id = m.run_id WHERE r.branch = 'topic'"), 20);
  EXPECT_EQ(count("SELECT count(*) FROM sample m JOIN run r ON r.id = m.run_id WHERE r.branch = 'main'"), day_count);
  EXPECT_EQ(count_of_points("SELECT count(*) FROM point"), day_count + topic_days);
  EXPECT_EQ(rows("run"), day_count + topic_days);
  EXPECT_EQ(prune(*database_, rules, now_us, true).documents, 0) << "again there is nothing to do";
}

TEST_P(PruneTest, TheNewestPointsAreNeverDropped) {
  auto rule = rule_for("main");
  rule.points_days = 1;
  EXPECT_EQ(prune(*database_, {rule}, now_us, false).points, day_count - static_cast<int>(newest_points_kept));
  EXPECT_EQ(count("SELECT points FROM series WHERE branch = 'main'"), newest_points_kept);
  EXPECT_EQ(count_of_points("SELECT count(*) FROM point p JOIN series s ON s.id = p.series_id WHERE s.branch = 'main'"),
            newest_points_kept);
  EXPECT_EQ(
      count_of_points("SELECT min(p.value) FROM point p JOIN series s ON s.id = p.series_id WHERE s.branch = 'main'"),
      10);
  EXPECT_EQ(count("SELECT count(*) FROM sample m JOIN series s ON s.id = m.series_id WHERE s.branch = 'main'"),
            newest_points_kept);
  EXPECT_EQ(count("SELECT points FROM series WHERE branch = 'topic'"), topic_days);
}

TEST_P(PruneTest, OldPointsAreThinned) {
  auto rule = rule_for("main");
  rule.thin_days = 1;
  EXPECT_EQ(prune(*database_, {rule}, now_us, false).points, 6);  // days 0-6 and 7-9 keep their ends, which rise
  EXPECT_EQ(count("SELECT points FROM series WHERE branch = 'main'"), day_count - 6);
}

TEST_P(PruneTest, NothingOfAnOpenRegressionIsDropped) {
  auto rule = rule_for("main");
  rule.documents_days = rule.samples_days = rule.points_days = 1;
  open_regression(2);
  auto pruned = prune(*database_, {rule}, now_us, false);
  EXPECT_EQ(pruned.points, 0);
  EXPECT_EQ(pruned.samples, 0);
  EXPECT_EQ(pruned.documents, day_count - 2) << "but that of its first run";
  EXPECT_EQ(count("SELECT count(*) FROM document WHERE run_id = 1"), 1);
  database_->write([](db::Connection& connection) { connection.execute("UPDATE regression SET state = 3"); });
  pruned = prune(*database_, {rule}, now_us, false);
  EXPECT_EQ(pruned.points, day_count - static_cast<int>(newest_points_kept));
  EXPECT_EQ(count("SELECT count(*) FROM document WHERE run_id = 1"), 0);
}

TEST_P(PruneTest, StopsOnRequestAndContinuesLater) {
  auto rule = rule_for("main");
  rule.samples_days = 1;
  int asked = 0;
  prune(*database_, {rule}, now_us, false, [&] { return ++asked > 2; });
  const auto left = count("SELECT count(*) FROM sample m JOIN run r ON r.id = m.run_id WHERE r.branch = 'main'");
  EXPECT_GT(left, 1);
  prune(*database_, {rule}, now_us, false);
  EXPECT_EQ(count("SELECT count(*) FROM sample m JOIN run r ON r.id = m.run_id WHERE r.branch = 'main'"), 1);
}

}  // namespace
}  // namespace perftrend::store
