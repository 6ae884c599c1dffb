#include "runner/report/coordinates.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <sstream>

#include "core/junit/vocabulary.h"

namespace perftrend::runner {
namespace {

// Prints commit and branch, a line each; the branch is "HEAD" when detached.
constexpr const char* git_command = "git rev-parse HEAD 2>/dev/null && git rev-parse --abbrev-ref HEAD 2>/dev/null";

struct CoordinateField {
  std::string_view name;
  std::string RunCoordinates::*value;
};
constexpr std::array<CoordinateField, 6> fields{{{junit::property_name::testbed, &RunCoordinates::testbed},
                                                 {junit::property_name::branch, &RunCoordinates::branch},
                                                 {junit::property_name::commit, &RunCoordinates::commit},
                                                 {junit::property_name::commit_time, &RunCoordinates::commit_time},
                                                 {junit::property_name::started_at, &RunCoordinates::started_at},
                                                 {junit::property_name::ci_url, &RunCoordinates::ci_url}}};

std::string first_set(const Variables& variables, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::string value = value_of(variables, name);
    if (!value.empty()) return value;
  }
  return "";
}

/// GitHub has several variables for it, other CIs have one.
std::string ci_url(const Variables& variables) {
  const std::string run = value_of(variables, "GITHUB_RUN_ID");
  if (!run.empty()) {
    return fmt::format("{}/{}/actions/runs/{}", value_of(variables, "GITHUB_SERVER_URL"),
                       value_of(variables, "GITHUB_REPOSITORY"), run);
  }
  return first_set(variables, {"CI_JOB_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "BUILD_URL"});
}

/// Jenkins reports "origin/main".
std::string without_remote(const std::string& branch) {
  constexpr std::string_view remote = "origin/";
  return branch.starts_with(remote) ? branch.substr(remote.size()) : branch;
}

void fill(std::string& field, std::string value) {
  if (field.empty()) field = std::move(value);
}

}  // namespace

std::optional<GitHead> ask_git() {
  struct Close {
    void operator()(std::FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(::popen(git_command, "r"));
  if (!pipe) return std::nullopt;
  std::string output;
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get()) != nullptr)
    output += buffer.data();
  std::istringstream lines(output);
  GitHead head;
  if (!std::getline(lines, head.commit)) return std::nullopt;
  std::getline(lines, head.branch);
  if (head.branch == "HEAD") head.branch.clear();
  return head;
}

RunCoordinates complete_coordinates(RunCoordinates stated, const Variables& variables, const AskGit& ask_git,
                                    const std::string& host) {
  RunCoordinates all = std::move(stated);
  fill(all.commit, first_set(variables, {"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "BUILDKITE_COMMIT", "CIRCLE_SHA1",
                                         "BUILD_SOURCEVERSION"}));
  // The branch of a pull request before the merge ref that GitHub or Jenkins checks out.
  fill(all.branch, first_set(variables, {"GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "CHANGE_BRANCH",
                                         "GIT_LOCAL_BRANCH", "BRANCH_NAME"}));
  fill(all.branch, without_remote(value_of(variables, "GIT_BRANCH")));
  fill(all.branch, first_set(variables, {"BUILDKITE_BRANCH", "CIRCLE_BRANCH", "BUILD_SOURCEBRANCHNAME"}));
  if (all.commit.empty() || all.branch.empty()) {
    if (const auto head = ask_git()) {
      fill(all.commit, head->commit);
      if (all.commit == head->commit) fill(all.branch, head->branch);
    }
  }
  fill(all.testbed, value_of(variables, "PERFTREND_TESTBED"));
  fill(all.testbed, host);
  fill(all.ci_url, ci_url(variables));
  return all;
}

junit::Properties to_properties(const RunCoordinates& coordinates) {
  junit::Properties properties;
  for (const CoordinateField& field : fields) {
    if (!(coordinates.*field.value).empty()) properties.emplace_back(field.name, coordinates.*field.value);
  }
  return properties;
}

RunCoordinates coordinates_in(const junit::Properties& properties) {
  RunCoordinates coordinates;
  for (const auto& [name, value] : properties) {
    for (const CoordinateField& field : fields) {
      if (name == field.name) fill(coordinates.*field.value, value);  // of several suites the first one counts
    }
  }
  return coordinates;
}

}  // namespace perftrend::runner
