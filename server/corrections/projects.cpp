#include "server/corrections/projects.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <vector>

#include "server/clock.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/corrections.h"
#include "server/store/lanes.h"
#include "server/store/projects.h"
#include "server/triage/branch_records.h"
#include "server/triage/project_policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::corrections {
namespace {

constexpr int runs_in_a_transaction = 20;

}  // namespace

Result<DeletedProject> delete_project(const Site& site, const ProjectRef& project, const Person& person) {
  DeletedProject deleted;
  site.database.write([&](db::Connection& connection) {
    const auto found = store::find_project(connection, project.name);
    if (!found || found->id != project.id) return;
    deleted = {found->runs, found->series, found->points, store::count_project_tokens(connection, project.name)};
    auto note =
        fmt::format("{}: {} runs, {} series, {} points", project.name, found->runs, found->series, found->points);
    if (!person.note.empty()) note += ": " + person.note;
    store::add_audit(connection, {0, 0, now_us(), person.name, "project", project.id, "deleted", "", "", note, ""});
    store::hide_project(connection, project.id);
    spdlog::info("{} deleted project {}", person.name, note);
  });
  finish_deletions(site.database);
  return deleted;
}

std::int64_t finish_deletions(db::Database& database) {
  std::vector<Id> projects;
  database.read([&](db::Connection& connection) { projects = store::list_deleted_projects(connection); });
  for (const Id project : projects) {
    for (bool more = true; more;) {
      database.write([&](db::Connection& connection) {
        more = store::delete_project_rows(connection, project, runs_in_a_transaction);
      });
    }
  }
  return static_cast<std::int64_t>(projects.size());
}

Result<void> rename_project(const Site& site, const ProjectRef& project, const std::string& name,
                            const Person& person) {
  if (name == project.name) return {};
  bool is_taken = false;
  site.database.write([&](db::Connection& connection) {
    is_taken = store::find_project_id(connection, name).has_value();
    if (is_taken) return;
    store::rename_project(connection, project.id, name);
    store::add_audit(connection, {0, project.id, now_us(), person.name, "project", project.id, "renamed", project.name,
                                  name, person.note, ""});
  });
  if (is_taken)
    return tl::unexpected(
        CorrectionRefusal{CorrectionRefusal::Kind::conflict, fmt::format("there is another project {}", name)});
  return {};
}

Result<void> set_default_branch(const Site& site, const ProjectRef& project, const std::string& branch,
                                const Person& person) {
  if (branch.empty())
    return tl::unexpected(CorrectionRefusal{CorrectionRefusal::Kind::bad_request, "the name of the branch is empty"});
  site.database.write([&](db::Connection& connection) {
    const auto before = store::find_default_branch(connection, project.id);
    store::set_default_branch(connection, project.id, {branch, store::DefaultBranchSource::person});
    points::bump_revision(connection, project.id);
    store::add_audit(connection, {0, project.id, now_us(), person.name, "project", project.id, "default branch",
                                  before.name, branch, person.note, ""});
    const auto policies = triage::policies_of(connection, site.policies, project.id);
    const auto followed = triage::follow_branches(connection, policies, project.id, project.name, now_us());
    triage::judge_series_again(connection, site.policies, project.id, project.name, followed.restored, now_us());
  });
  return {};
}

}  // namespace perftrend::corrections
