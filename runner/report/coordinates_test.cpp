#include "runner/report/coordinates.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace perftrend::runner {
namespace {

std::optional<GitHead> no_git() {
  return std::nullopt;
}
std::optional<GitHead> some_git() {
  return GitHead{"c0ffee", "main"};
}

RunCoordinates stating(const std::string& commit) {
  RunCoordinates at;
  at.commit = commit;
  return at;
}

TEST(Coordinates, UnknownValuesStayEmpty) {
  const RunCoordinates at = complete_coordinates({}, {}, no_git, "host");
  EXPECT_EQ(at.branch + at.commit + at.commit_time + at.ci_url + at.started_at, "");
  EXPECT_EQ(at.testbed, "host");
}

TEST(Coordinates, GitIsReadLast) {
  const RunCoordinates at = complete_coordinates({}, {}, some_git, "host");
  EXPECT_EQ(at.commit, "c0ffee");
  EXPECT_EQ(at.branch, "main");
  EXPECT_EQ(at.commit_time, "") << "several runs of one commit have several positions in the trend";
}

TEST(Coordinates, GitIsIgnoredForAnotherCommit) {
  const RunCoordinates at = complete_coordinates(stating("beef"), {}, some_git, "host");
  EXPECT_EQ(at.commit, "beef");
  EXPECT_EQ(at.branch, "") << "the branch of another commit";
}

TEST(Coordinates, TheCommandLineHasPriority) {
  const RunCoordinates stated{"b", "c0ffee", "2020-01-01T00:00:00Z", "t", "", "2020-01-02T00:00:00Z"};
  const RunCoordinates at = complete_coordinates(
      stated, {{"GITHUB_SHA", "x"}, {"GITHUB_REF_NAME", "y"}, {"PERFTREND_TESTBED", "z"}}, some_git, "host");
  EXPECT_EQ(at.branch, "b");
  EXPECT_EQ(at.commit, "c0ffee");
  EXPECT_EQ(at.commit_time, "2020-01-01T00:00:00Z");
  EXPECT_EQ(at.testbed, "t");
  EXPECT_EQ(at.started_at, "2020-01-02T00:00:00Z");
}

TEST(Coordinates, VariablesOfEachCi) {
  struct Case {
    Variables variables;
    std::string commit, branch, url;
  };
  for (const auto& [variables, commit, branch, url] : std::vector<Case>{
           {{{"GITHUB_SHA", "s"},
             {"GITHUB_REF_NAME", "main"},
             {"GITHUB_RUN_ID", "7"},
             {"GITHUB_SERVER_URL", "https://github.com"},
             {"GITHUB_REPOSITORY", "o/r"}},
            "s",
            "main",
            "https://github.com/o/r/actions/runs/7"},
           {{{"GITHUB_SHA", "s"}, {"GITHUB_REF_NAME", "7/merge"}, {"GITHUB_HEAD_REF", "topic"}}, "s", "pull/7", ""},
           {{{"CI_COMMIT_SHA", "s"},
             {"CI_COMMIT_REF_NAME", "dev"},
             {"CI_JOB_URL", "https://g/1"},
             {"CI_COMMIT_TIMESTAMP", "2026-11-23T03:00:00+01:00"}},
            "s",
            "dev",
            "https://g/1"},
           {{{"GIT_COMMIT", "s"}, {"GIT_BRANCH", "origin/main"}, {"BUILD_URL", "https://j/2"}},
            "s",
            "main",
            "https://j/2"},
           {{{"BUILDKITE_COMMIT", "s"}, {"BUILDKITE_BRANCH", "b"}, {"BUILDKITE_BUILD_URL", "u"}}, "s", "b", "u"},
           {{{"CIRCLE_SHA1", "s"}, {"CIRCLE_BRANCH", "b"}, {"CIRCLE_BUILD_URL", "u"}}, "s", "b", "u"},
       }) {
    const RunCoordinates at = complete_coordinates({}, variables, no_git, "host");
    EXPECT_EQ(at.commit, commit);
    EXPECT_EQ(at.branch, branch);
    EXPECT_EQ(at.ci_url, url);
    EXPECT_EQ(at.commit_time, "") << "the same commit may be measured again tomorrow";
  }
}

TEST(Coordinates, APullRequestOfGitHubHasTheCommitsOfItsEvent) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("perftrend-event-{}.json", ::getpid());
  std::ofstream(path) << R"({"pull_request":{"number":7,"head":{"sha":"h"},"base":{"sha":"b"}}})";
  const Variables variables = {{"GITHUB_SHA", "merge"},     {"GITHUB_REF", "refs/heads/main"},
                               {"GITHUB_HEAD_REF", "main"}, {"GITHUB_BASE_REF", "main"},
                               {"GITHUB_RUN_ID", "9"},      {"GITHUB_EVENT_PATH", path}};
  const RunCoordinates at = complete_coordinates({}, variables, some_git, "host");
  EXPECT_EQ(at.commit, "h");
  EXPECT_EQ(at.branch, "pull/7");
  EXPECT_EQ(at.base_branch, "main");
  EXPECT_EQ(at.base_commit, "b");
  EXPECT_EQ(at.run_key, "github-9");
  std::filesystem::remove(path);
  EXPECT_EQ(complete_coordinates({}, variables, some_git, "host").commit, "merge") << "the file is gone";
}

TEST(Coordinates, AJobForAnotherRunOfGitHubHasTheCoordinatesOfThatRun) {
  struct Row {
    const char* event;
    const char* branch;
    const char* commit;
    const char* base_branch;
  };
  const Row rows[] = {
      {R"({"workflow_run":{"event":"pull_request","head_branch":"main","head_sha":"h","pull_requests":[],
           "head_repository":{"full_name":"eve/x"}},"repository":{"full_name":"o/x","default_branch":"main"}})",
       "pull/eve:main", "h", "main"},
      {R"({"workflow_run":{"event":"pull_request","head_branch":"topic","head_sha":"h",
           "pull_requests":[{"number":4,"base":{"ref":"release/1"}}]},"repository":{"default_branch":"main"}})",
       "pull/4", "h", "release/1"},
      {R"({"workflow_run":{"event":"push","head_branch":"dev","head_sha":"h"}})", "dev", "h", ""},
      {R"({"issue":{"number":9,"pull_request":{}},"repository":{"default_branch":"main"}})", "pull/9", "c0ffee",
       "main"},
      {R"({"issue":{"number":9}})", "main", "9", ""},
  };
  const auto path = std::filesystem::temp_directory_path() / fmt::format("perftrend-event-{}.json", ::getpid());
  const Variables variables = {{"GITHUB_SHA", "9"}, {"GITHUB_REF", "refs/heads/main"}, {"GITHUB_EVENT_PATH", path}};
  for (const Row& row : rows) {
    std::ofstream(path) << row.event;
    const RunCoordinates at = complete_coordinates({}, variables, some_git, "host");
    EXPECT_EQ(at.branch, row.branch) << row.event;
    EXPECT_EQ(at.commit, row.commit) << row.event;
    EXPECT_EQ(at.base_branch, row.base_branch) << row.event;
  }
  std::filesystem::remove(path);
}

TEST(Coordinates, ComeBackFromTheirProperties) {
  const RunCoordinates at{
      "b", "c", "2020-01-01T00:00:00Z", "t", "u", "2020-01-02T00:00:00Z", "bisect", "k", "2", "20", "main", "d"};
  EXPECT_EQ(to_properties(at).size(), 12U);
  EXPECT_EQ(to_properties(coordinates_in(to_properties(at))), to_properties(at));
  EXPECT_TRUE(to_properties({}).empty());
  EXPECT_EQ(coordinates_in({{"environment.branch", "x"}}).branch, "");
}

TEST(ReadVariables, SplitsAtTheFirstEquals) {
  const char* const entries[] = {"A=1", "B=x=y", "EMPTY=", "odd", nullptr};
  const Variables variables = read_variables(entries);
  EXPECT_EQ(value_of(variables, "A"), "1");
  EXPECT_EQ(value_of(variables, "B"), "x=y");
  EXPECT_EQ(value_of(variables, "EMPTY"), "");
  EXPECT_EQ(value_of(variables, "absent"), "");
  EXPECT_EQ(variables.size(), 3U);
}

}  // namespace
}  // namespace perftrend::runner
