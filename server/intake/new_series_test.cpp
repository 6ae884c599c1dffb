// The warning of a run whose series are mostly new, on both engines.

#include "server/intake/new_series.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t first_us = 1'767'225'600'000'000;  // 2026-01-01

class NewSeriesTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  struct Sent {
    std::vector<std::string> cases;
    std::string run_key{};
    std::string model{};
    std::string purpose{};
  };

  std::vector<std::string> upload(int day, const Sent& sent) {
    std::string body = "<testsuite name='s'>";
    if (!sent.model.empty())
      body += fmt::format("<properties><property name='configuration.model' value='{}'/></properties>", sent.model);
    for (const auto& name : sent.cases) {
      body += fmt::format(
          "<testcase classname='c' name='{}'><properties><property name='latency_ms' value='100'/></properties>"
          "</testcase>",
          name);
    }
    Upload upload;
    upload.project = "p";
    upload.branch = "main";
    upload.commit = fmt::format("c{}", day);
    upload.run_key = sent.run_key;
    upload.purpose = sent.purpose;
    upload.started_at = times::to_rfc3339(first_us + day * day_us);
    upload.files = {{"", "application/xml", body + "</testsuite>"}};
    auto accepted = take_upload(*database_, {}, options_, std::move(upload));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return accepted->run.warnings;
  }

  static std::vector<std::string> names(const std::string& prefix, int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i)
      names.push_back(fmt::format("{}{}", prefix, std::string(1, static_cast<char>('a' + i))));
    return names;
  }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  Options options_;
};

INSTANTIATE_TEST_SUITE_P(Engines, NewSeriesTest, tests::both_dialects(), tests::dialect_name);

const auto says_new = Contains(HasSubstr("series are new"));

/// A prefix that no built-in pattern of names replaces.
std::string word(int day) {
  return fmt::format("{}x{}", static_cast<char>('a' + day), static_cast<char>('q' - day));
}

TEST_P(NewSeriesTest, NamesThatChangeWithEveryRunAreReportedFromTheFourthRunOn) {
  for (int day = 0; day < 6; ++day) {
    const auto warnings = upload(day, {names(word(day), 5)});
    if (day < first_lane_runs) {
      EXPECT_THAT(warnings, Not(says_new)) << day;
    } else {
      EXPECT_THAT(warnings, Contains(HasSubstr("5 of 5 series are new: no earlier run of main"))) << day;
    }
  }
}

TEST_P(NewSeriesTest, OnlyWhereMostAreNewForNoOtherReason) {
  const auto stable = names("stable", 4);
  const auto with = [&](const std::vector<std::string>& others) {
    auto all = stable;
    all.insert(all.end(), others.begin(), others.end());
    return all;
  };
  int day = 0;
  for (; day < 4; ++day)
    EXPECT_THAT(upload(day, {stable}), Not(says_new));
  EXPECT_THAT(upload(day++, {with(names("half", 4))}), Not(says_new)) << "half of them";
  EXPECT_THAT(upload(day++, {with(names("more", 5))}), Contains(HasSubstr("5 of 9 series are new")));
  EXPECT_THAT(upload(day++, {.cases = stable, .model = "7B"}), Not(says_new)) << "the configuration changed";
  EXPECT_THAT(upload(day++, {.cases = names("confirm", 5), .purpose = "confirm"}), Not(says_new));
}

}  // namespace
}  // namespace perftrend::intake
