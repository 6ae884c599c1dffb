#include "core/metrics/ci_systems.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace perftrend::metrics {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string first_of(const FindVariable& find, const Names& names) {
  for (const auto name : names) {
    if (name.empty()) break;
    if (std::string value = find(name); !value.empty()) return value;
  }
  return "";
}

/// "pull/12" for "12", "pr/12" and "https://github.com/o/r/pull/12"; "" for other texts: systems write "false" and "0"
/// for no pull request.
std::string pull_request(std::string_view text) {
  if (const std::size_t slash = text.rfind('/'); slash != std::string_view::npos) {
    constexpr std::array<std::string_view, 6> kinds = {
        "pr", "pull", "pulls", "pull-requests", "merge_requests", "merge-requests"};
    std::string_view kind = text.substr(0, slash);
    kind.remove_prefix(kind.rfind('/') + 1);  // 0 without a slash
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return "";
    text.remove_prefix(slash + 1);
  }
  return is_number(text) && text != "0" ? fmt::format("pull/{}", text) : "";
}

std::string first_pull_request(const FindVariable& find, const Names& names) {
  for (const auto name : names) {
    if (name.empty()) break;
    if (std::string pull = pull_request(find(name)); !pull.empty()) return pull;
  }
  return "";
}

std::string tag(std::string_view name) {
  return name.empty() ? "" : fmt::format("tags/{}", name);
}

/// GitHub's merge queue builds the branch gh-readonly-queue/BASE/pr-NUMBER-COMMIT.
void read_merge_queue(std::string_view branch, CiCoordinates& ci) {
  constexpr std::string_view prefix = "gh-readonly-queue/";
  if (!branch.starts_with(prefix)) return;
  branch.remove_prefix(prefix.size());
  const auto entry = branch.rfind("/pr-");
  if (entry == std::string_view::npos) return;
  const auto rest = branch.substr(entry + 4);
  const std::string pull = pull_request(rest.substr(0, rest.find('-')));
  if (pull.empty()) return;
  ci.branch = pull;
  ci.base_branch = branch.substr(0, entry);
}

void adjust_github(const FindVariable& find, CiCoordinates& ci) {
  const std::string ref = ci.branch;
  const std::string head = find("GITHUB_HEAD_REF");
  // The event pull_request_target runs on the base branch and does not state the number of the pull request.
  if (!head.empty() && !ref.starts_with("pull/")) ci.branch = "pull/" + head;
  if (find("GITHUB_REF_TYPE") == "tag" && !ref.starts_with("tags/")) ci.branch = tag(ref);
  read_merge_queue(ref, ci);
  const std::string server = find("GITHUB_SERVER_URL");
  const std::string repository = find("GITHUB_REPOSITORY");
  const std::string run = find("GITHUB_RUN_ID");
  if (!server.empty() && !repository.empty() && !run.empty())
    ci.ci_url = fmt::format("{}/{}/actions/runs/{}", server, repository, run);
}

bool differ(const std::string& source, const std::string& target) {
  return !source.empty() && !target.empty() && source != target;
}

/// A merge request keeps the name of its source branch only if that is a branch of the same project which is neither
/// its target nor the default branch.
void adjust_gitlab(const FindVariable& find, CiCoordinates& ci) {
  const std::string external = pull_request(find("CI_EXTERNAL_PULL_REQUEST_IID"));
  const std::string request = pull_request(find("CI_MERGE_REQUEST_IID"));
  if (!external.empty()) ci.branch = external;
  if (request.empty()) return;
  const std::string source = find("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");
  const bool is_fork = differ(find("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"),
                              first_of(find, {"CI_MERGE_REQUEST_PROJECT_PATH", "CI_PROJECT_PATH"})) ||
                       differ(find("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
                              first_of(find, {"CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID"})) ||
                       differ(find("CI_MERGE_REQUEST_SOURCE_PROJECT_URL"),
                              first_of(find, {"CI_MERGE_REQUEST_PROJECT_URL", "CI_PROJECT_URL"}));
  const bool has_own_name = !source.empty() && source != ci.base_branch && source != ci.default_branch;
  ci.branch = has_own_name && !is_fork ? plain_branch(source) : request;
}

/// A multibranch job whose pull request has no number in the report is named PR-12; ghprb builds pr/12/merge.
void adjust_jenkins(const FindVariable& /*find*/, CiCoordinates& ci) {
  for (const std::string_view prefix : {"PR-", "MR-", "pr/"}) {
    if (!ci.branch.starts_with(prefix)) continue;
    const std::string number = ci.branch.substr(prefix.size(), ci.branch.find('/', prefix.size()) - prefix.size());
    if (is_number(number)) ci.branch = "pull/" + number;
  }
}

void adjust_buildkite(const FindVariable& find, CiCoordinates& ci) {
  read_merge_queue(find("BUILDKITE_BRANCH"), ci);
  if (ci.commit == "HEAD") ci.commit.clear();  // a build of whatever the branch had
}

void adjust_azure(const FindVariable& find, CiCoordinates& ci) {
  std::string server = first_of(find, {"SYSTEM_COLLECTIONURI", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"});
  if (server.ends_with('/')) server.pop_back();
  const std::string project = find("SYSTEM_TEAMPROJECT");
  const std::string build = find("BUILD_BUILDID");
  if (!server.empty() && !project.empty() && !build.empty())
    ci.ci_url = fmt::format("{}/{}/_build/results?buildId={}", server, project, build);
}

void adjust_bitbucket(const FindVariable& find, CiCoordinates& ci) {
  const std::string origin = find("BITBUCKET_GIT_HTTP_ORIGIN");
  const std::string number = find("BITBUCKET_BUILD_NUMBER");
  if (!origin.empty() && !number.empty()) ci.ci_url = fmt::format("{}/pipelines/results/{}", origin, number);
}

void adjust_teamcity(const FindVariable& /*find*/, CiCoordinates& ci) {
  if (ci.branch == "<default>") ci.branch.clear();
}

/// Systems with variables of GitLab and Jenkins come before those.
constexpr CiSystem systems[] = {
    {.name = "github",
     .branch = {"GITHUB_REF", "GITHUB_REF_NAME"},
     .commit = {"GITHUB_PR_HEAD_SHA", "GITHUB_SHA"},
     .base_branch = {"GITHUB_BASE_REF"},
     .base_commit = {"GITHUB_PR_BASE_SHA"},
     .run = {"GITHUB_RUN_ID"},
     .attempt = {"GITHUB_RUN_ATTEMPT"},
     .adjust = adjust_github},
    {.name = "woodpecker",
     .any_of = {"CI_COMMIT_PULL_REQUEST", "CI_FORGE_TYPE", "CI_COMMIT_TARGET_BRANCH", "CI_PIPELINE_FORGE_URL"},
     .pull_request = {"CI_COMMIT_PULL_REQUEST"},
     .tag = {"CI_COMMIT_TAG"},
     .branch = {"CI_COMMIT_BRANCH"},
     .commit = {"CI_COMMIT_SHA"},
     .pull_base_branch = {"CI_COMMIT_TARGET_BRANCH", "CI_COMMIT_BRANCH"},
     .run = {"CI_PIPELINE_NUMBER"},
     .url = {"CI_PIPELINE_URL"},
     .default_branch = {"CI_REPO_DEFAULT_BRANCH"}},
    {.name = "gitlab",
     .tag = {"CI_COMMIT_TAG"},
     .branch = {"CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME"},
     // In a pipeline for merged results CI_COMMIT_SHA is a commit that GitLab made.
     .commit = {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"},
     .base_branch = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"},
     .base_commit = {"CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA"},
     .run = {"CI_PIPELINE_ID"},
     .url = {"CI_JOB_URL", "CI_PIPELINE_URL"},
     .default_branch = {"CI_DEFAULT_BRANCH"},
     .adjust = adjust_gitlab},
    {.name = "cloudbuild",
     .any_of = {"_PR_NUMBER", "_HEAD_BRANCH"},
     .pull_request = {"_PR_NUMBER"},
     .branch = {"BRANCH_NAME"},
     .commit = {"COMMIT_SHA", "REVISION_ID"},
     .pull_base_branch = {"_BASE_BRANCH"},
     .run = {"BUILD_ID"}},
    {.name = "jenkins",
     .pull_request = {"CHANGE_ID", "ghprbPullId", "gitlabMergeRequestIid", "GITHUB_PR_NUMBER",
                      "BITBUCKET_PULL_REQUEST_ID"},
     .tag = {"TAG_NAME"},
     .branch = {"GIT_LOCAL_BRANCH", "BRANCH_NAME", "GIT_BRANCH"},
     .commit = {"ghprbActualCommit", "gitlabMergeRequestLastCommit", "GIT_COMMIT"},
     .base_branch = {"CHANGE_TARGET"},
     .pull_base_branch = {"CHANGE_TARGET", "ghprbTargetBranch", "gitlabTargetBranch", "GITHUB_PR_TARGET_BRANCH",
                          "BITBUCKET_TARGET_BRANCH"},
     .run = {"BUILD_TAG"},
     .url = {"BUILD_URL"},
     .adjust = adjust_jenkins},
    {.name = "buildkite",
     .pull_request = {"BUILDKITE_PULL_REQUEST"},
     .tag = {"BUILDKITE_TAG"},
     .branch = {"BUILDKITE_BRANCH"},
     .commit = {"BUILDKITE_COMMIT"},
     .base_branch = {"BUILDKITE_PULL_REQUEST_BASE_BRANCH", "BUILDKITE_MERGE_QUEUE_BASE_BRANCH"},
     .base_commit = {"BUILDKITE_MERGE_QUEUE_BASE_COMMIT"},
     .run = {"BUILDKITE_BUILD_ID"},
     .url = {"BUILDKITE_BUILD_URL"},
     .default_branch = {"BUILDKITE_PIPELINE_DEFAULT_BRANCH"},
     .adjust = adjust_buildkite},
    {.name = "azure",
     .pull_request = {"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"},
     .branch = {"BUILD_SOURCEBRANCH", "BUILD_SOURCEBRANCHNAME"},
     .commit = {"SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"},
     .base_branch = {"SYSTEM_PULLREQUEST_TARGETBRANCH"},
     .run = {"BUILD_BUILDID"},
     .attempt = {"SYSTEM_STAGEATTEMPT"},
     .adjust = adjust_azure},
    {.name = "circleci",
     .pull_request = {"CIRCLE_PR_NUMBER"},  // stated for forks only
     .tag = {"CIRCLE_TAG"},
     .branch = {"CIRCLE_BRANCH"},
     .commit = {"CIRCLE_SHA1"},
     .run = {"CIRCLE_WORKFLOW_ID"},
     .url = {"CIRCLE_BUILD_URL"}},
    {.name = "bitbucket",
     .pull_request = {"BITBUCKET_PR_ID"},
     .tag = {"BITBUCKET_TAG"},
     .branch = {"BITBUCKET_BRANCH"},
     .commit = {"BITBUCKET_COMMIT"},
     .base_branch = {"BITBUCKET_PR_DESTINATION_BRANCH"},
     .base_commit = {"BITBUCKET_PR_DESTINATION_COMMIT"},
     .run = {"BITBUCKET_BUILD_NUMBER"},
     .adjust = adjust_bitbucket},
    {.name = "drone",
     .pull_request = {"DRONE_PULL_REQUEST"},
     .tag = {"DRONE_TAG"},
     .branch = {"DRONE_BRANCH"},  // of a pull request the target branch
     .commit = {"DRONE_COMMIT_SHA"},
     .pull_base_branch = {"DRONE_TARGET_BRANCH", "DRONE_BRANCH"},
     .pull_base_commit = {"DRONE_COMMIT_BEFORE"},
     .run = {"DRONE_BUILD_NUMBER"},
     .url = {"DRONE_BUILD_LINK"},
     .default_branch = {"DRONE_REPO_BRANCH"}},
    {.name = "travis",
     .pull_request = {"TRAVIS_PULL_REQUEST"},
     .tag = {"TRAVIS_TAG"},
     .branch = {"TRAVIS_BRANCH"},  // of a pull request the target branch
     .commit = {"TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"},
     .pull_base_branch = {"TRAVIS_BRANCH"},
     .run = {"TRAVIS_BUILD_ID"},
     .url = {"TRAVIS_BUILD_WEB_URL", "TRAVIS_JOB_WEB_URL"}},
    {.name = "appveyor",
     .pull_request = {"APPVEYOR_PULL_REQUEST_NUMBER"},
     .tag = {"APPVEYOR_REPO_TAG_NAME"},
     .branch = {"APPVEYOR_REPO_BRANCH"},  // of a pull request the target branch
     .commit = {"APPVEYOR_PULL_REQUEST_HEAD_COMMIT", "APPVEYOR_REPO_COMMIT"},
     .pull_base_branch = {"APPVEYOR_REPO_BRANCH"},
     .run = {"APPVEYOR_BUILD_ID"}},
    {.name = "cirrus",
     .pull_request = {"CIRRUS_PR"},
     .tag = {"CIRRUS_TAG"},
     .branch = {"CIRRUS_BRANCH"},
     .commit = {"CIRRUS_CHANGE_IN_REPO"},
     .base_branch = {"CIRRUS_BASE_BRANCH"},
     .base_commit = {"CIRRUS_BASE_SHA"},
     .run = {"CIRRUS_BUILD_ID"},
     .default_branch = {"CIRRUS_DEFAULT_BRANCH"}},
    {.name = "semaphore",
     .pull_request = {"SEMAPHORE_GIT_PR_NUMBER"},
     .tag = {"SEMAPHORE_GIT_TAG_NAME"},
     .branch = {"SEMAPHORE_GIT_BRANCH"},  // of a pull request the target branch
     .commit = {"SEMAPHORE_GIT_PR_SHA", "SEMAPHORE_GIT_SHA"},
     .pull_base_branch = {"SEMAPHORE_GIT_BRANCH"},
     .run = {"SEMAPHORE_WORKFLOW_ID"}},
    {.name = "prow",
     .pull_request = {"PULL_NUMBER"},
     .branch = {"PULL_BASE_REF"},
     .commit = {"PULL_PULL_SHA", "PULL_BASE_SHA"},
     .pull_base_branch = {"PULL_BASE_REF"},
     .pull_base_commit = {"PULL_BASE_SHA"},
     .run = {"PROW_JOB_ID"}},
    {.name = "codebuild",
     .pull_request = {"CODEBUILD_WEBHOOK_TRIGGER", "CODEBUILD_SOURCE_VERSION"},
     .branch = {"CODEBUILD_WEBHOOK_HEAD_REF"},
     .commit = {"CODEBUILD_RESOLVED_SOURCE_VERSION"},
     .base_branch = {"CODEBUILD_WEBHOOK_BASE_REF"},
     .run = {"CODEBUILD_BUILD_ID"},
     .url = {"CODEBUILD_BUILD_URL"}},
    {.name = "teamcity",
     .pull_request = {"teamcity.pullRequest.number", "teamcity_pullRequest_number"},
     .branch = {"teamcity.build.branch", "teamcity_build_branch"},
     .commit = {"build.vcs.number", "BUILD_VCS_NUMBER"},
     .base_branch = {"teamcity.pullRequest.target.branch", "teamcity_pullRequest_target_branch"},
     .run = {"teamcity.build.id", "teamcity_build_id"},
     .url = {"teamcity.build.url"},
     .default_branch = {},
     .adjust = adjust_teamcity},
    {.name = "bamboo",
     .pull_request = {"bamboo_repository_pr_key", "bamboo.repository.pr.key"},
     .branch = {"bamboo_planRepository_branchName", "bamboo.planRepository.branchName", "bamboo_planRepository_branch"},
     .commit = {"bamboo_planRepository_revision", "bamboo.planRepository.revision"},
     .base_branch = {"bamboo_repository_pr_targetBranch", "bamboo.repository.pr.targetBranch"},
     .run = {"bamboo_buildResultKey", "bamboo.buildResultKey"},
     .url = {"bamboo_buildResultsUrl", "bamboo_resultsUrl", "bamboo.resultsUrl"}},
    {.name = "vercel",
     .pull_request = {"VERCEL_GIT_PULL_REQUEST_ID"},
     .branch = {"VERCEL_GIT_COMMIT_REF"},
     .commit = {"VERCEL_GIT_COMMIT_SHA"},
     .run = {"VERCEL_DEPLOYMENT_ID"}},
    {.name = "netlify",
     .any_of = {"NETLIFY", "REVIEW_ID"},
     .pull_request = {"REVIEW_ID"},
     .branch = {"HEAD", "BRANCH"},
     .commit = {"COMMIT_REF"},
     .run = {"DEPLOY_ID"}},
    {.name = "codefresh",
     .pull_request = {"CF_PULL_REQUEST_NUMBER"},
     .branch = {"CF_BRANCH"},
     .commit = {"CF_REVISION"},
     .pull_base_branch = {"CF_PULL_REQUEST_TARGET", "CF_BASE_BRANCH"},
     .run = {"CF_BUILD_ID"},
     .url = {"CF_BUILD_URL"}},
    {.name = "bitrise",
     .pull_request = {"BITRISE_PULL_REQUEST"},
     .tag = {"BITRISE_GIT_TAG"},
     .branch = {"BITRISE_GIT_BRANCH"},
     .commit = {"BITRISE_GIT_COMMIT"},
     .base_branch = {"BITRISEIO_GIT_BRANCH_DEST"},
     .run = {"BITRISE_BUILD_SLUG"},
     .url = {"BITRISE_BUILD_URL"}},
    {.name = "xcodecloud",
     .any_of = {"CI_XCODE_CLOUD", "CI_PULL_REQUEST_NUMBER"},
     .pull_request = {"CI_PULL_REQUEST_NUMBER"},
     .tag = {"CI_TAG"},
     .branch = {"CI_BRANCH", "CI_PULL_REQUEST_SOURCE_BRANCH"},
     .commit = {"CI_PULL_REQUEST_SOURCE_COMMIT", "CI_COMMIT"},
     .base_branch = {"CI_PULL_REQUEST_TARGET_BRANCH"},
     .base_commit = {"CI_PULL_REQUEST_TARGET_COMMIT"},
     .run = {"CI_BUILD_ID"}},
    // Names that build tools write: Maven's and Gradle's git plugins, home-made scripts.
    {.name = "", .branch = {"BRANCH", "git.branch"}, .commit = {"git.commit", "git.commit.id"}},
};

}  // namespace

std::span<const CiSystem> ci_systems() {
  return systems;
}

CiCoordinates read_ci_system(const CiSystem& system, const FindVariable& find) {
  CiCoordinates ci;
  if (!system.any_of[0].empty() && first_of(find, system.any_of).empty()) return ci;
  ci.branch = first_pull_request(find, system.pull_request);
  const bool is_pull_request = !ci.branch.empty();
  if (ci.branch.empty()) ci.branch = tag(first_of(find, system.tag));
  if (ci.branch.empty()) ci.branch = plain_branch(first_of(find, system.branch));
  ci.commit = first_of(find, system.commit);
  ci.base_branch = plain_branch(first_of(
      find, is_pull_request && !system.pull_base_branch[0].empty() ? system.pull_base_branch : system.base_branch));
  ci.base_commit = first_of(
      find, is_pull_request && !system.pull_base_commit[0].empty() ? system.pull_base_commit : system.base_commit);
  ci.default_branch = first_of(find, system.default_branch);
  ci.ci_url = first_of(find, system.url);
  // The first attempt is named too, so that attempts are never mixed.
  const std::string run = first_of(find, system.run);
  const std::string attempt = first_of(find, system.attempt);
  if (!run.empty())
    ci.run_key =
        attempt.empty() ? fmt::format("{}-{}", system.name, run) : fmt::format("{}-{}-{}", system.name, run, attempt);
  if (system.adjust != nullptr) system.adjust(find, ci);
  return ci;
}

}  // namespace perftrend::metrics
