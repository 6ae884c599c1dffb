// What servers keep in memory of series changes nothing: not what they answer, nor what they store.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "server/store/readings.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

constexpr std::int64_t day_us = 86'400'000'000;

class KeptHistoriesTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  tests::DatabaseUnderTest remembered_{GetParam()}, forgotten_{db::Dialect::sqlite};
  std::unique_ptr<db::Database> remembering_ = remembered_.open();
  std::unique_ptr<db::Database> forgetting_ = forgotten_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, KeptHistoriesTest, tests::both_dialects(), tests::dialect_name);

/// One night of a few cases, some of which step, spike, drift or are missing; machines change and are busy at times;
/// some nights come late; one case is at odds with itself about a unit.
Upload eventful_night(std::mt19937_64& random, int number) {
  std::string cases;
  for (int i = 0; i < 12; ++i) {
    if (random() % 20 == 0) continue;
    double value = 100 + static_cast<double>(random() % 100) / 50;
    if (i % 3 == 0 && (number / 17 + i) % 2 == 0) value *= 1.25;
    if (i == 5) value += 0.5 * number;
    if (random() % 25 == 0) value *= 3;
    if (number % 23 == 22) value *= 1.4;
    cases += fmt::format(
        "<testcase classname='k' name='c{}'><properties><property name='x_ms' value='{} {} {}'/>"
        "<property name='y' value='7'/><property name='y.unit' value='{}'/></properties></testcase>",
        i, value, value + 1, value - 1, i == 2 && number % 3 == 1 ? "bytes" : "ms");
  }
  std::string properties = fmt::format("<property name='environment.cpu' value='cpu{}'/>", number / 40 % 2);
  if (random() % 15 == 0) properties += "<property name='perftrend.suspect' value='others were at work'/>";
  Upload sent;
  sent.project = "p";
  sent.commit = fmt::format("c{}", number);
  const int place = random() % 12 == 0 ? number - static_cast<int>(random() % 9) : number;
  sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + place * day_us);
  sent.files = {{"", "application/xml",
                 fmt::format("<testsuite name='s'><properties>{}</properties>{}</testsuite>", properties, cases)}};
  return sent;
}

Accepted take(db::Database& database, const Options& options, Upload upload) {
  auto accepted = take_upload(database, {}, options, std::move(upload));
  if (!accepted) throw std::runtime_error(accepted.error().cause);
  return *accepted;
}

std::string findings_of(const Accepted& accepted) {
  std::string text;
  for (const auto& finding : accepted.verdict.findings) {
    text += fmt::format("{} {} {} {} {}\n", finding.series.id, static_cast<int>(finding.verdict),
                        finding.expected_by_chance, finding.part_of_common_shift, finding.explanation);
  }
  if (accepted.verdict.common_shift) text += triage::explain(*accepted.verdict.common_shift);
  for (const auto& warning : accepted.run.warnings)
    text += warning + '\n';
  return text + fmt::format("{} judged, {} by chance", accepted.verdict.judged, accepted.verdict.expected_by_chance);
}

/// Every record that judging wrote, without the times at which it did.
std::string records_of(db::Database& database) {
  std::string text;
  const auto add = [&](db::Connection& connection, const char* sql, int columns) {
    connection.query(sql, {}, [&](const db::Row& row) {
      for (int i = 0; i < columns; ++i)
        text += fmt::format("{}|", row.text(i));
      text += '\n';
    });
  };
  database.read([&](db::Connection& connection) {
    add(connection,
        "SELECT CAST(id AS TEXT), CAST(series_id AS TEXT), CAST(kind AS TEXT), CAST(first_run AS TEXT), "
        "CAST(recognised_run AS TEXT), CAST(detection_delay_points AS TEXT), CAST(coalesce(last_good, 0) AS TEXT), "
        "CAST(worse AS TEXT), CAST(state AS TEXT), reason, CAST(coalesce(common_shift_run, 0) AS TEXT), explanation, "
        "CAST(alerting AS TEXT) FROM regression ORDER BY regression.id",
        13);
    add(connection,
        "SELECT CAST(subject_id AS TEXT), subject, action, from_state, to_state, note FROM audit ORDER BY audit.id", 6);
    add(connection,
        "SELECT CAST(run_id AS TEXT), CAST(shifted AS TEXT), CAST(judged AS TEXT) FROM common_shift ORDER BY "
        "common_shift.run_id",
        3);
    add(connection,
        "SELECT CAST(case_id AS TEXT), source, reason, CAST(entered_run AS TEXT), left_reason FROM quarantine ORDER BY "
        "quarantine.id",
        5);
  });
  return text;
}

TEST_P(KeptHistoriesTest, TwoServersThatRememberSayWhatOneSaysThatReadsAllEachTime) {
  const std::array<Options, 2> servers;
  Options forgetful;
  forgetful.kept = nullptr;
  std::mt19937_64 random(11);
  std::size_t findings = 0;
  for (int number = 0; number < 110; ++number) {
    const auto sent = eventful_night(random, number);
    // For some nights one server has all uploads, for some they take turns.
    const auto& server = servers.at(number % 40 < 20 ? 0U : static_cast<std::size_t>(number % 2));
    const auto with_memory = take(*remembering_, server, sent);
    const auto without = take(*forgetting_, forgetful, sent);
    ASSERT_EQ(findings_of(with_memory), findings_of(without)) << "night " << number;
    findings += without.verdict.findings.size();
    if (number % 30 != 29) continue;
    // Somebody corrects an old point behind the servers' back.
    Measure measure;
    measure.samples = {300};
    measure.value = measure.min = 300;
    for (auto* database : {remembering_.get(), forgetting_.get()}) {
      database->write([&](db::Connection& connection) {
        const auto at_us = connection.query_integer("SELECT at_us FROM run WHERE id = $1", {number - 5}).value();
        store::set_point(connection, 2, at_us, number - 5, measure);
      });
    }
  }
  EXPECT_GT(findings, 50U) << "the nights are to be eventful";
  const auto records = records_of(*forgetting_);
  EXPECT_EQ(records_of(*remembering_), records);
  for (const char* word : {"confirmed", "fixed", "drift", "withdrawn"})
    EXPECT_NE(records.find(word), std::string::npos) << word;
  EXPECT_GT(servers[0].kept->bytes(), 0U);
}

TEST(HistoryCache, HoldUnderTheirStampAlone) {
  triage::HistoryCache kept;
  triage::ProjectHistories project;
  project.stamp = 7;
  project.series.emplace(3, triage::KeptSeries{{}, detect::GrowingHistory(detect::Policy{}), 5});
  kept.put(1, std::move(project));
  EXPECT_TRUE(kept.take(2, 7).series.empty());
  const auto taken = kept.take(1, 7);
  EXPECT_EQ(taken.series.at(3).total, 5);
  EXPECT_EQ(taken.bytes_max, triage::HistoryCache::bytes_max_default) << "there is room for more";
  EXPECT_TRUE(kept.take(1, 7).series.empty()) << "whoever took it has it alone";
  project = {};
  project.stamp = 8;
  project.series.emplace(3, triage::KeptSeries{{}, detect::GrowingHistory(detect::Policy{}), 5});
  kept.put(1, std::move(project));
  EXPECT_TRUE(kept.take(1, 9).series.empty());
  EXPECT_TRUE(kept.take(1, 8).series.empty()) << "a stamp that passed never comes again";
  EXPECT_EQ(kept.bytes(), 0U);
}

TEST(HistoryCache, ForgetTheProjectsUsedLongestAgo) {
  const auto with_series = [](int count) {
    triage::ProjectHistories project;
    project.stamp = 1;
    for (int i = 1; i <= count; ++i)
      project.series.emplace(i, triage::KeptSeries{{}, detect::GrowingHistory(detect::Policy{}), 0});
    return project;
  };
  triage::HistoryCache measure;
  measure.put(1, with_series(10));
  triage::HistoryCache kept(3 * measure.bytes());
  for (Id project = 1; project <= 4; ++project)
    kept.put(project, with_series(10));
  EXPECT_EQ(kept.bytes(), 3 * measure.bytes());
  EXPECT_TRUE(kept.take(1, 1).series.empty());
  EXPECT_EQ(kept.take(4, 1).series.size(), 10U);
  kept.put(5, with_series(40));
  EXPECT_TRUE(kept.take(5, 1).series.empty()) << "larger than all together may be";
  EXPECT_EQ(kept.take(2, 1).series.size(), 10U);
}

}  // namespace
}  // namespace perftrend::intake
