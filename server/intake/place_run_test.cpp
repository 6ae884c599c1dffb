#include "server/intake/place_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/time/timestamps.h"

namespace perftrend::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t arrival_us = 1'800'000'000'000'000;

TEST(PlaceRun, ABranchHasOneSpellingWhereverItIsStated) {
  for (const char* stated : {"main", "refs/heads/main", "origin/main", "refs/remotes/origin/main"}) {
    std::vector<std::string> warnings;
    Upload upload;
    upload.branch = stated;
    upload.base_branch = "refs/heads/dev";
    const auto where = place(upload, {}, {}, warnings);
    ASSERT_TRUE(where);
    EXPECT_EQ(where->branch, "main");
    EXPECT_EQ(where->base_branch, "dev");
    EXPECT_THAT(warnings, IsEmpty());
  }
}

TEST(PlaceRun, ADetachedCheckoutIsNotABranch) {
  std::vector<std::string> warnings;
  Upload upload;
  upload.branch = "HEAD";
  Coordinates of_report;
  of_report.branch = "topic";
  EXPECT_EQ(place(upload, {}, of_report, warnings)->branch, "topic");
  EXPECT_EQ(place(upload, {}, {}, warnings)->branch, "main");
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("filed under topic"), HasSubstr("filed under main")));
}

TEST(PlaceRun, TheRequestWinsOverTheReport) {
  std::vector<std::string> warnings;
  Upload upload;
  upload.purpose = "calibration";
  upload.parts = "3";
  upload.run_key = "k";
  Coordinates of_report;
  of_report.purpose = Purpose::bisect;
  of_report.parts_expected = 2;
  of_report.run_key = "ci";
  of_report.shard = "s";
  const auto where = place(upload, {}, of_report, warnings);
  EXPECT_EQ(where->purpose, Purpose::calibration);
  EXPECT_EQ(where->parts_expected, 3);
  EXPECT_EQ(where->run_key, "k");
  EXPECT_EQ(where->shard, "s");
}

TEST(PlaceRun, ParametersAreChecked) {
  Upload upload;
  upload.project = "p";
  EXPECT_FALSE(check_parameters(upload));
  const auto cause_with = [&](std::string Upload::*member, const std::string& text) {
    Upload changed = upload;
    changed.*member = text;
    const auto refusal = check_parameters(changed);
    return refusal ? refusal->cause : "";
  };
  EXPECT_THAT(cause_with(&Upload::purpose, "trends"), HasSubstr("purpose is trend"));
  EXPECT_THAT(cause_with(&Upload::parts, "0"), HasSubstr("1 to 10000"));
  EXPECT_THAT(cause_with(&Upload::parts, "many"), HasSubstr("1 to 10000"));
  EXPECT_THAT(cause_with(&Upload::run_key, std::string(501, 'k')), HasSubstr("run_key is longer than 500 bytes"));
  EXPECT_THAT(cause_with(&Upload::shard, "a\nb"), HasSubstr("shard has control characters"));
}

TEST(PlaceRun, TimesAheadOfTheClockAreReplaced) {
  struct Case {
    std::optional<std::int64_t> started_us, commit_us;
    std::int64_t started_expected_us;
    std::optional<std::int64_t> commit_expected_us;
    std::vector<std::string> warnings;  ///< a part of each
  };
  const std::int64_t ahead_us = arrival_us + 60LL * 24 * 60 * minute_us;
  for (const auto& each :
       std::vector<Case>{{{}, {}, arrival_us, {}, {}},
                         {arrival_us - minute_us, {}, arrival_us - minute_us, {}, {}},
                         {arrival_us + 10 * minute_us, {}, arrival_us + 10 * minute_us, {}, {}},
                         {arrival_us + 11 * minute_us, {}, arrival_us, {}, {"is 11 minutes ahead"}},
                         {arrival_us + 9 * 60 * minute_us, {}, arrival_us, {}, {"is 9 hours ahead"}},
                         {ahead_us, ahead_us, arrival_us, arrival_us, {"start of the run", "commit time"}},
                         {{}, ahead_us, arrival_us, arrival_us, {"is 60 days ahead of the server's clock"}}}) {
    Coordinates where;
    where.started_us = each.started_us;
    where.commit_us = each.commit_us;
    std::vector<std::string> warnings;
    EXPECT_EQ(clamp_times(where, arrival_us, warnings), !each.warnings.empty());
    EXPECT_EQ(where.started_us, each.started_expected_us);
    EXPECT_EQ(where.commit_us, each.commit_expected_us);
    ASSERT_EQ(warnings.size(), each.warnings.size());
    for (std::size_t i = 0; i < warnings.size(); ++i)
      EXPECT_THAT(warnings[i], HasSubstr(each.warnings[i]));
  }
}

}  // namespace
}  // namespace perftrend::intake
