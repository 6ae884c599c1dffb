#include "runner/report/coordinates.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <sstream>

#include "core/files/read_file.h"
#include "core/junit/vocabulary.h"
#include "core/metrics/ci_variables.h"

namespace perftrend::runner {
namespace {

// Prints commit and branch, a line each; the branch is "HEAD" when detached.
constexpr const char* git_command = "git rev-parse HEAD 2>/dev/null && git rev-parse --abbrev-ref HEAD 2>/dev/null";

struct CoordinateField {
  std::string_view name;
  std::string RunCoordinates::*value;
};
constexpr std::array<CoordinateField, 12> fields{{{junit::property_name::testbed, &RunCoordinates::testbed},
                                                  {junit::property_name::branch, &RunCoordinates::branch},
                                                  {junit::property_name::commit, &RunCoordinates::commit},
                                                  {junit::property_name::commit_time, &RunCoordinates::commit_time},
                                                  {junit::property_name::started_at, &RunCoordinates::started_at},
                                                  {junit::property_name::ci_url, &RunCoordinates::ci_url},
                                                  {junit::property_name::purpose, &RunCoordinates::purpose},
                                                  {junit::property_name::run_key, &RunCoordinates::run_key},
                                                  {junit::property_name::shard, &RunCoordinates::shard},
                                                  {junit::property_name::parts, &RunCoordinates::parts},
                                                  {junit::property_name::base_branch, &RunCoordinates::base_branch},
                                                  {junit::property_name::base_commit, &RunCoordinates::base_commit}}};

/// The text at a path of keys; "" where it does not exist.
std::string text_at(const nlohmann::json& json, std::initializer_list<const char*> path) {
  const auto* at = &json;
  for (const char* key : path) {
    if (!at->is_object() || !at->contains(key)) return "";
    at = &(*at)[key];
  }
  if (at->is_number_unsigned()) return std::to_string(at->get<std::uint64_t>());
  return at->is_string() ? at->get<std::string>() : "";
}

const nlohmann::json& member_at(const nlohmann::json& json, const char* name) {
  static const nlohmann::json none;
  return json.is_object() && json.contains(name) ? json[name] : none;
}

/// A job of workflow_run or issue_comment runs on the default branch, for a run of another branch or a pull request.
void add_other_run(const nlohmann::json& event, Variables& variables) {
  const std::string default_branch = text_at(event, {"repository", "default_branch"});
  if (member_at(event, "issue").contains("pull_request")) {
    variables["GITHUB_REF"] = "refs/pull/" + text_at(event, {"issue", "number"}) + "/head";
    variables["GITHUB_BASE_REF"] = default_branch;
    variables["GITHUB_SHA"] = "";  // of the default branch; git knows what is checked out
  }
  const auto& run = member_at(event, "workflow_run");
  if (!run.is_object()) return;
  variables["GITHUB_PR_HEAD_SHA"] = text_at(run, {"head_sha"});
  const std::string branch = text_at(run, {"head_branch"});
  if (!text_at(run, {"event"}).starts_with("pull_request")) {
    variables["GITHUB_REF"] = "refs/heads/" + branch;
    return;
  }
  const auto& pulls = member_at(run, "pull_requests");  // empty for a fork
  const bool is_known = pulls.is_array() && !pulls.empty();
  const std::string number = is_known ? text_at(pulls[0], {"number"}) : "";
  const std::string repository = text_at(run, {"head_repository", "full_name"});
  variables["GITHUB_REF"] = number.empty() ? "pull/" + repository.substr(0, repository.find('/')) + ":" + branch
                                           : "refs/pull/" + number + "/head";
  const std::string base = is_known ? text_at(pulls[0], {"base", "ref"}) : "";
  variables["GITHUB_BASE_REF"] = base.empty() ? default_branch : base;
}

/// GitHub checks out a merge commit that no one else knows. The file of the event names the commits of the pull
/// request.
void add_github_event(Variables& variables) {
  const std::string path = value_of(variables, "GITHUB_EVENT_PATH");
  if (path.empty()) return;
  const auto bytes = files::read_file(path);
  if (!bytes) return;
  const auto event = nlohmann::json::parse(*bytes, nullptr, false);
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) variables.try_emplace(name, std::move(value));
  };
  add("GITHUB_PR_HEAD_SHA", text_at(event, {"pull_request", "head", "sha"}));
  add("GITHUB_PR_BASE_SHA", text_at(event, {"pull_request", "base", "sha"}));
  add("GITHUB_PR_HEAD_SHA", text_at(event, {"merge_group", "head_sha"}));
  add("GITHUB_PR_BASE_SHA", text_at(event, {"merge_group", "base_sha"}));
  // The event pull_request_target has the ref of the base branch.
  const std::string number = text_at(event, {"pull_request", "number"});
  if (!number.empty()) variables.insert_or_assign("GITHUB_REF", "refs/pull/" + number + "/head");
  add_other_run(event, variables);
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
  Variables of_ci = variables;
  add_github_event(of_ci);
  auto ci = metrics::read_ci_variables([&](std::string_view name) { return value_of(of_ci, name); });
  all.branch = metrics::plain_branch(all.branch);
  fill(all.commit, std::move(ci.commit));
  fill(all.branch, std::move(ci.branch));
  fill(all.base_branch, std::move(ci.base_branch));
  fill(all.base_commit, std::move(ci.base_commit));
  fill(all.run_key, std::move(ci.run_key));
  if (all.commit.empty() || all.branch.empty()) {
    if (const auto head = ask_git()) {
      fill(all.commit, head->commit);
      if (all.commit == head->commit) fill(all.branch, head->branch);
    }
  }
  fill(all.testbed, value_of(variables, "PERFTREND_TESTBED"));
  fill(all.testbed, host);
  fill(all.ci_url, std::move(ci.ci_url));
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
