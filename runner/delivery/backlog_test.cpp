#include "runner/delivery/backlog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string silent = "<testsuite name='s'><testcase name='a'/></testsuite>";
const std::string placed =
    "<testsuites><testsuite name='s'><properties><property name='perftrend.commit' value='own'/>"
    "<property name='perftrend.testbed' value='bench-1'/></properties></testsuite></testsuites>";

class FindRunsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("perftrend-backlog-" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "b" / "c");
    for (const char* name : {"b/2.xml", "b/1.json", "b/c/3.tar.gz", "b/c/4.jsonl", "b/._2.xml", "b/notes.txt", "x.txt"})
      std::ofstream(folder_ / name) << name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(FindRunsTest, ADirectoryIsReplacedByItsReports) {
  const auto b = folder_ / "b";
  EXPECT_THAT(find_runs({(folder_ / "x.txt").string(), b.string(), "absent.xml"}, false),
              ElementsAre(RunFiles{folder_ / "x.txt"}, RunFiles{b / "1.json"}, RunFiles{b / "2.xml"},
                          RunFiles{b / "c/3.tar.gz"}, RunFiles{b / "c/4.jsonl"}, RunFiles{"absent.xml"}));
  EXPECT_THAT(find_runs({b.string()}, true),
              ElementsAre(RunFiles{b / "1.json", b / "2.xml", b / "c/3.tar.gz", b / "c/4.jsonl"}));
  fs::create_directories(folder_ / "empty");
  EXPECT_THAT(find_runs({(folder_ / "empty").string()}, false), IsEmpty());
  EXPECT_THAT(find_runs({(folder_ / "empty").string()}, true), IsEmpty());
}

struct Place {
  std::string branch, commit, ci_url;
};

TEST(UploadCoordinates, TheCiEnvironmentFillsMissingCoordinates) {
  const std::vector<std::pair<Variables, Place>> cases = {
      {{{"GITHUB_SHA", "c1"},
        {"GITHUB_REF_NAME", "main"},
        {"GITHUB_RUN_ID", "7"},
        {"GITHUB_SERVER_URL", "https://g"},
        {"GITHUB_REPOSITORY", "o/r"}},
       {"main", "c1", "https://g/o/r/actions/runs/7"}},
      {{{"CI_COMMIT_SHA", "c2"}, {"CI_COMMIT_REF_NAME", "topic"}, {"CI_JOB_URL", "https://l/2"}},
       {"topic", "c2", "https://l/2"}},
      {{{"GIT_COMMIT", "c3"}, {"GIT_BRANCH", "origin/main"}, {"BUILD_URL", "https://j/3"}},
       {"main", "c3", "https://j/3"}},
      {{{"GIT_COMMIT", "c4"}, {"BRANCH_NAME", "PR-4"}, {"CHANGE_BRANCH", "topic"}}, {"pull/4", "c4", ""}},
      {{}, {"", "", ""}},
  };
  for (const auto& [variables, place] : cases) {
    const auto at = coordinates_of({silent}, {}, false, variables);
    EXPECT_EQ(at.branch, place.branch);
    EXPECT_EQ(at.commit, place.commit);
    EXPECT_EQ(at.ci_url, place.ci_url);
    EXPECT_EQ(at.testbed, "") << "the machine that uploads need not be the one that measured";
    EXPECT_EQ(coordinates_of({silent}, {}, true, variables).commit, "") << "only stated coordinates were requested";
  }
}

TEST(UploadCoordinates, AReportWithCoordinatesIgnoresTheEnvironment) {
  const Variables variables{{"GITHUB_SHA", "job"}, {"GITHUB_REF_NAME", "main"}};
  const auto at = coordinates_of({silent, placed}, {}, false, variables);
  EXPECT_EQ(at.commit, "own");
  EXPECT_EQ(at.branch, "");
  EXPECT_EQ(at.testbed, "bench-1");
  RunCoordinates stated;
  stated.commit = "typed";
  EXPECT_EQ(coordinates_of({placed}, stated, false, variables).commit, "typed");
  EXPECT_EQ(coordinates_of({placed}, stated, false, variables).testbed, "bench-1");
}

}  // namespace
}  // namespace perftrend::runner
