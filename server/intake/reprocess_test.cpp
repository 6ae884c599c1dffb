#include "server/intake/reprocess.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "core/time/rfc3339.h"
#include "server/db/sqlite.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "tests/support/point_rows.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = ReprocessRun::Outcome;

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t first_day_us = 1'767'225'600'000'000;

/// Two cases, one of them with samples; everything that a reading consists of.
constexpr const char* report =
    "<testsuites><testsuite name='s'><properties><property name='environment.cpu' value='x'/></properties>"
    "<testcase classname='c' name='a' time='0.5'><properties><property name='prefill_ms' value='{0} {1} {2}'/>"
    "<property name='resident_bytes' value='{3}'/></properties><system-out>PERF-WARNING: slow</system-out></testcase>"
    "<testcase classname='c' name='b' time='0.25'/></testsuite></testsuites>";

class ReprocessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::temp_directory_path() / fmt::format("perftrend-reprocess-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_);
    database_ = db::open_sqlite({.file = folder_ / "x.db"});
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Id upload(int day, const std::string& body) {
    Upload sent;
    sent.project = "p";
    sent.started_at = times::to_rfc3339(first_day_us + day * day_us);
    sent.files = {{"", "application/xml", body}};
    const auto accepted = take_upload(*database_, policies_, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return accepted->run.id;
  }
  /// Days of 10 ms and a little noise that repeats no value; a step to `level` from `step` on.
  void upload_days(int days, int step = 1000, double level = 10) {
    for (int day = 0; day < days; ++day) {
      const double ms = (day < step ? 10 : level) + 0.01 * ((day * 7) % 11 - 5) + 0.001 * day;
      upload(day, fmt::format(fmt::runtime(report), ms, ms + 0.02, ms - 0.02, 1000 + day % 3));
    }
  }

  template <typename Read>
  auto read(const Read& function) {
    std::invoke_result_t<Read, db::Connection&> found{};
    database_->read([&](db::Connection& connection) { found = function(connection); });
    return found;
  }
  std::vector<ReprocessRun> reprocess(bool apply) {
    std::vector<ReprocessRun> runs;
    const auto project = read([](db::Connection& connection) { return store::find_project(connection, "p").value(); });
    sums_ = reprocess_project(*database_, policies_, options_, project, apply,
                              [&](const ReprocessRun& run) { runs.push_back(run); });
    return runs;
  }
  /// Nothing differs, and all derived data is as an upload would have stored it.
  void expect_sound() {
    for (const auto& run : reprocess(false))
      EXPECT_THAT(run.lines, IsEmpty()) << run.run.id;
    EXPECT_EQ(sums_.changed, 0U);
    EXPECT_EQ(integer_of_points(
                  "SELECT count(*) FROM run WHERE points <> (SELECT count(*) FROM point WHERE run_id = run.id)"),
              0);
    EXPECT_EQ(integer_of_points("SELECT count(*) FROM series WHERE points <> "
                                "(SELECT count(*) FROM point WHERE series_id = series.id)"),
              0);
    EXPECT_EQ(integer_of_points("SELECT count(*) FROM sample WHERE NOT EXISTS (SELECT 1 FROM point "
                                "WHERE point.run_id = sample.run_id AND point.series_id = sample.series_id)"),
              0);
    EXPECT_EQ(integer("SELECT count(*) FROM run WHERE warnings_json LIKE '%not judged again%'"), 0);
  }

  std::int64_t integer(const std::string& sql) {
    return read([&](db::Connection& connection) { return connection.require_integer(sql); });
  }
  /// The same, of a text that may speak of `point`.
  std::int64_t integer_of_points(const std::string& sql) {
    std::int64_t found = 0;
    tests::look_at_point_rows(*database_, [&](db::Connection& connection) { found = connection.require_integer(sql); });
    return found;
  }
  /// What an older reader would have left, or a disk.
  void edit(const std::string& sql) {
    if (sql.find(" point ") == std::string::npos) {
      database_->write([&](db::Connection& connection) { connection.execute_script(sql); });
    } else {
      tests::edit_point_rows(*database_, sql);
    }
  }
  /// All that a reading consists of, as text: what must be the same after a reprocess as before the edit.
  std::string contents() {
    std::string all;
    const auto add_rows = [&](db::Connection& connection, const std::string& sql) {
      connection.query(sql, {}, [&](const db::Row& row) { all += row.string(0) + "\n"; });
    };
    const auto add = [&](const std::string& sql) {
      database_->read([&](db::Connection& connection) { add_rows(connection, sql); });
    };
    tests::look_at_point_rows(*database_, [&](db::Connection& connection) {
      add_rows(connection,
               "SELECT printf('%d %d %d %.17g %.17g %.17g %d', series_id, at_us, run_id, value, minimum, mad, samples) "
               "FROM point ORDER BY series_id, at_us, run_id");
    });
    add("SELECT printf('%d %d %s', run_id, series_id, hex(values_le)) FROM sample ORDER BY run_id, series_id");
    add("SELECT printf('%d %d %d %d %d %d %.17g %s', run_id, ordinal, case_id, status, flaky, reruns, time_seconds, "
        "message) FROM run_case ORDER BY run_id, ordinal");
    add("SELECT printf('%d %d %d %d %d %.17g %s %s %d', id, cases, passed, properties, points, time_seconds, "
        "warnings_json, suspect, environment_id) FROM run ORDER BY id");
    add("SELECT printf('%d %s %s %d %d', id, metric, unit, better_lower, points) FROM series ORDER BY id");
    return all;
  }

  void set_rules(const std::string& toml) { options_.rules = ProjectRules::parse(toml, "test").value(); }
  db::Database& database() { return *database_; }
  const ReprocessSums& sums() const { return sums_; }
  const triage::Policies& policies() const { return policies_; }
  const Options& options() const { return options_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<db::Database> database_;
  triage::Policies policies_;
  Options options_;
  ReprocessSums sums_;
};

TEST_F(ReprocessTest, WhatAPersonStatedOfAMetricHoldsWhenReportsAreReadAgain) {
  const std::string scores =
      "<testsuite name='s'><testcase name='a'><properties><property name='latency' "
      "value='5'/></properties></testcase>"
      "</testsuite>";
  upload(0, scores);
  const Id project = read([](db::Connection& connection) { return store::find_project(connection, "p")->id; });
  ASSERT_EQ(integer("SELECT better_lower FROM series"), 1);
  edit("UPDATE series SET better_lower = 0, better_source = 3");
  edit("INSERT INTO metric_statement VALUES (" + std::to_string(project) + ", 'latency', NULL, 0, 'alice', 1)");
  upload(1, scores);
  expect_sound();
  reprocess(true);
  EXPECT_EQ(integer("SELECT count(*) FROM series WHERE better_lower = 0"), 1);
}

TEST_F(ReprocessTest, WhatThisReaderStoredIsReadTheSame) {
  upload_days(3);
  const auto before = contents();
  const auto runs = reprocess(true);
  ASSERT_THAT(runs, SizeIs(3));
  for (const auto& run : runs)
    EXPECT_EQ(run.outcome, Outcome::same);
  EXPECT_EQ(sums().points, 12U);
  EXPECT_EQ(contents(), before);
}

// Every part of a reading as another reader may have stored it: reported, not touched without `apply`, then corrected.
TEST_F(ReprocessTest, WhatAnOlderReaderStoredIsReportedAndCorrected) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"UPDATE point SET value = 99 WHERE run_id = 2 AND samples = 3", "prefill_ms of s / a: 99 ms (of 3 samples) -> "},
      {"DELETE FROM sample WHERE run_id = 2; UPDATE point SET samples = 1 WHERE run_id = 2 AND samples = 3",
       "prefill_ms of s / a: 10.0"},
      {"UPDATE series SET points = points - 1 WHERE metric = 'resident_bytes'; DELETE FROM point WHERE run_id = 2 AND "
       "series_id = (SELECT id FROM series WHERE metric = 'resident_bytes'); UPDATE run SET points = 3 WHERE id = 2",
       "resident_bytes of s / a: added, 1001 bytes"},
      {"INSERT INTO series VALUES (99, 1, 1, 'seed', 'default', 'main', 1, 0, '', 0, 1, 0, 1); INSERT INTO point "
       "SELECT 99, at_us, "
       "id, 42, 42, 0, 1 FROM run WHERE id = 2; UPDATE run SET points = 5 WHERE id = 2; "
       "UPDATE run_series SET series_ids = x'010101015F' WHERE run_id = 2",
       "seed of s / a: 42 -> gone"},
      {"UPDATE run SET cases = 3, passed = 3 WHERE id = 2", "cases: 3 -> 2"},
      {"UPDATE run SET time_seconds = 1 WHERE id = 2", "time_seconds: 1 -> 0.75"},
      {"UPDATE run_case SET status = 1, message = 'x' WHERE run_id = 2 AND ordinal = 1",
       "cases: read otherwise, the first of them b"},
      {"DELETE FROM run_case WHERE run_id = 2 AND ordinal = 1", "cases: read otherwise, the first of them b"},
      {"UPDATE run SET warnings_json = '[]' WHERE id = 2", "warning: a: PERF-WARNING: slow"},
      {"UPDATE run SET suspect = 'busy' WHERE id = 2", "suspect: 'busy' -> ''"},
      {"UPDATE series SET better_lower = 0 WHERE metric = 'prefill_ms'", "prefill_ms of s / a: lower is better now"},
      {"UPDATE series SET unit = 'us' WHERE metric = 'prefill_ms'", "us (of 3 samples) -> "},
  };
  upload_days(3);
  const auto before = contents();
  for (const auto& [sql, line] : cases) {
    SCOPED_TRACE(sql);
    edit(sql);
    const auto edited = contents();
    ASSERT_NE(edited, before);
    std::vector<std::string> lines;
    for (const auto& run : reprocess(false))
      lines.insert(lines.end(), run.lines.begin(), run.lines.end());
    EXPECT_THAT(lines, Contains(HasSubstr(line)));
    EXPECT_EQ(contents(), edited);
    reprocess(true);
    EXPECT_EQ(contents(), before);
    expect_sound();
  }
}

TEST_F(ReprocessTest, AnEnvironmentThatIsReadNowIsStored) {
  upload_days(2);
  edit("UPDATE environment SET parts_json = '{}', sha256 = 'old'");
  EXPECT_THAT(reprocess(true)[0].lines, ElementsAre("environment: read otherwise"));
  EXPECT_EQ(integer("SELECT count(*) FROM run r JOIN environment e ON e.id = r.environment_id "
                    "WHERE e.parts_json = '{\"cpu\":\"x\"}'"),
            2);
  expect_sound();
}

TEST_F(ReprocessTest, AConfigurationThatIsReadNowMovesThePointsToTheirOwnSeries) {
  upload_days(2);
  edit("UPDATE configuration SET parts_json = '{\"threads\":\"8\"}', sha256 = 'old'");
  EXPECT_THAT(reprocess(true)[0].lines, Contains("configuration: read otherwise"));
  EXPECT_EQ(integer("SELECT count(*) FROM series s JOIN configuration c ON c.id = s.configuration_id "
                    "WHERE c.parts_json = '{}' AND s.points = 2"),
            4);
  EXPECT_EQ(integer("SELECT count(*) FROM series"), 4);
  expect_sound();
}

TEST_F(ReprocessTest, RulesOfTodayHoldForWhatWasStoredBefore) {
  upload_days(12);
  set_rules("[[metrics]]\nleave = [\"duration_ms\"]\n");
  reprocess(true);
  EXPECT_EQ(sums().points_gone, 24U);
  EXPECT_EQ(integer("SELECT count(*) FROM series WHERE metric = 'duration_ms'"), 0);
  expect_sound();
  set_rules("");
  reprocess(true);
  EXPECT_EQ(sums().points_added, 24U);
  EXPECT_EQ(integer("SELECT count(*) FROM series WHERE metric = 'duration_ms'"), 2);
  expect_sound();
}

TEST_F(ReprocessTest, SeriesThatMoveAreJudgedAgain) {
  upload_days(30, 20, 15);
  EXPECT_EQ(integer("SELECT count(*) FROM regression WHERE state IN (0, 1)"), 1);
  // As a reader would have it that took the third sample alone: other values, the same step.
  edit("UPDATE point SET value = 7 WHERE samples = 3; DELETE FROM audit; DELETE FROM regression");
  reprocess(true);
  EXPECT_EQ(integer("SELECT count(*) FROM regression WHERE state IN (0, 1)"), 1);
  // A rule that leaves the metric withdraws what was found in it, and its history stays.
  set_rules("[[metrics]]\nleave = [\"prefill_ms\"]\n");
  reprocess(true);
  EXPECT_EQ(integer("SELECT count(*) FROM regression WHERE state IN (0, 1)"), 0);
  EXPECT_EQ(integer("SELECT points FROM series WHERE metric = 'prefill_ms'"), 0);
  expect_sound();
}

// A unit belongs to a series. If all of its points are read in another unit, the series gets that unit. If only some
// are, these are converted, as an upload would be.
TEST_F(ReprocessTest, AUnitChangesForAWholeSeriesOrNotAtAll) {
  upload_days(3);
  const auto before = contents();
  edit(
      "UPDATE series SET unit = 'us' WHERE metric = 'prefill_ms'; UPDATE point SET value = value * 100 "
      "WHERE samples = 3");
  reprocess(true);
  EXPECT_EQ(sums().points_changed, 3U);
  EXPECT_EQ(contents(), before);
  edit("UPDATE series SET unit = 'us' WHERE metric = 'prefill_ms'; DELETE FROM document WHERE run_id = 1");
  reprocess(true);
  EXPECT_EQ(sums().without_document, 1U);
  EXPECT_EQ(integer("SELECT points FROM series WHERE metric = 'prefill_ms'"), 3);
  edit("UPDATE series SET unit = 'bytes' WHERE metric = 'prefill_ms'");
  reprocess(true);
  EXPECT_EQ(integer("SELECT points FROM series WHERE metric = 'prefill_ms'"), 1);
  EXPECT_EQ(integer("SELECT count(*) FROM run WHERE warnings_json LIKE '%in ''ms'' here but in ''bytes'' so far%'"), 2);
  expect_sound();
}

TEST_F(ReprocessTest, WhatCannotBeReadStaysAsItIs) {
  upload_days(3);
  edit(
      "DELETE FROM document WHERE run_id = 1; UPDATE document SET body_zstd = x'00' WHERE run_id = 2; "
      "UPDATE document SET content_type = 'application/vnd.ctest+xml' WHERE run_id = 3");
  const auto before = contents();
  const auto runs = reprocess(true);
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].outcome, Outcome::without_document);
  EXPECT_EQ(runs[1].outcome, Outcome::damaged);
  EXPECT_EQ(runs[2].outcome, Outcome::refused);
  EXPECT_THAT(runs[2].lines, SizeIs(1));
  EXPECT_EQ(sums().without_document, 1U);
  EXPECT_EQ(sums().damaged, 1U);
  EXPECT_EQ(sums().refused, 1U);
  EXPECT_EQ(contents(), before);
}

/// Hands on the first `writes` transactions; then it is as if the process had been killed before the next commit.
class DyingDatabase : public db::Database {
 public:
  struct Died {};
  DyingDatabase(db::Database& database, int writes) : database_(database), writes_(writes) {}
  void write(const Work& work) override {
    if (writes_-- == 0) throw Died{};
    database_.write(work);
  }
  void read(const Work& work) override { database_.read(work); }
  std::string why_not_ready() override { return ""; }
  db::Dialect dialect() const override { return database_.dialect(); }

 private:
  db::Database& database_;
  int writes_;
};

TEST_F(ReprocessTest, EndedAfterAnyTransactionItGoesOnFromThere) {
  upload_days(18, 12, 15);
  const auto before = contents();
  const auto project = read([](db::Connection& connection) { return store::find_project(connection, "p").value(); });
  const auto damage =
      "UPDATE point SET value = 7 WHERE samples = 3; UPDATE series SET unit = 'KiB' WHERE metric = 'resident_bytes'; "
      "DELETE FROM audit; DELETE FROM regression";
  bool died = true;
  for (int writes = 0; died; ++writes) {
    SCOPED_TRACE(writes);
    edit(damage);
    DyingDatabase dying(database(), writes);
    try {
      reprocess_project(dying, policies(), options(), project, true, [](const ReprocessRun&) {});
      died = false;
    } catch (const DyingDatabase::Died&) {
      reprocess(true);
    }
    EXPECT_EQ(contents(), before);
    EXPECT_EQ(integer("SELECT count(*) FROM regression WHERE state IN (0, 1)"), 1);
    expect_sound();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace perftrend::intake
