// Facts of the configuration that change with every run, on both engines.

#include "server/intake/unsteady_configuration.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "server/store/unsteady_facts.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t first_us = 1'767'225'600'000'000;  // 2026-01-01

struct Measurement {
  int day = 0;
  std::string suite_properties{};
  std::string case_properties{};
  std::string commit{};
  double value = 0;
};

std::string property(const std::string& name, const std::string& value) {
  return fmt::format("<property name='{}' value='{}'/>", name, value);
}

class UnsteadyConfigurationTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  Accepted upload(const Measurement& measured) {
    Upload sent;
    sent.project = "p";
    sent.branch = "main";
    sent.commit = measured.commit.empty() ? fmt::format("c{}", measured.day) : measured.commit;
    sent.started_at = times::to_rfc3339(first_us + measured.day * day_us);
    const double value = measured.value != 0 ? measured.value : 100 + measured.day % 3;
    sent.files = {{"", "application/xml",
                   fmt::format("<testsuite name='s'><properties>{}</properties><testcase name='serve'><properties>{}"
                               "<property name='ttft_ms' value='{}'/></properties></testcase></testsuite>",
                               measured.suite_properties, measured.case_properties, value)}};
    auto accepted = take_upload(*database_, {}, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return std::move(*accepted);
  }

  std::int64_t integer(const std::string& sql) {
    std::int64_t found = 0;
    database_->read([&](db::Connection& connection) { found = connection.require_integer(sql, {}); });
    return found;
  }
  std::int64_t series() { return integer("SELECT count(*) FROM series"); }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  Options options_;
};

INSTANTIATE_TEST_SUITE_P(Engines, UnsteadyConfigurationTest, tests::both_dialects(), tests::dialect_name);

TEST_P(UnsteadyConfigurationTest, AFactOfTheRunThatIsNewInEveryRunStopsDividingTheSeries) {
  Accepted last;
  for (int day = 0; day < 16; ++day) {
    const double value = day < 13 ? 0 : 150;
    last = upload(
        {.day = day,
         .suite_properties = property("dataset", fmt::format("sample{}x", 1000 + day)) + property("threads", "8"),
         .value = value});
    const auto is_said = Contains(HasSubstr("dataset had a new value in nearly every run"));
    if (day == 7) {
      EXPECT_THAT(last.run.warnings, is_said);
    }
    if (day > 7) {
      EXPECT_THAT(last.run.warnings, Each(Not(HasSubstr("dataset"))));
    }
  }
  EXPECT_EQ(series(), 1);
  EXPECT_EQ(integer("SELECT points FROM series"), 16);
  EXPECT_EQ(last.verdict.judged, 1);
  EXPECT_THAT(last.run.subject_json, HasSubstr("sample1015x"));
  EXPECT_THAT(last.run.configuration_json, HasSubstr("threads"));
  EXPECT_EQ(integer("SELECT count(*) FROM regression WHERE worse = 1"), 1);
}

TEST_P(UnsteadyConfigurationTest, AFactOfACaseToo) {
  for (int day = 0; day < 12; ++day)
    upload({.day = day, .case_properties = property("output_len", std::to_string(190 + day))});
  EXPECT_EQ(series(), 1);
  EXPECT_EQ(integer("SELECT points FROM series"), 12);
}

TEST_P(UnsteadyConfigurationTest, SeveralConfigurationsOfACommitStayApart) {
  for (int day = 0; day < 12; ++day) {
    for (const char* threads : {"8", "16"})
      upload({.day = day,
              .case_properties = property("threads", threads) + property("output_len", std::to_string(190 + day))});
  }
  EXPECT_EQ(series(), 2);
}

TEST_P(UnsteadyConfigurationTest, SettingsThatArePlannedStayIdentity) {
  for (int i = 0; i < 10; ++i)  // a matrix of one commit
    upload({.day = 0, .case_properties = property("threads", std::to_string(1 + i)), .commit = "c0"});
  EXPECT_EQ(series(), 10);
  for (int day = 1; day < 22; ++day)  // another one each day of the week
    upload({.day = day, .case_properties = property("batch_size", std::to_string(1 + day % 7))});
  EXPECT_EQ(series(), 17);
  for (int day = 22; day < 40; ++day)
    upload({.day = day, .case_properties = property("threads", day < 31 ? "100" : "200")});
  EXPECT_EQ(series(), 19);
}

TEST(UnsteadyFacts, AreNewInNearlyEveryCommit) {
  const auto former = [](const std::vector<std::string>& values) {
    std::vector<store::FormerConfiguration> before;
    for (std::size_t i = 0; i < values.size(); ++i)
      before.push_back({{{"f", values[i]}, {"threads", "8"}}, {fmt::format("c{}", i)}});
    return before;
  };
  const std::map<std::string, std::string> now = {{"f", "new"}, {"threads", "8"}};
  EXPECT_THAT(store::find_unsteady(now, former({"1", "2", "3", "4", "5", "6", "7"})), ElementsAre("f"));
  EXPECT_THAT(store::find_unsteady(now, former({"1", "2", "3", "3", "4", "5", "6", "7"})), ElementsAre("f"));
  EXPECT_THAT(store::find_unsteady(now, former({"1", "2", "3", "4", "5", "6"})), IsEmpty());
  EXPECT_THAT(store::find_unsteady(now, former({"1", "2", "new", "4", "5", "6", "7"})), IsEmpty());
  EXPECT_THAT(store::find_unsteady(now, former({"1", "2", "1", "2", "3", "4", "3", "5", "6", "5", "6", "7"})),
              IsEmpty());
}

}  // namespace
}  // namespace perftrend::intake
