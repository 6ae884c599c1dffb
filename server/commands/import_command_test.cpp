#include "server/commands/import_command.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "server/commands/exit_codes.h"

namespace perftrend {
namespace {

using ::testing::HasSubstr;

class ImportCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("perftrend-import-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_ / "reports");
    import_.database = folder_ / "x.db";
    import_.project = "p";
    import_.paths = {folder_ / "reports"};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / "reports" / name).parent_path());
    std::ofstream(folder_ / "reports" / name) << text;
  }

  int run() {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int code = run_import(import_);
    output_ = ::testing::internal::GetCapturedStdout();
    errors_ = ::testing::internal::GetCapturedStderr();
    return code;
  }

  std::filesystem::path folder_;
  ImportOptions import_;
  std::string output_, errors_;
};

TEST_F(ImportCommandTest, TakesTheReportsOfAFolderAndNamesTheOtherFiles) {
  write("a.csv", "case,latency_ms\na,1\n");
  write("b.txt", "BenchmarkFib-8   500   325 ns/op\n");
  write("c.ndjson", R"({"n_prompt":8,"n_gen":0,"samples_ns":[2000000]})");
  write("build.log", "compiling\n");
  write("package.json", R"({"name":"a"})");
  write("plot.svg", "<svg/>");
  EXPECT_EQ(run(), exit_ok);
  EXPECT_EQ(output_, "3 stored, 0 already stored, 0 refused, 3 left\n");
  EXPECT_THAT(errors_, HasSubstr("build.log (it holds no results of benchmarks)"));
  EXPECT_THAT(errors_, HasSubstr("package.json (this JSON is not of a known format)"));
  EXPECT_EQ(run(), exit_ok);
  EXPECT_EQ(output_, "0 stored, 3 already stored, 0 refused, 3 left\n");
}

TEST_F(ImportCommandTest, ResultsOfCriterionAreOneRun) {
  const std::string estimates =
      R"({"mean":{"point_estimate":6},"median":{"point_estimate":5},"median_abs_dev":{"point_estimate":1}})";
  write("fib/new/estimates.json", estimates);
  write("sort/10/new/estimates.json", estimates);
  write("sort/10/new/sample.json", R"({"iters":[1,2],"times":[7,14]})");
  write("sort/10/base/estimates.json", estimates);
  EXPECT_EQ(run(), exit_ok);
  EXPECT_EQ(output_, "1 stored, 0 already stored, 0 refused\n") << errors_;
}

TEST_F(ImportCommandTest, ARefusedFileDoesNotStopTheOthers) {
  write("a.csv", "case,latency_ms\na,1\n");
  write("cut.json", R"({"context":{},"benchmarks":[)");
  EXPECT_EQ(run(), exit_failed);
  EXPECT_EQ(output_, "1 stored, 0 already stored, 1 refused\n");
  EXPECT_THAT(errors_, HasSubstr("cut.json:1:"));
}

}  // namespace
}  // namespace perftrend
