#include "runner/delivery/upload_coordinates.h"

#include <gtest/gtest.h>

namespace perftrend::runner {
namespace {

const std::string silent = "<testsuite name='s'><testcase name='a'/></testsuite>";
const std::string placed =
    "<testsuites><testsuite name='s'><properties><property name='perftrend.commit' value='own'/>"
    "<property name='perftrend.testbed' value='bench-1'/></properties></testsuite></testsuites>";

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
    const auto at = coordinates_of({{"a", silent}}, {}, false, variables);
    EXPECT_EQ(at.branch, place.branch);
    EXPECT_EQ(at.commit, place.commit);
    EXPECT_EQ(at.ci_url, place.ci_url);
    EXPECT_EQ(at.testbed, "") << "the machine that uploads need not be the one that measured";
    EXPECT_EQ(coordinates_of({{"a", silent}}, {}, true, variables).commit, "")
        << "only stated coordinates were requested";
  }
}

TEST(UploadCoordinates, AReportWithCoordinatesIgnoresTheEnvironment) {
  const Variables variables{{"GITHUB_SHA", "job"}, {"GITHUB_REF_NAME", "main"}};
  const auto at = coordinates_of({{"a", silent}, {"b", placed}}, {}, false, variables);
  EXPECT_EQ(at.commit, "own");
  EXPECT_EQ(at.branch, "");
  EXPECT_EQ(at.testbed, "bench-1");
  RunCoordinates stated;
  stated.commit = "typed";
  EXPECT_EQ(coordinates_of({{"b", placed}}, stated, false, variables).commit, "typed");
  EXPECT_EQ(coordinates_of({{"b", placed}}, stated, false, variables).testbed, "bench-1");
}

}  // namespace
}  // namespace perftrend::runner
