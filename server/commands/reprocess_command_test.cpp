#include "server/commands/reprocess_command.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "server/commands/exit_codes.h"
#include "server/commands/import_command.h"
#include "server/db/sqlite.h"

namespace perftrend {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ReprocessCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("perftrend-command-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_ / "reports");
    std::string metrics;
    for (int i = 0; i < 12; ++i)
      metrics += fmt::format("<property name='stage_{}_ms' value='{}'/>", i, i + 1);
    write("reports/a.xml", "<testsuite name='s' timestamp='2026-01-01T00:00:00Z'><testcase name='a'><properties>" +
                               metrics + "</properties></testcase></testsuite>");
    write("reports/b.xml", "<testsuite name='s' timestamp='2026-01-02T00:00:00Z'><testcase name='a'/></testsuite>");
    write("leave.toml", "[[metrics]]\nleave = [\"stage_*\"]\n");
    ImportOptions import;
    import.database = reprocess_.database = folder_ / "x.db";
    import.project = "p";
    import.paths = {folder_ / "reports"};
    ::testing::internal::CaptureStdout();
    const int code = run_import(import);
    ASSERT_EQ(::testing::internal::GetCapturedStdout(), "2 stored, 0 already stored, 0 refused\n");
    ASSERT_EQ(code, exit_ok);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  int reprocess() {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int code = run_reprocess(reprocess_);
    output_ = ::testing::internal::GetCapturedStdout();
    errors_ = ::testing::internal::GetCapturedStderr();
    return code;
  }

  std::filesystem::path folder_;
  ReprocessOptions reprocess_;
  std::string output_, errors_;
};

TEST_F(ReprocessCommandTest, SaysThatNothingChanges) {
  EXPECT_EQ(reprocess(), exit_ok);
  EXPECT_EQ(output_,
            "2 runs with 12 points: 0 would change (0 points changed, 0 added, 0 removed), 0 refused, 0 damaged, "
            "0 without a document\n");
}

TEST_F(ReprocessCommandTest, ShowsChangesAndStoresThemOnRequest) {
  reprocess_.policies = folder_ / "leave.toml";
  EXPECT_EQ(reprocess(), exit_failed);
  EXPECT_THAT(output_, AllOf(HasSubstr("p run 1 (2026-01-01T00:00:00Z, main on default) changes\n"),
                             HasSubstr("  stage_0_ms of s / a: 1 ms -> gone\n"),
                             HasSubstr("  and 2 more changes (--verbose shows all)\n"),
                             HasSubstr("(0 points changed, 0 added, 12 removed)"), HasSubstr("nothing was stored")));
  reprocess_.verbose = true;
  EXPECT_EQ(reprocess(), exit_failed);
  EXPECT_THAT(output_, AllOf(HasSubstr("stage_11_ms of s / a: 12 ms -> gone\n"), Not(HasSubstr("more changes"))));
  reprocess_.apply = true;
  EXPECT_EQ(reprocess(), exit_ok);
  EXPECT_THAT(output_, HasSubstr("1 changed"));
  EXPECT_EQ(reprocess(), exit_ok);
  EXPECT_THAT(output_, HasSubstr("2 runs with 0 points: 0 changed"));
}

TEST_F(ReprocessCommandTest, RefusesWhatItCannotWorkOn) {
  reprocess_.project = "q";
  EXPECT_EQ(reprocess(), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("project 'q' does not exist"));
  reprocess_.policies = folder_ / "absent.toml";
  EXPECT_EQ(reprocess(), exit_usage);
  reprocess_ = {};
  reprocess_.database = folder_ / "absent.db";
  EXPECT_EQ(reprocess(), exit_database);
  EXPECT_FALSE(std::filesystem::exists(reprocess_.database));
}

TEST_F(ReprocessCommandTest, StoresNothingWhileAServerRuns) {
  const auto server = db::open_sqlite({.file = reprocess_.database, .exclusive = true});
  EXPECT_EQ(reprocess(), exit_ok);
  reprocess_.apply = true;
  EXPECT_THROW(run_reprocess(reprocess_), db::Unusable);
}

}  // namespace
}  // namespace perftrend
