#include "core/metrics/ci_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/text/trim.h"

namespace perftrend::metrics {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "12" of "12/merge" and "12/head"; "" of other texts.
std::string_view number_of_ref(std::string_view ref) {
  const auto slash = ref.find('/');
  if (slash == std::string_view::npos) return {};
  const auto kind = ref.substr(slash + 1);
  const bool is_known = kind == "merge" || kind == "head" || kind == "from" || kind == "train";
  return is_known && is_number(ref.substr(0, slash)) ? ref.substr(0, slash) : std::string_view{};
}

std::string first_of(const FindVariable& find, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (std::string value = find(name); !value.empty()) return value;
  }
  return "";
}

/// "pull/12" for a number; "" for "", "false" and "0", which systems use for "none".
std::string pull_request(std::string_view number) {
  return is_number(number) && number != "0" ? fmt::format("pull/{}", number) : "";
}

std::string tag(std::string_view name) {
  return name.empty() ? "" : fmt::format("tags/{}", name);
}

/// The key of a run; "" without an id. The first attempt is named too, so that attempts are never mixed.
std::string run_key(std::string_view system, std::string_view id, std::string_view attempt) {
  if (id.empty()) return "";
  return attempt.empty() ? fmt::format("{}-{}", system, id) : fmt::format("{}-{}-{}", system, id, attempt);
}

/// The first text that is not empty.
std::string either(std::string first, std::string second) {
  return first.empty() ? second : first;
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

CiCoordinates read_github(const FindVariable& find) {
  CiCoordinates ci;
  const std::string ref = plain_branch(either(find("GITHUB_REF"), find("GITHUB_REF_NAME")));
  const std::string head = find("GITHUB_HEAD_REF");
  ci.branch = ref;
  ci.base_branch = find("GITHUB_BASE_REF");
  // The event pull_request_target runs on the base branch and does not state the number of the pull request.
  if (!head.empty() && !ref.starts_with("pull/")) ci.branch = "pull/" + head;
  if (find("GITHUB_REF_TYPE") == "tag" && !ref.starts_with("tags/")) ci.branch = tag(ref);
  read_merge_queue(ref, ci);
  ci.commit = either(find("GITHUB_PR_HEAD_SHA"), find("GITHUB_SHA"));
  ci.base_commit = find("GITHUB_PR_BASE_SHA");
  const std::string run = find("GITHUB_RUN_ID");
  ci.run_key = run_key("github", run, find("GITHUB_RUN_ATTEMPT"));
  const std::string server = find("GITHUB_SERVER_URL");
  const std::string repository = find("GITHUB_REPOSITORY");
  if (!server.empty() && !repository.empty() && !run.empty())
    ci.ci_url = fmt::format("{}/{}/actions/runs/{}", server, repository, run);
  return ci;
}

CiCoordinates read_gitlab(const FindVariable& find) {
  CiCoordinates ci;
  const std::string source = find("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH");
  const bool is_fork =
      !source.empty() && source != either(find("CI_MERGE_REQUEST_PROJECT_PATH"), find("CI_PROJECT_PATH"));
  ci.branch = tag(find("CI_COMMIT_TAG"));
  if (is_fork) ci.branch = pull_request(find("CI_MERGE_REQUEST_IID"));
  if (ci.branch.empty()) {
    ci.branch =
        plain_branch(first_of(find, {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME"}));
  }
  // In a pipeline for merged results CI_COMMIT_SHA is a commit that GitLab made.
  ci.commit = first_of(find, {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"});
  ci.base_branch = find("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
  ci.base_commit = find("CI_MERGE_REQUEST_DIFF_BASE_SHA");
  ci.run_key = run_key("gitlab", find("CI_PIPELINE_ID"), "");
  ci.ci_url = first_of(find, {"CI_JOB_URL", "CI_PIPELINE_URL"});
  ci.default_branch = find("CI_DEFAULT_BRANCH");
  return ci;
}

CiCoordinates read_jenkins(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = pull_request(find("CHANGE_ID"));
  if (ci.branch.empty()) ci.branch = tag(find("TAG_NAME"));
  if (ci.branch.empty()) ci.branch = plain_branch(first_of(find, {"GIT_LOCAL_BRANCH", "BRANCH_NAME", "GIT_BRANCH"}));
  // A multibranch job whose pull request has no CHANGE_ID in the report is named PR-12.
  if (ci.branch.starts_with("PR-") && is_number(ci.branch.substr(3))) ci.branch = "pull/" + ci.branch.substr(3);
  ci.commit = find("GIT_COMMIT");
  ci.base_branch = find("CHANGE_TARGET");
  ci.run_key = run_key("jenkins", find("BUILD_TAG"), "");
  ci.ci_url = find("BUILD_URL");
  return ci;
}

CiCoordinates read_buildkite(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = pull_request(find("BUILDKITE_PULL_REQUEST"));
  if (ci.branch.empty()) ci.branch = tag(find("BUILDKITE_TAG"));
  if (ci.branch.empty()) ci.branch = plain_branch(find("BUILDKITE_BRANCH"));
  ci.base_branch = first_of(find, {"BUILDKITE_PULL_REQUEST_BASE_BRANCH", "BUILDKITE_MERGE_QUEUE_BASE_BRANCH"});
  ci.base_commit = find("BUILDKITE_MERGE_QUEUE_BASE_COMMIT");
  read_merge_queue(find("BUILDKITE_BRANCH"), ci);
  ci.commit = find("BUILDKITE_COMMIT");
  if (ci.commit == "HEAD") ci.commit.clear();  // a build of whatever the branch had
  ci.run_key = run_key("buildkite", find("BUILDKITE_BUILD_ID"), "");
  ci.ci_url = find("BUILDKITE_BUILD_URL");
  ci.default_branch = find("BUILDKITE_PIPELINE_DEFAULT_BRANCH");
  return ci;
}

CiCoordinates read_azure(const FindVariable& find) {
  CiCoordinates ci;
  const std::string number =
      first_of(find, {"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"});
  ci.branch = either(pull_request(number), plain_branch(find("BUILD_SOURCEBRANCH")));
  if (ci.branch.empty()) ci.branch = plain_branch(find("BUILD_SOURCEBRANCHNAME"));
  ci.commit = first_of(find, {"SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"});
  ci.base_branch = plain_branch(find("SYSTEM_PULLREQUEST_TARGETBRANCH"));
  const std::string build = find("BUILD_BUILDID");
  ci.run_key = run_key("azure", build, find("SYSTEM_STAGEATTEMPT"));
  std::string server = first_of(find, {"SYSTEM_COLLECTIONURI", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"});
  if (server.ends_with('/')) server.pop_back();
  const std::string project = find("SYSTEM_TEAMPROJECT");
  if (!server.empty() && !project.empty() && !build.empty())
    ci.ci_url = fmt::format("{}/{}/_build/results?buildId={}", server, project, build);
  return ci;
}

CiCoordinates read_circle(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = pull_request(find("CIRCLE_PR_NUMBER"));  // stated for forks only
  if (ci.branch.empty()) ci.branch = tag(find("CIRCLE_TAG"));
  if (ci.branch.empty()) ci.branch = plain_branch(find("CIRCLE_BRANCH"));
  ci.commit = find("CIRCLE_SHA1");
  ci.run_key = run_key("circleci", find("CIRCLE_WORKFLOW_ID"), "");
  ci.ci_url = find("CIRCLE_BUILD_URL");
  return ci;
}

CiCoordinates read_bitbucket(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = pull_request(find("BITBUCKET_PR_ID"));
  if (ci.branch.empty()) ci.branch = tag(find("BITBUCKET_TAG"));
  if (ci.branch.empty()) ci.branch = plain_branch(find("BITBUCKET_BRANCH"));
  ci.commit = find("BITBUCKET_COMMIT");
  ci.base_branch = find("BITBUCKET_PR_DESTINATION_BRANCH");
  ci.base_commit = find("BITBUCKET_PR_DESTINATION_COMMIT");
  const std::string number = find("BITBUCKET_BUILD_NUMBER");
  ci.run_key = run_key("bitbucket", number, "");
  const std::string origin = find("BITBUCKET_GIT_HTTP_ORIGIN");
  if (!origin.empty() && !number.empty()) ci.ci_url = fmt::format("{}/pipelines/results/{}", origin, number);
  return ci;
}

CiCoordinates read_drone(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = pull_request(find("DRONE_PULL_REQUEST"));
  const bool is_pull_request = !ci.branch.empty();
  if (ci.branch.empty()) ci.branch = tag(find("DRONE_TAG"));
  // Of a pull request, DRONE_BRANCH is the target branch.
  if (ci.branch.empty()) ci.branch = plain_branch(find("DRONE_BRANCH"));
  if (is_pull_request) ci.base_branch = first_of(find, {"DRONE_TARGET_BRANCH", "DRONE_BRANCH"});
  ci.commit = find("DRONE_COMMIT_SHA");
  if (is_pull_request) ci.base_commit = find("DRONE_COMMIT_BEFORE");
  ci.run_key = run_key("drone", find("DRONE_BUILD_NUMBER"), "");
  ci.ci_url = find("DRONE_BUILD_LINK");
  ci.default_branch = find("DRONE_REPO_BRANCH");
  return ci;
}

CiCoordinates read_travis(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = pull_request(find("TRAVIS_PULL_REQUEST"));
  const bool is_pull_request = !ci.branch.empty();
  if (ci.branch.empty()) ci.branch = tag(find("TRAVIS_TAG"));
  // Of a pull request, TRAVIS_BRANCH is the target branch and TRAVIS_COMMIT the merge commit.
  if (ci.branch.empty()) ci.branch = plain_branch(find("TRAVIS_BRANCH"));
  if (is_pull_request) ci.base_branch = find("TRAVIS_BRANCH");
  ci.commit = first_of(find, {"TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"});
  ci.run_key = run_key("travis", find("TRAVIS_BUILD_ID"), "");
  ci.ci_url = first_of(find, {"TRAVIS_BUILD_WEB_URL", "TRAVIS_JOB_WEB_URL"});
  return ci;
}

/// Names that build tools write: Maven's and Gradle's git plugins, home-made scripts.
CiCoordinates read_build_tools(const FindVariable& find) {
  CiCoordinates ci;
  ci.branch = plain_branch(first_of(find, {"BRANCH", "git.branch"}));
  ci.commit = first_of(find, {"git.commit", "git.commit.id"});
  return ci;
}

}  // namespace

namespace {

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix) || text.size() == prefix.size()) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Drops the part of a remote: "origin/main", "refs/remotes/upstream/main", Jenkins' "*/main".
bool drop_remote(std::string_view& branch) {
  for (const std::string_view prefix : {"refs/remotes/", "remotes/"}) {
    if (!branch.starts_with(prefix)) continue;
    const auto slash = branch.find('/', prefix.size());
    return slash != std::string_view::npos && drop_prefix(branch, branch.substr(0, slash + 1));
  }
  return drop_prefix(branch, "origin/") || drop_prefix(branch, "upstream/") || drop_prefix(branch, "*/");
}

/// What git and CI systems write where no branch is checked out.
bool is_detached(std::string_view branch) {
  return branch == "HEAD" || branch == "detached" || (branch.starts_with('(') && branch.ends_with(')'));
}

/// The number of a pull request's ref; "" of other refs.
std::string_view number_of_pull_request(std::string_view ref) {
  for (const std::string_view prefix :
       {"refs/pull/", "pull/", "refs/merge-requests/", "merge-requests/", "refs/pull-requests/", "pull-requests/"}) {
    if (!ref.starts_with(prefix)) continue;
    const auto rest = ref.substr(prefix.size());
    if (const auto number = rest.substr(0, rest.find('/')); is_number(number)) return number;
  }
  if (auto rest = ref; drop_prefix(rest, "pr/")) return number_of_ref(rest);
  if (auto rest = ref; drop_prefix(rest, "refs/changes/")) {  // Gerrit: refs/changes/45/12345/3
    const auto first = rest.find('/');
    if (first == std::string_view::npos) return {};
    rest.remove_prefix(first + 1);
    const auto number = rest.substr(0, rest.find('/'));
    return is_number(number) ? number : std::string_view{};
  }
  return number_of_ref(ref);
}

}  // namespace

std::string plain_branch(std::string_view branch) {
  branch = text::trim(branch);
  drop_prefix(branch, "* ");  // the current one in a list of branches
  while (drop_prefix(branch, "refs/heads/") || drop_prefix(branch, "heads/") || drop_remote(branch)) {
  }
  if (is_detached(branch)) return "";
  if (const auto number = number_of_pull_request(branch); !number.empty()) return pull_request(number);
  if (drop_prefix(branch, "refs/tags/")) return tag(branch);
  return std::string(branch);
}

CiCoordinates read_ci_variables(const FindVariable& find) {
  constexpr std::array readers = {read_github, read_gitlab,    read_jenkins, read_buildkite, read_azure,
                                  read_circle, read_bitbucket, read_drone,   read_travis,    read_build_tools};
  CiCoordinates all;
  for (const auto& read : readers) {
    CiCoordinates ci = read(find);
    // The base belongs to the branch: both are of one system.
    if (all.branch.empty() && !ci.branch.empty()) {
      all.branch = std::move(ci.branch);
      all.base_branch = std::move(ci.base_branch);
      all.base_commit = std::move(ci.base_commit);
    }
    for (const auto member :
         {&CiCoordinates::commit, &CiCoordinates::run_key, &CiCoordinates::ci_url, &CiCoordinates::default_branch}) {
      if ((all.*member).empty()) all.*member = std::move(ci.*member);
    }
  }
  return all;
}

}  // namespace perftrend::metrics
