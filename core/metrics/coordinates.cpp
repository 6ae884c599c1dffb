#include "core/metrics/coordinates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/metrics/facts.h"
#include "core/text/numbers.h"
#include "core/time/timestamps.h"

namespace perftrend::metrics {

namespace {

constexpr std::string_view surefire_prefix = "env.";

/// CI variables by coordinate; the earlier name wins. The detached "HEAD" of a pull request is not a branch, so names
/// that contain the branch come first.
constexpr std::array<std::string_view, 11> commit_names = {
    "GITHUB_SHA",       "CI_COMMIT_SHA", "GIT_COMMIT",          "CIRCLE_SHA1", "BUILDKITE_COMMIT", "BITBUCKET_COMMIT",
    "DRONE_COMMIT_SHA", "TRAVIS_COMMIT", "BUILD_SOURCEVERSION", "git.commit",  "git.commit.id"};
constexpr std::array<std::string_view, 15> branch_names = {
    "GITHUB_HEAD_REF", "GITHUB_REF_NAME",    "CI_COMMIT_REF_NAME", "CI_COMMIT_BRANCH", "BRANCH_NAME",
    "GIT_BRANCH",      "CIRCLE_BRANCH",      "BUILDKITE_BRANCH",   "BITBUCKET_BRANCH", "DRONE_BRANCH",
    "TRAVIS_BRANCH",   "BUILD_SOURCEBRANCH", "GITHUB_REF",         "BRANCH",           "git.branch"};
constexpr std::array<std::string_view, 6> ci_url_names = {
    "CI_JOB_URL", "CI_PIPELINE_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "DRONE_BUILD_LINK", "BUILDKITE_BUILD_URL"};

class Statements {
 public:
  Statements(const std::vector<Property>& properties, std::size_t bytes_max, text::Warnings& warnings)
      : properties_(properties), bytes_max_(bytes_max), warnings_(warnings) {}

  /// perftrend's own word for it, else the first of `names` that is stated.
  template <std::size_t N>
  std::string find(std::string_view own, const std::array<std::string_view, N>& names) {
    std::string value = find_own(own);
    for (std::size_t i = 0; value.empty() && i < N; ++i)
      value = find_variable(names[i]);
    return value;
  }

  std::string find_own(std::string_view own) {
    const Property* first = nullptr;
    for (const Property& property : properties_) {
      if (property.name != own || text::trim(property.value).empty()) continue;
      if (first == nullptr) first = &property;
      if (text::trim(first->value) == text::trim(property.value)) continue;
      warnings_.add(fmt::format("{} is stated as '{}' and as '{}'; the first is taken", own,
                                text::shortened(first->value, 60), text::shortened(property.value, 60)));
      break;
    }
    return first == nullptr ? "" : fitting(*first);
  }

  std::string find_variable(std::string_view name) {
    for (const Property& property : properties_) {
      std::string_view stated = property.name;
      if (stated.starts_with(surefire_prefix)) stated.remove_prefix(surefire_prefix.size());
      if (stated == name && !text::trim(property.value).empty()) return fitting(property);
    }
    return "";
  }

  std::optional<std::int64_t> time_of(std::string_view own, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto us = times::parse_time_us(text);
    if (!us)
      warnings_.add(fmt::format("{} '{}' is not a plausible time; it is ignored", own, text::shortened(text, 60)));
    return us;
  }

 private:
  std::string fitting(const Property& property) {
    const std::string_view value = text::trim(property.value);
    if (value.size() <= bytes_max_) return std::string(value);
    warnings_.add(fmt::format("{} is longer than {} bytes; it is ignored", property.name, bytes_max_));
    return "";
  }

  const std::vector<Property>& properties_;
  std::size_t bytes_max_;
  text::Warnings& warnings_;
};

std::string plain_branch(std::string branch) {
  for (const std::string_view prefix : {"refs/heads/", "refs/remotes/origin/", "origin/"}) {
    if (branch.starts_with(prefix)) return branch.substr(prefix.size());
  }
  return branch;
}

/// GitHub names the parts of a run's address, not the address.
std::string github_url(Statements& statements) {
  const std::string server = statements.find_variable("GITHUB_SERVER_URL");
  const std::string repository = statements.find_variable("GITHUB_REPOSITORY");
  const std::string run = statements.find_variable("GITHUB_RUN_ID");
  if (server.empty() || repository.empty() || run.empty()) return "";
  return fmt::format("{}/{}/actions/runs/{}", server, repository, run);
}

/// Only web addresses: it becomes a link on a page.
std::string web_address(std::string url, text::Warnings& warnings) {
  if (url.empty() || url.starts_with("https://") || url.starts_with("http://")) return url;
  warnings.add(fmt::format("the CI address '{}' is not http or https; it is ignored", text::shortened(url, 60)));
  return "";
}

/// All reasons of all suites, each once.
std::string suspect_reasons(const std::vector<Property>& properties, std::size_t bytes_max) {
  std::vector<std::string_view> seen;
  std::string reasons;
  for (const Property& property : properties) {
    const std::string_view value = text::trim(property.value);
    if (property.name != junit::property_name::suspect || value.empty()) continue;
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) continue;
    if (reasons.size() > bytes_max) break;
    seen.push_back(value);
    if (!reasons.empty()) reasons += "; ";
    reasons += value;
  }
  return text::shortened(reasons, bytes_max);
}

}  // namespace

Coordinates read_coordinates(const Report& report, std::size_t coordinate_bytes_max, text::Warnings& warnings) {
  Coordinates coordinates;
  Statements statements(report.properties, coordinate_bytes_max, warnings);
  coordinates.branch = plain_branch(statements.find(junit::property_name::branch, branch_names));
  coordinates.commit = statements.find(junit::property_name::commit, commit_names);
  coordinates.testbed = statements.find_own(junit::property_name::testbed);
  coordinates.ci_url = statements.find(junit::property_name::ci_url, ci_url_names);
  if (coordinates.ci_url.empty()) coordinates.ci_url = github_url(statements);
  coordinates.ci_url = web_address(std::move(coordinates.ci_url), warnings);
  // Not from variables of the CI, which every job has: all runs of an unchanged commit would get the same time.
  coordinates.commit_us =
      statements.time_of(junit::property_name::commit_time, statements.find_own(junit::property_name::commit_time));
  coordinates.started_us =
      statements.time_of(junit::property_name::started_at, statements.find_own(junit::property_name::started_at));
  if (!coordinates.started_us) coordinates.started_us = report.started_us;
  coordinates.suspect = suspect_reasons(report.properties, coordinate_bytes_max);
  sort_run_facts(report.properties, coordinates, warnings);
  return coordinates;
}

}  // namespace perftrend::metrics
