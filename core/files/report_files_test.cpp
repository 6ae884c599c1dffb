#include "core/files/report_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace perftrend::files {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;

/// "NAME" of each file of each run, separated by '+'; those that were found by their folder have a '*'.
std::vector<std::string> names_of(const ReportFiles& found) {
  std::vector<std::string> names;
  for (const RunFiles& run : found.runs) {
    std::string all;
    for (const ReportFile& file : run)
      all += (all.empty() ? "" : "+") + file.name + (file.found_by == FoundBy::folder ? "*" : "");
    names.push_back(all);
  }
  return names;
}

class ReportFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("perftrend-report-files-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content = "x") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << content;
  }
  [[nodiscard]] ReportFiles find() const { return find_report_files({folder_}); }

  fs::path folder_;
};

TEST_F(ReportFilesTest, TakesFromAFolderWhatAnUploadTakes) {
  for (const char* name : {"a.csv", "b.ndjson", "c.txt", "d.json", "e.XML", "f/g.tar.xz", "f/h.zip", "f/i.log",
                           "f/j.jsonl", "k.out", "l.bench", "m.tsv", "._n.xml", "o.png", "p"})
    write(name);
  EXPECT_THAT(names_of(find()), ElementsAre("a.csv*", "b.ndjson*", "c.txt*", "d.json*", "e.XML*", "f/g.tar.xz*",
                                            "f/h.zip*", "f/i.log*", "f/j.jsonl*", "k.out*", "l.bench*", "m.tsv*"));
  EXPECT_THAT(find().left,
              ElementsAre((folder_ / "._n.xml").string(), (folder_ / "o.png").string(), (folder_ / "p").string()));
}

TEST_F(ReportFilesTest, ANamedFileIsARunWhateverItsName) {
  write("o.png");
  EXPECT_THAT(names_of(find_report_files({folder_ / "o.png", "absent.xml"})), ElementsAre("o.png", "absent.xml"));
  EXPECT_THAT(find_report_files({folder_}).runs, IsEmpty());
}

TEST_F(ReportFilesTest, ResultsOfCriterionAreOneRun) {
  for (const char* name : {"a.xml", "fib/new/estimates.json", "fib/new/sample.json", "fib/change/estimates.json",
                           "sort/10/new/estimates.json", "z.xml"})
    write(name);
  EXPECT_THAT(names_of(find()), ElementsAre("a.xml*",
                                            "criterion/fib/change/estimates.json+criterion/fib/new/estimates.json+"
                                            "criterion/fib/new/sample.json+criterion/sort/10/new/estimates.json",
                                            "z.xml*"));
}

TEST(WhyLeft, NamesTheCauseOfOtherFilesOnly) {
  struct Row {
    const char* name;
    const char* bytes;
    const char* why;
  };
  const Row rows[] = {
      {"package.json", R"({"name":"a","version":"1"})", "this JSON is not of a known format"},
      {"build.log", "compiling\ndone\n", "it holds no results of benchmarks"},
      {"pom.xml", "<project/>", "the root is <project>"},
      {"bench.txt", "BenchmarkFib-8   500   325 ns/op\n", ""},
      {"a.csv", "case,latency_ms\na,1\n", ""},
      {"a.xml", "<testsuite name='s'><testcase name='a'/></testsuite>", ""},
      {"cut.xml", "<testsuite name='s'><testcase", ""},
      {"cut.json", R"({"context":{},"benchmarks":[)", ""},
      {"a.zip", "PK", ""},
  };
  for (const Row& row : rows) {
    const std::string why = why_left({row.name, row.name, FoundBy::folder}, row.bytes);
    EXPECT_TRUE(std::string_view(row.why).empty() ? why.empty() : why.starts_with(row.why)) << row.name << ": " << why;
    EXPECT_EQ(why_left({row.name, row.name, FoundBy::name}, row.bytes), "") << "the user named it";
  }
}

TEST(DescribeLeft, NamesTheFirstOfMany) {
  EXPECT_EQ(describe_left({}), "");
  EXPECT_EQ(describe_left({"a.log (why)"}), "1 file is not a report, left:\n  a.log (why)");
  EXPECT_THAT(describe_left(std::vector<std::string>(25, "a.log")),
              AllOf(StartsWith("25 files are not reports, left:\n  a.log\n"), EndsWith("\n  … and 5 more")));
}

}  // namespace
}  // namespace perftrend::files
