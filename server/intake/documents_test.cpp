#include "server/intake/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packed.h"

namespace perftrend::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Files = std::vector<std::pair<std::string, std::string>>;

constexpr const char* junit_report = "<testsuite name='s'><testcase name='a' time='1'/></testsuite>";

tl::expected<Report, Refusal> read(const Files& files, std::vector<store::Document>* documents = nullptr) {
  return read_files({{"reports.tar", "", tests::pack_tar(files)}}, Options(), "", documents);
}

TEST(ArchiveOfDocuments, OtherFilesAreSkippedWithOneWarning) {
  std::vector<store::Document> documents;
  const auto report = read({{"README.md", "# hello"},
                            {"build.log", "compiling"},
                            {"coverage.xml", "<coverage line-rate='1'/>"},
                            {"junit.xml", junit_report},
                            {"package.json", R"({"name":"x","version":"1.0"})"},
                            {"plot.png", "\x89PNG"}},
                           &documents);
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  EXPECT_EQ(report->counts.cases, 1);
  EXPECT_THAT(report->warnings, ElementsAre("skipped in the archive, because they are not reports: 5 files: README.md, "
                                            "build.log, plot.png, coverage.xml, package.json"));
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(documents[0].name, "junit.xml");
}

TEST(ArchiveOfDocuments, OnlyReportsGiveNoWarning) {
  const auto report = read({{"a.xml", junit_report}, {"bench.txt", "BenchmarkA-8 10 5 ns/op\n"}});
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  EXPECT_EQ(report->counts.cases, 2);
  EXPECT_THAT(report->warnings, IsEmpty());
}

TEST(ArchiveOfDocuments, WithoutAReportIsRefused) {
  const auto other = read({{"package.json", R"({"name":"x"})"}, {"a.log", "x"}});
  ASSERT_FALSE(other.has_value());
  EXPECT_THAT(other.error().cause, HasSubstr("the archive holds no report; it holds 2 files: a.log, package.json; "
                                             "perftrend reads JUnit XML, "));
}

TEST(ArchiveOfDocuments, ABrokenReportIsRefusedWithItsName) {
  const auto broken = read({{"a.xml", junit_report}, {"b.json", "{\"context\":{}, 1}"}});
  ASSERT_FALSE(broken.has_value());
  EXPECT_THAT(broken.error().cause, HasSubstr("b.json: not JSON"));
  EXPECT_EQ(broken.error().line, 1U);
  EXPECT_FALSE(read({{"a.xml", junit_report}, {"b.xml", "<testsuite>"}}).has_value());
}

TEST(ArchiveOfDocuments, AnEmptyReportNextToOthersIsNamed) {
  const auto report = read({{"a.xml", junit_report}, {"crashed.xml", ""}});
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  EXPECT_EQ(report->counts.cases, 1);
  EXPECT_THAT(report->warnings, ElementsAre(HasSubstr("crashed.xml")));
  EXPECT_FALSE(read({{"crashed.xml", ""}}).has_value()) << "nothing but an empty report";
}

TEST(ArchiveOfDocuments, TheFolderOfCriterionIsReadAndReadAgain) {
  std::vector<store::Document> documents;
  const Files files = {
      {"target/criterion/fib/new/benchmark.json", R"({"group_id":"fib","full_id":"fib"})"},
      {"target/criterion/fib/new/estimates.json",
       R"({"mean":{"point_estimate":5},"median":{"point_estimate":5},"median_abs_dev":{"point_estimate":1}})"},
      {"target/criterion/fib/new/sample.json", R"({"iters":[1,2],"times":[5,12]})"},
      {"target/criterion/fib/base/sample.json", R"({"iters":[1,2],"times":[9,9]})"},
      {"target/criterion/report/index.html", "<html/>"}};
  const auto report = read(files, &documents);
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  ASSERT_EQ(report->counts.cases, 1);
  EXPECT_EQ(report->cases[0].properties.at(0).value, "5 6");
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(documents[0].name, "target/criterion/fib/new");
  const auto again = read_files({{documents[0].name, "", unpack(documents[0])}}, Options(), "", nullptr);
  ASSERT_TRUE(again.has_value()) << again.error().cause;
  EXPECT_EQ(again->cases[0].key.name, "fib");
}

TEST(ArchiveOfDocuments, ASingleFileThatIsNotAReportIsRefused) {
  const auto report = read_files({{"a.json", "", R"({"name":"x"})"}}, Options(), "", nullptr);
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().cause, HasSubstr("a.json: this JSON is not of a known format; perftrend reads "));
}

}  // namespace
}  // namespace perftrend::intake
