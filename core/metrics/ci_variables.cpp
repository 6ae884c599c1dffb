#include "core/metrics/ci_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/metrics/ci_systems.h"

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

/// "pull/12" for a number; "" for "0", which systems use for "none".
std::string pull_request(std::string_view number) {
  return is_number(number) && number != "0" ? fmt::format("pull/{}", number) : "";
}

std::string tag(std::string_view name) {
  return name.empty() ? "" : fmt::format("tags/{}", name);
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
  CiCoordinates all;
  for (const CiSystem& system : ci_systems()) {
    CiCoordinates ci = read_ci_system(system, find);
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
