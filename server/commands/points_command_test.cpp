#include "server/commands/points_command.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "server/commands/exit_codes.h"
#include "server/commands/import_command.h"

namespace perftrend {
namespace {

using ::testing::HasSubstr;

class PointsCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("perftrend-points-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "a.xml")
        << "<testsuite name='s' timestamp='2026-01-01T00:00:00Z'><testcase classname='k' name='say &quot;a, b&quot;'>"
           "<properties><property name='x_ms' value='1.5 2.25 1'/><property name='y_ms' value='7'/></properties>"
           "</testcase></testsuite>";
    ImportOptions import;
    import.database = options_.database = folder_ / "x.db";
    import.project = options_.project = "p";
    import.commit = "c1";
    import.paths = {folder_ / "a.xml"};
    ::testing::internal::CaptureStdout();
    ASSERT_EQ(run_import(import), exit_ok);
    ::testing::internal::GetCapturedStdout();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  int print() {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int code = run_points(options_);
    output_ = ::testing::internal::GetCapturedStdout();
    errors_ = ::testing::internal::GetCapturedStderr();
    return code;
  }

  std::filesystem::path folder_;
  PointsOptions options_;
  std::string output_, errors_;
};

const std::string header =
    "series,case,metric,unit,testbed,branch,run,commit,time,value,min,mad,samples,suspect,suite,classname\r\n";
const std::string case_names = ",\"say \"\"a, b\"\"\",";

TEST_F(PointsCommandTest, PrintsALineForEachPoint) {
  EXPECT_EQ(print(), exit_ok);
  EXPECT_EQ(output_, header + "1" + case_names +
                         "x_ms,ms,default,main,1,c1,2026-01-01T00:00:00Z,1.5,1,0.5,3,false,s,k\r\n" + "2" + case_names +
                         "y_ms,ms,default,main,1,c1,2026-01-01T00:00:00Z,7,7,0,1,false,s,k\r\n");
}

TEST_F(PointsCommandTest, PrintsOneSeries) {
  options_.series = 2;
  EXPECT_EQ(print(), exit_ok);
  EXPECT_EQ(output_,
            header + "2" + case_names + "y_ms,ms,default,main,1,c1,2026-01-01T00:00:00Z,7,7,0,1,false,s,k\r\n");
}

TEST_F(PointsCommandTest, NamesWhatDoesNotExist) {
  options_.series = 99;
  EXPECT_EQ(print(), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("project p has no series 99"));
  options_.project = "q";
  EXPECT_EQ(print(), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("project 'q' not found"));
  options_.database = folder_ / "none.db";
  EXPECT_EQ(print(), exit_database);
  EXPECT_EQ(output_, "");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.db"));
}

}  // namespace
}  // namespace perftrend
