// Series that vanish from the runs of a lane, on both engines.

#include "server/store/vanished.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/clock.h"
#include "server/intake/complete_run.h"
#include "server/intake/intake.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t first_us = 1'767'225'600'000'000;  // 2026-01-01

struct PartOfRun {
  int day = 0;
  std::vector<std::string> cases;
  std::vector<std::string> failed{};
  std::string parts{};
  std::string branch = "main";
  std::string quantisation{};
};

class VanishedTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  Accepted upload(const PartOfRun& part) {
    std::string body = "<testsuite name='s'>";
    if (!part.quantisation.empty()) {
      body += fmt::format("<properties><property name='configuration.quantisation' value='{}'/></properties>",
                          part.quantisation);
    }
    for (const auto& name : part.cases) {
      body += fmt::format(
          "<testcase classname='c' name='{}'><properties><property name='latency_ms' value='{}'/></properties>"
          "</testcase>",
          name, 100 + part.day % 3);
    }
    for (const auto& name : part.failed)
      body += fmt::format("<testcase classname='c' name='{}'><failure message='no'/></testcase>", name);
    Upload sent;
    sent.project = "p";
    sent.branch = part.branch;
    sent.commit = fmt::format("c{}", part.day);
    sent.run_key = fmt::format("run-{}", part.day);
    sent.parts = part.parts;
    sent.started_at = times::to_rfc3339(first_us + part.day * day_us);
    sent.files = {{"", "application/xml", body + "</testsuite>"}};
    auto accepted = take_upload(*database_, {}, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return std::move(*accepted);
  }

  /// `days` complete runs with all cases.
  void usual_days(int days, const std::vector<std::string>& cases) {
    for (; day_ < days; ++day_)
      upload({.day = day_, .cases = cases});
  }

  std::vector<std::string> vanished() {
    store::VanishedPage page;
    database_->read([&](db::Connection& connection) { page = store::list_vanished(connection, 1, {"", "", 100}); });
    return names_of(page);
  }
  static std::vector<std::string> names_of(const store::VanishedPage& page) {
    std::vector<std::string> names;
    for (const auto& series : page.series)
      names.push_back(series.key.name);
    return names;
  }

  triage::RunVerdict complete(Id run) {
    triage::RunVerdict verdict;
    database_->write(
        [&](db::Connection& connection) { verdict = complete_run(connection, {}, 1, "p", run, now_us()); });
    return verdict;
  }
  int complete_quiet(std::int64_t now_us) { return complete_quiet_runs(*database_, {}, now_us); }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  Options options_;
  int day_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, VanishedTest, tests::both_dialects(), tests::dialect_name);

TEST_P(VanishedTest, ACaseIsReportedAfterThreeCompleteRunsWithoutItUntilItIsBack) {
  usual_days(6, {"a", "b", "c"});
  for (int day = 6; day < 8; ++day)
    EXPECT_THAT(upload({.day = day, .cases = {"a", "b"}}).verdict.vanished.series, IsEmpty()) << day;
  const PartOfRun third = {.day = 8, .cases = {"a", "b"}};
  const auto accepted = upload(third);
  EXPECT_THAT(names_of(accepted.verdict.vanished), ElementsAre("c"));
  EXPECT_THAT(accepted.run.warnings, Contains(HasSubstr("1 series was measured before")));
  EXPECT_THAT(names_of(upload(third).verdict.vanished), ElementsAre("c")) << "the same upload again";
  EXPECT_THAT(names_of(upload({.day = 9, .cases = {"a", "b"}}).verdict.vanished), ElementsAre("c"));
  EXPECT_THAT(upload({.day = 10, .cases = {"a", "b", "c"}}).verdict.vanished.series, IsEmpty());
  EXPECT_THAT(vanished(), IsEmpty());
}

TEST_P(VanishedTest, ARunThatWaitsForPartsIsLookedAtWhenItIsCompleted) {
  struct Case {
    std::string name;
    std::function<std::vector<std::string>(Id run)> complete;  ///< what is said then
  };
  const auto in_a_day = [] { return now_us() + day_us; };
  int day = 6;
  for (const auto& each : std::vector<Case>{{"by a request", [&](Id run) { return names_of(complete(run).vanished); }},
                                            {"by a request, twice",
                                             [&](Id run) {
                                               complete(run);
                                               return names_of(complete(run).vanished);
                                             }},
                                            {"by a quiet period", [&](Id) {
                                               EXPECT_EQ(complete_quiet(in_a_day()), 1);
                                               return vanished();
                                             }}}) {
    usual_days(day, {"a", "b", "c"});
    for (int run = 0; run < 2; ++run)
      complete(upload({.day = day++, .cases = {"a", "b"}, .parts = "3"}).run_id);
    EXPECT_THAT(vanished(), IsEmpty()) << each.name;
    const auto waiting = upload({.day = day++, .cases = {"a", "b"}, .parts = "3"});
    EXPECT_THAT(vanished(), IsEmpty()) << each.name << ": a part that is expected may have the case";
    EXPECT_THAT(each.complete(waiting.run_id), ElementsAre("c")) << each.name;
    EXPECT_THAT(vanished(), ElementsAre("c")) << each.name;
    EXPECT_THAT(upload({.day = day - 1, .cases = {"c"}, .parts = "3"}).verdict.vanished.series, IsEmpty())
        << each.name << ": a late part has it";
    EXPECT_THAT(vanished(), IsEmpty()) << each.name;
    for (int run = 0; run < 6; ++run)
      upload({.day = day++, .cases = {"a", "b", "c"}});
  }
}

TEST_P(VanishedTest, ACaseThatFailedInAnEarlierPartIsMissingForAKnownReason) {
  usual_days(6, {"a", "b", "c"});
  for (int day = 6; day < 10; ++day) {
    upload({.day = day, .cases = {"a"}, .failed = {"c"}, .parts = "2"});
    upload({.day = day, .cases = {"b"}, .parts = "2"});
  }
  EXPECT_THAT(vanished(), IsEmpty());
}

TEST_P(VanishedTest, MostCasesMayVanishAtOnce) {
  usual_days(6, {"a", "b", "c", "d", "e"});
  for (int day = 6; day < 8; ++day)
    EXPECT_THAT(upload({.day = day, .cases = {"a"}}).verdict.vanished.series, IsEmpty()) << day;
  EXPECT_THAT(names_of(upload({.day = 8, .cases = {"a"}}).verdict.vanished), ElementsAre("b", "c", "d", "e"));
}

TEST_P(VanishedTest, ARunThatMeasuredAFewCasesInBetweenSaysNothingOfTheOthers) {
  usual_days(6, {"a", "b", "c", "d"});
  for (int day = 6; day < 18; ++day) {
    const auto cases = day % 3 == 0 ? std::vector<std::string>{"a", "b", "c", "d"} : std::vector<std::string>{"a"};
    EXPECT_THAT(upload({.day = day, .cases = cases}).verdict.vanished.series, IsEmpty()) << day;
  }
}

TEST_P(VanishedTest, ACaseThatFailedInOneOfTheRunsIsMissingForAKnownReason) {
  usual_days(6, {"a", "b", "c"});
  upload({.day = 6, .cases = {"a", "b"}, .failed = {"c"}});
  for (int day = 7; day < 9; ++day)
    upload({.day = day, .cases = {"a", "b"}});
  EXPECT_THAT(vanished(), IsEmpty());
}

TEST_P(VanishedTest, AnotherConfigurationIsNotAnAbsence) {
  for (int day = 0; day < 12; ++day) {
    upload({.day = day, .cases = {"a", "b", "c"}, .quantisation = day < 6 ? "Q4_0" : "Q8_0"});
    EXPECT_THAT(vanished(), IsEmpty()) << day;
  }
  for (int day = 12; day < 15; ++day)
    upload({.day = day, .cases = {"a", "b"}, .quantisation = "Q8_0"});
  EXPECT_THAT(vanished(), ElementsAre("c")) << "in its newest configuration";
}

TEST_P(VanishedTest, ShortLivedBranchesSayNothing) {
  usual_days(6, {"a", "b", "c", "d"});
  for (int day = 10; day < 14; ++day)
    EXPECT_THAT(upload({.day = day, .cases = {"a", "b", "c"}, .branch = "topic"}).verdict.vanished.series, IsEmpty());
  EXPECT_THAT(vanished(), IsEmpty());
}

}  // namespace
}  // namespace perftrend::intake
