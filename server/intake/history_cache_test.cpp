// What servers remember of series changes neither their answers nor what they store.

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "server/intake/eventful_uploads_test.h"
#include "server/store/readings.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

class HistoryCacheTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  tests::DatabaseUnderTest remembered_{GetParam()}, forgotten_{db::Dialect::sqlite};
  std::unique_ptr<db::Database> remembering_ = remembered_.open();
  std::unique_ptr<db::Database> forgetting_ = forgotten_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, HistoryCacheTest, tests::both_dialects(), tests::dialect_name);

TEST_P(HistoryCacheTest, TwoCachingServersAgreeWithOneThatReadsEverything) {
  const std::array<Options, 2> servers;
  Options forgetful;
  forgetful.cache = std::make_shared<points::Cache>(0);
  std::mt19937_64 random(11);
  std::size_t findings = 0;
  for (int number = 0; number < 110; ++number) {
    const auto sent = eventful_day(random, number);
    // For some days one server has all uploads, for some they take turns.
    const auto& server = servers.at(number % 40 < 20 ? 0U : static_cast<std::size_t>(number % 2));
    const auto with_memory = take(*remembering_, server, sent);
    const auto without = take(*forgetting_, forgetful, sent);
    ASSERT_EQ(findings_of(with_memory), findings_of(without)) << "day " << number;
    findings += without.verdict.findings.size();
    if (number % 30 != 29) continue;
    // Another process corrects an old point; the servers are not notified.
    MetricValue metric_value;
    metric_value.samples = {300};
    metric_value.value = metric_value.min = 300;
    for (auto* database : {remembering_.get(), forgetting_.get()}) {
      database->write([&](db::Connection& connection) {
        const auto at_us = connection.query_integer("SELECT at_us FROM run WHERE id = $1", {number - 5}).value();
        store::set_point(connection, 2, at_us, number - 5, metric_value);
      });
    }
  }
  EXPECT_GT(findings, 50U) << "the days are to be eventful";
  const auto records = records_of(*forgetting_);
  EXPECT_EQ(records_of(*remembering_), records);
  for (const char* word : {"confirmed", "fixed", "drift", "withdrawn"})
    EXPECT_NE(records.find(word), std::string::npos) << word;
  EXPECT_GT(servers[0].cache->bytes(), 0U);
}

}  // namespace
}  // namespace perftrend::intake
