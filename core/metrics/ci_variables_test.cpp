#include "core/metrics/ci_variables.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/metrics/metrics.h"

namespace perftrend::metrics {
namespace {

using CiVariables = std::map<std::string, std::string, std::less<>>;

CiCoordinates read(const CiVariables& variables) {
  return read_ci_variables([&](std::string_view name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

struct CiCase {
  std::string name;
  CiVariables variables;
  CiCoordinates expected;  ///< branch, commit, base branch, base commit, run key, URL, default branch
};

void expect_each(const CiVariables& common, const std::vector<CiCase>& cases) {
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    auto variables = each.variables;
    variables.insert(common.begin(), common.end());
    const auto found = read(variables);
    EXPECT_EQ(found.branch, each.expected.branch);
    EXPECT_EQ(found.commit, each.expected.commit);
    EXPECT_EQ(found.base_branch, each.expected.base_branch);
    EXPECT_EQ(found.base_commit, each.expected.base_commit);
    EXPECT_EQ(found.run_key, each.expected.run_key);
    EXPECT_EQ(found.ci_url, each.expected.ci_url);
    EXPECT_EQ(found.default_branch, each.expected.default_branch);
  }
}

TEST(CiVariables, GitHub) {
  const std::string key = "github-7-2";
  const std::string url = "https://github.com/o/r/actions/runs/7";
  expect_each(
      {{"GITHUB_RUN_ID", "7"},
       {"GITHUB_RUN_ATTEMPT", "2"},
       {"GITHUB_SERVER_URL", "https://github.com"},
       {"GITHUB_REPOSITORY", "o/r"},
       {"GITHUB_SHA", "s"}},
      {{"push",
        {{"GITHUB_REF", "refs/heads/main"}, {"GITHUB_REF_NAME", "main"}, {"GITHUB_REF_TYPE", "branch"}},
        {"main", "s", "", "", key, url, ""}},
       {"schedule",
        {{"GITHUB_REF", "refs/heads/main"}, {"GITHUB_EVENT_NAME", "schedule"}},
        {"main", "s", "", "", key, url, ""}},
       {"branch with slashes", {{"GITHUB_REF_NAME", "feature/x"}}, {"feature/x", "s", "", "", key, url, ""}},
       {"tag", {{"GITHUB_REF", "refs/tags/v1"}, {"GITHUB_REF_TYPE", "tag"}}, {"tags/v1", "s", "", "", key, url, ""}},
       {"tag by name only",
        {{"GITHUB_REF_NAME", "v1"}, {"GITHUB_REF_TYPE", "tag"}},
        {"tags/v1", "s", "", "", key, url, ""}},
       {"pull request",
        {{"GITHUB_REF", "refs/pull/12/merge"}, {"GITHUB_HEAD_REF", "topic"}, {"GITHUB_BASE_REF", "main"}},
        {"pull/12", "s", "main", "", key, url, ""}},
       {"pull request of a fork's main",
        {{"GITHUB_REF", "refs/pull/12/merge"}, {"GITHUB_HEAD_REF", "main"}, {"GITHUB_BASE_REF", "main"}},
        {"pull/12", "s", "main", "", key, url, ""}},
       {"pull request by its short name only",
        {{"GITHUB_REF_NAME", "12/merge"}},
        {"pull/12", "s", "", "", key, url, ""}},
       {"pull request whose event states the commits",
        {{"GITHUB_REF", "refs/pull/12/merge"},
         {"GITHUB_BASE_REF", "main"},
         {"GITHUB_PR_HEAD_SHA", "h"},
         {"GITHUB_PR_BASE_SHA", "b"}},
        {"pull/12", "h", "main", "b", key, url, ""}},
       {"pull_request_target runs on the base branch",
        {{"GITHUB_REF", "refs/heads/main"}, {"GITHUB_HEAD_REF", "main"}, {"GITHUB_BASE_REF", "main"}},
        {"pull/main", "s", "main", "", key, url, ""}},
       {"merge queue",
        {{"GITHUB_REF", "refs/heads/gh-readonly-queue/release/2/pr-12-abc"}},
        {"pull/12", "s", "release/2", "", key, url, ""}}});
}

TEST(CiVariables, GitLab) {
  expect_each({{"CI_COMMIT_SHA", "s"},
               {"CI_PIPELINE_ID", "9"},
               {"CI_JOB_URL", "https://g/1"},
               {"CI_DEFAULT_BRANCH", "trunk"},
               {"CI_PROJECT_PATH", "o/r"}},
              {{"push",
                {{"CI_COMMIT_REF_NAME", "dev"}, {"CI_COMMIT_BRANCH", "dev"}},
                {"dev", "s", "", "", "gitlab-9", "https://g/1", "trunk"}},
               {"tag",
                {{"CI_COMMIT_REF_NAME", "v1"}, {"CI_COMMIT_TAG", "v1"}},
                {"tags/v1", "s", "", "", "gitlab-9", "https://g/1", "trunk"}},
               {"merge request of the same project",
                {{"CI_COMMIT_REF_NAME", "topic"},
                 {"CI_MERGE_REQUEST_IID", "3"},
                 {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "topic"},
                 {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "o/r"},
                 {"CI_MERGE_REQUEST_PROJECT_PATH", "o/r"},
                 {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "trunk"},
                 {"CI_MERGE_REQUEST_DIFF_BASE_SHA", "b"}},
                {"topic", "s", "trunk", "b", "gitlab-9", "https://g/1", "trunk"}},
               {"merge train of a branch with the name of its target",
                {{"CI_COMMIT_REF_NAME", "trunk"},
                 {"CI_MERGE_REQUEST_IID", "8"},
                 {"CI_MERGE_REQUEST_EVENT_TYPE", "merge_train"},
                 {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "trunk"},
                 {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "trunk"}},
                {"pull/8", "s", "trunk", "", "gitlab-9", "https://g/1", "trunk"}},
               {"merge request without the name of its source branch",
                {{"CI_COMMIT_REF_NAME", "trunk"},
                 {"CI_MERGE_REQUEST_IID", "7"},
                 {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "trunk"}},
                {"pull/7", "s", "trunk", "", "gitlab-9", "https://g/1", "trunk"}},
               {"merge request of another project, by its number",
                {{"CI_COMMIT_REF_NAME", "topic"},
                 {"CI_MERGE_REQUEST_IID", "6"},
                 {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "topic"},
                 {"CI_MERGE_REQUEST_PROJECT_ID", "1"},
                 {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2"},
                 {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "trunk"}},
                {"pull/6", "s", "trunk", "", "gitlab-9", "https://g/1", "trunk"}},
               {"external pull request",
                {{"CI_COMMIT_REF_NAME", "trunk"},
                 {"CI_EXTERNAL_PULL_REQUEST_IID", "9"},
                 {"CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", "trunk"},
                 {"CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", "h"},
                 {"CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "trunk"},
                 {"CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", "b"}},
                {"pull/9", "h", "trunk", "b", "gitlab-9", "https://g/1", "trunk"}},
               {"merged results of a fork",
                {{"CI_COMMIT_REF_NAME", "trunk"},
                 {"CI_MERGE_REQUEST_IID", "3"},
                 {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "trunk"},
                 {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "h"},
                 {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "fork/r"},
                 {"CI_MERGE_REQUEST_PROJECT_PATH", "o/r"},
                 {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "trunk"}},
                {"pull/3", "h", "trunk", "", "gitlab-9", "https://g/1", "trunk"}}});
}

TEST(CiVariables, Jenkins) {
  const std::string key = "jenkins-jenkins-job-5";
  expect_each(
      {{"GIT_COMMIT", "s"}, {"BUILD_TAG", "jenkins-job-5"}, {"BUILD_URL", "https://j/5"}},
      {{"push", {{"GIT_BRANCH", "origin/main"}}, {"main", "s", "", "", key, "https://j/5", ""}},
       {"multibranch", {{"BRANCH_NAME", "dev"}, {"GIT_BRANCH", "dev"}}, {"dev", "s", "", "", key, "https://j/5", ""}},
       {"tag", {{"TAG_NAME", "v1"}, {"BRANCH_NAME", "v1"}}, {"tags/v1", "s", "", "", key, "https://j/5", ""}},
       {"pull request of a fork",
        {{"BRANCH_NAME", "PR-4"},
         {"CHANGE_ID", "4"},
         {"CHANGE_FORK", "u"},
         {"CHANGE_BRANCH", "main"},
         {"CHANGE_TARGET", "main"}},
        {"pull/4", "s", "main", "", key, "https://j/5", ""}},
       {"GitLab plugin",
        {{"GIT_BRANCH", "origin/main"},
         {"gitlabMergeRequestIid", "33"},
         {"gitlabSourceBranch", "main"},
         {"gitlabTargetBranch", "main"}},
        {"pull/33", "s", "main", "", key, "https://j/5", ""}},
       {"GitLab plugin, push",
        {{"GIT_BRANCH", "origin/main"}, {"gitlabTargetBranch", "main"}},
        {"main", "s", "", "", key, "https://j/5", ""}},
       {"ghprb",
        {{"GIT_BRANCH", "origin/pr/32/merge"},
         {"ghprbPullId", "32"},
         {"ghprbTargetBranch", "main"},
         {"ghprbActualCommit", "h"}},
        {"pull/32", "h", "main", "", key, "https://j/5", ""}},
       {"ghprb by its branch only",
        {{"GIT_BRANCH", "origin/pr/32/merge"}},
        {"pull/32", "s", "", "", key, "https://j/5", ""}},
       {"pull request by its name only", {{"GIT_BRANCH", "PR-4"}}, {"pull/4", "s", "", "", key, "https://j/5", ""}},
       {"detached", {{"GIT_BRANCH", "HEAD"}}, {"", "s", "", "", key, "https://j/5", ""}}});
}

TEST(CiVariables, Buildkite) {
  expect_each({{"BUILDKITE_BUILD_ID", "u"},
               {"BUILDKITE_BUILD_URL", "https://b/1"},
               {"BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"}},
              {{"push",
                {{"BUILDKITE_BRANCH", "main"}, {"BUILDKITE_PULL_REQUEST", "false"}, {"BUILDKITE_COMMIT", "s"}},
                {"main", "s", "", "", "buildkite-u", "https://b/1", "main"}},
               {"tag",
                {{"BUILDKITE_BRANCH", "v1"}, {"BUILDKITE_TAG", "v1"}},
                {"tags/v1", "", "", "", "buildkite-u", "https://b/1", "main"}},
               {"pull request of a fork",
                {{"BUILDKITE_BRANCH", "user:main"},
                 {"BUILDKITE_PULL_REQUEST", "8"},
                 {"BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"}},
                {"pull/8", "", "main", "", "buildkite-u", "https://b/1", "main"}},
               {"scheduled build of the newest commit",
                {{"BUILDKITE_BRANCH", "main"}, {"BUILDKITE_COMMIT", "HEAD"}},
                {"main", "", "", "", "buildkite-u", "https://b/1", "main"}},
               {"merge queue",
                {{"BUILDKITE_BRANCH", "gh-readonly-queue/main/pr-8-abc"},
                 {"BUILDKITE_MERGE_QUEUE_BASE_BRANCH", "main"},
                 {"BUILDKITE_MERGE_QUEUE_BASE_COMMIT", "b"}},
                {"pull/8", "", "main", "b", "buildkite-u", "https://b/1", "main"}}});
}

TEST(CiVariables, Azure) {
  const std::string url = "https://dev.azure.com/o/p/_build/results?buildId=3";
  expect_each({{"BUILD_BUILDID", "3"},
               {"SYSTEM_STAGEATTEMPT", "1"},
               {"SYSTEM_COLLECTIONURI", "https://dev.azure.com/o/"},
               {"SYSTEM_TEAMPROJECT", "p"},
               {"BUILD_SOURCEVERSION", "s"}},
              {{"push", {{"BUILD_SOURCEBRANCH", "refs/heads/a/b"}}, {"a/b", "s", "", "", "azure-3-1", url, ""}},
               {"tag", {{"BUILD_SOURCEBRANCH", "refs/tags/v1"}}, {"tags/v1", "s", "", "", "azure-3-1", url, ""}},
               {"pull request of a fork",
                {{"BUILD_SOURCEBRANCH", "refs/pull/5/merge"},
                 {"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "5"},
                 {"SYSTEM_PULLREQUEST_ISFORK", "True"},
                 {"SYSTEM_PULLREQUEST_SOURCECOMMITID", "h"},
                 {"SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"}},
                {"pull/5", "h", "main", "", "azure-3-1", url, ""}}});
}

TEST(CiVariables, CircleCi) {
  expect_each({{"CIRCLE_SHA1", "s"}, {"CIRCLE_WORKFLOW_ID", "w"}, {"CIRCLE_BUILD_URL", "https://c/1"}},
              {{"push", {{"CIRCLE_BRANCH", "main"}}, {"main", "s", "", "", "circleci-w", "https://c/1", ""}},
               {"tag", {{"CIRCLE_TAG", "v1"}}, {"tags/v1", "s", "", "", "circleci-w", "https://c/1", ""}},
               {"pull request of a fork",
                {{"CIRCLE_BRANCH", "pull/6"}, {"CIRCLE_PR_NUMBER", "6"}},
                {"pull/6", "s", "", "", "circleci-w", "https://c/1", ""}},
               {"the same without the number",
                {{"CIRCLE_BRANCH", "pull/6"}},
                {"pull/6", "s", "", "", "circleci-w", "https://c/1", ""}}});
}

TEST(CiVariables, Bitbucket) {
  expect_each({{"BITBUCKET_COMMIT", "s"},
               {"BITBUCKET_BUILD_NUMBER", "2"},
               {"BITBUCKET_GIT_HTTP_ORIGIN", "https://bitbucket.org/o/r"}},
              {{"push",
                {{"BITBUCKET_BRANCH", "main"}},
                {"main", "s", "", "", "bitbucket-2", "https://bitbucket.org/o/r/pipelines/results/2", ""}},
               {"tag",
                {{"BITBUCKET_TAG", "v1"}},
                {"tags/v1", "s", "", "", "bitbucket-2", "https://bitbucket.org/o/r/pipelines/results/2", ""}},
               {"pull request",
                {{"BITBUCKET_BRANCH", "topic"},
                 {"BITBUCKET_PR_ID", "7"},
                 {"BITBUCKET_PR_DESTINATION_BRANCH", "main"},
                 {"BITBUCKET_PR_DESTINATION_COMMIT", "b"}},
                {"pull/7", "s", "main", "b", "bitbucket-2", "https://bitbucket.org/o/r/pipelines/results/2", ""}}});
}

TEST(CiVariables, Drone) {
  expect_each({{"DRONE_COMMIT_SHA", "s"},
               {"DRONE_BUILD_NUMBER", "4"},
               {"DRONE_BUILD_LINK", "https://d/4"},
               {"DRONE_REPO_BRANCH", "main"}},
              {{"push", {{"DRONE_BRANCH", "dev"}}, {"dev", "s", "", "", "drone-4", "https://d/4", "main"}},
               {"tag", {{"DRONE_TAG", "v1"}}, {"tags/v1", "s", "", "", "drone-4", "https://d/4", "main"}},
               {"pull request: DRONE_BRANCH is the target",
                {{"DRONE_BRANCH", "main"},
                 {"DRONE_SOURCE_BRANCH", "topic"},
                 {"DRONE_PULL_REQUEST", "9"},
                 {"DRONE_COMMIT_BEFORE", "b"}},
                {"pull/9", "s", "main", "b", "drone-4", "https://d/4", "main"}}});
}

TEST(CiVariables, Travis) {
  expect_each({{"TRAVIS_COMMIT", "s"}, {"TRAVIS_BUILD_ID", "1"}, {"TRAVIS_BUILD_WEB_URL", "https://t/1"}},
              {{"push",
                {{"TRAVIS_BRANCH", "main"}, {"TRAVIS_PULL_REQUEST", "false"}},
                {"main", "s", "", "", "travis-1", "https://t/1", ""}},
               {"tag",
                {{"TRAVIS_BRANCH", "v1"}, {"TRAVIS_TAG", "v1"}},
                {"tags/v1", "s", "", "", "travis-1", "https://t/1", ""}},
               {"pull request: TRAVIS_BRANCH is the target",
                {{"TRAVIS_BRANCH", "main"},
                 {"TRAVIS_PULL_REQUEST", "11"},
                 {"TRAVIS_PULL_REQUEST_BRANCH", "main"},
                 {"TRAVIS_PULL_REQUEST_SHA", "h"}},
                {"pull/11", "h", "main", "", "travis-1", "https://t/1", ""}}});
}

TEST(CiVariables, OtherSystems) {
  expect_each(
      {},
      {{"AppVeyor",
        {{"APPVEYOR_REPO_BRANCH", "main"}, {"APPVEYOR_REPO_COMMIT", "s"}, {"APPVEYOR_BUILD_ID", "1"}},
        {"main", "s", "", "", "appveyor-1", "", ""}},
       {"AppVeyor, pull request",
        {{"APPVEYOR_REPO_BRANCH", "main"},
         {"APPVEYOR_REPO_COMMIT", "s"},
         {"APPVEYOR_PULL_REQUEST_NUMBER", "5"},
         {"APPVEYOR_PULL_REQUEST_HEAD_COMMIT", "h"}},
        {"pull/5", "h", "main", "", "", "", ""}},
       {"Cirrus, pull request",
        {{"CIRRUS_BRANCH", "pull/11"},
         {"CIRRUS_PR", "11"},
         {"CIRRUS_BASE_BRANCH", "main"},
         {"CIRRUS_BASE_SHA", "b"},
         {"CIRRUS_CHANGE_IN_REPO", "h"},
         {"CIRRUS_DEFAULT_BRANCH", "main"}},
        {"pull/11", "h", "main", "b", "", "", "main"}},
       {"Semaphore, pull request",
        {{"SEMAPHORE_GIT_BRANCH", "main"}, {"SEMAPHORE_GIT_PR_NUMBER", "15"}, {"SEMAPHORE_GIT_SHA", "s"}},
        {"pull/15", "s", "main", "", "", "", ""}},
       {"Woodpecker",
        {{"CI_FORGE_TYPE", "gitea"}, {"CI_COMMIT_BRANCH", "dev"}, {"CI_COMMIT_SHA", "s"}, {"CI_PIPELINE_NUMBER", "3"}},
        {"dev", "s", "", "", "woodpecker-3", "", ""}},
       {"Woodpecker, pull request",
        {{"CI_COMMIT_BRANCH", "main"},
         {"CI_COMMIT_PULL_REQUEST", "82"},
         {"CI_COMMIT_SOURCE_BRANCH", "main"},
         {"CI_COMMIT_TARGET_BRANCH", "main"},
         {"CI_COMMIT_SHA", "s"}},
        {"pull/82", "s", "main", "", "", "", ""}},
       {"Prow, pull request",
        {{"PULL_NUMBER", "16"}, {"PULL_BASE_REF", "main"}, {"PULL_BASE_SHA", "b"}, {"PULL_PULL_SHA", "h"}},
        {"pull/16", "h", "main", "b", "", "", ""}},
       {"Prow, after a merge", {{"PULL_BASE_REF", "main"}, {"PULL_BASE_SHA", "b"}}, {"main", "b", "", "", "", "", ""}},
       {"CodeBuild, pull request",
        {{"CODEBUILD_WEBHOOK_HEAD_REF", "refs/heads/main"},
         {"CODEBUILD_WEBHOOK_BASE_REF", "refs/heads/main"},
         {"CODEBUILD_SOURCE_VERSION", "pr/131"},
         {"CODEBUILD_RESOLVED_SOURCE_VERSION", "s"}},
        {"pull/131", "s", "main", "", "", "", ""}},
       {"CodeBuild, push",
        {{"CODEBUILD_WEBHOOK_HEAD_REF", "refs/heads/a/b"}, {"CODEBUILD_WEBHOOK_TRIGGER", "branch/a/b"}},
        {"a/b", "", "", "", "", "", ""}},
       {"TeamCity, default branch",
        {{"teamcity.build.branch", "<default>"}, {"build.vcs.number", "s"}},
        {"", "s", "", "", "", "", ""}},
       {"TeamCity, pull request",
        {{"teamcity.build.branch", "12"}, {"teamcity.pullRequest.number", "12"}, {"build.vcs.number", "s"}},
        {"pull/12", "s", "", "", "", "", ""}},
       {"Bamboo, pull request",
        {{"bamboo_repository_pr_key", "18"},
         {"bamboo_planRepository_branchName", "main"},
         {"bamboo_repository_pr_targetBranch", "main"},
         {"bamboo_planRepository_revision", "s"}},
        {"pull/18", "s", "main", "", "", "", ""}},
       {"Vercel, pull request",
        {{"VERCEL_GIT_COMMIT_REF", "main"}, {"VERCEL_GIT_PULL_REQUEST_ID", "19"}, {"VERCEL_GIT_COMMIT_SHA", "s"}},
        {"pull/19", "s", "", "", "", "", ""}},
       {"Cloud Build, pull request",
        {{"BRANCH_NAME", "main"}, {"_PR_NUMBER", "20"}, {"_BASE_BRANCH", "main"}, {"COMMIT_SHA", "s"}},
        {"pull/20", "s", "main", "", "", "", ""}},
       {"Netlify, pull request",
        {{"NETLIFY", "true"}, {"REVIEW_ID", "21"}, {"HEAD", "main"}, {"COMMIT_REF", "s"}},
        {"pull/21", "s", "", "", "", "", ""}},
       {"Codefresh, pull request",
        {{"CF_BRANCH", "main"},
         {"CF_PULL_REQUEST_NUMBER", "22"},
         {"CF_REVISION", "s"},
         {"CF_PULL_REQUEST_TARGET", "main"}},
        {"pull/22", "s", "main", "", "", "", ""}},
       {"Bitrise, pull request",
        {{"BITRISE_GIT_BRANCH", "main"}, {"BITRISE_PULL_REQUEST", "23"}, {"BITRISEIO_GIT_BRANCH_DEST", "main"}},
        {"pull/23", "", "main", "", "", "", ""}},
       {"Xcode Cloud, pull request",
        {{"CI_PULL_REQUEST_NUMBER", "24"},
         {"CI_PULL_REQUEST_SOURCE_BRANCH", "main"},
         {"CI_PULL_REQUEST_TARGET_BRANCH", "main"},
         {"CI_PULL_REQUEST_SOURCE_COMMIT", "h"},
         {"CI_COMMIT", "s"}},
        {"pull/24", "h", "main", "", "", "", ""}}});
}

TEST(CiVariables, NamesInSmallLettersAreReadFromProperties) {
  for (const char* name : {"gitlabMergeRequestIid", "bamboo_repository_pr_key", "teamcity.pullRequest.number"}) {
    Report report;
    report.properties.push_back({name, "33"});
    EXPECT_EQ(extract_metrics(report).coordinates.branch, "pull/33") << name;
  }
}

TEST(CiVariables, ABranchHasOneSpelling) {
  for (const auto& [stated, plain] :
       std::vector<std::pair<std::string, std::string>>{{"main", "main"},
                                                        {"refs/heads/main", "main"},
                                                        {"refs/heads/a/b", "a/b"},
                                                        {"origin/main", "main"},
                                                        {"remotes/origin/main", "main"},
                                                        {"refs/remotes/origin/a/b", "a/b"},
                                                        {"refs/tags/v1", "tags/v1"},
                                                        {"refs/pull/12/merge", "pull/12"},
                                                        {"refs/pull/12/head", "pull/12"},
                                                        {"refs/merge-requests/3/train", "pull/3"},
                                                        {"pull/12/merge", "pull/12"},
                                                        {"12/merge", "pull/12"},
                                                        {"pull/12", "pull/12"},
                                                        {"pull/x", "pull/x"},
                                                        {"12/other", "12/other"},
                                                        {"origin/", "origin/"},
                                                        {"original", "original"},
                                                        {" main ", "main"},
                                                        {"* main", "main"},
                                                        {"*/main", "main"},
                                                        {"heads/main", "main"},
                                                        {"refs/heads/refs/heads/main", "main"},
                                                        {"upstream/main", "main"},
                                                        {"remotes/upstream/main", "main"},
                                                        {"refs/remotes/fork/a/b", "a/b"},
                                                        {"merge-requests/9/head", "pull/9"},
                                                        {"pr/9/head", "pull/9"},
                                                        {"origin/pr/9/merge", "pull/9"},
                                                        {"pr/9", "pr/9"},
                                                        {"pull-requests/9/from", "pull/9"},
                                                        {"refs/changes/45/12345/3", "pull/12345"},
                                                        {"HEAD", ""},
                                                        {"origin/HEAD", ""},
                                                        {"(HEAD detached at 7d865e9)", ""},
                                                        {"(no branch)", ""},
                                                        {"detached", ""},
                                                        {"", ""}}) {
    EXPECT_EQ(plain_branch(stated), plain) << stated;
  }
}

}  // namespace
}  // namespace perftrend::metrics
