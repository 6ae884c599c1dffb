#include "server/commands/correct_command.h"

#include <fmt/format.h>

#include <functional>
#include <memory>

#include "server/commands/exit_codes.h"
#include "server/commands/policy_file.h"
#include "server/corrections/lanes.h"
#include "server/corrections/names.h"
#include "server/corrections/projects.h"
#include "server/corrections/redaction.h"
#include "server/corrections/runs.h"
#include "server/corrections/series.h"
#include "server/db/open.h"
#include "server/intake/intake.h"
#include "server/store/projects.h"

namespace perftrend {
namespace {

using corrections::ProjectRef;
using corrections::Site;

constexpr const char* actor = "command line";

/// Opens the database, finds the project and calls `work`, which returns an exit code.
int correct(const CorrectOptions& options, const std::function<int(const Site&, const ProjectRef&)>& work) {
  const auto file = read_policy_file(options.policies);
  if (!file) return fail(exit_usage, file.error());
  if (!db::is_postgres(options.database) && !std::filesystem::exists(options.database))
    return fail(exit_database, fmt::format("{} does not exist", options.database));
  const auto database = db::open_database(options.database);
  std::optional<Id> project;
  database->read([&](db::Connection& connection) { project = store::find_project_id(connection, options.project); });
  if (!project) return fail(exit_usage, fmt::format("project '{}' does not exist", options.project));
  return work({*database, file->policies}, {*project, options.project});
}

int refuse(const corrections::CorrectionRefusal& refusal) {
  const bool is_missing = refusal.kind == corrections::CorrectionRefusal::Kind::not_found;
  return fail(exit_usage, is_missing ? refusal.cause + " does not exist" : refusal.cause);
}

int change_run(const CorrectOptions& options, const corrections::RunChange& change) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto changed = corrections::change_run(site, project, options.run, change, {actor, ""});
    if (!changed) return refuse(changed.error());
    fmt::print("run {}: {}, {}\n", options.run,
               changed->excluded.empty() ? "included" : "excluded (" + changed->excluded + ")",
               changed->suspect.empty() ? "judged" : "suspect (" + changed->suspect + ")");
    return exit_ok;
  });
}

}  // namespace

int run_correct_exclude(const CorrectOptions& options) {
  corrections::RunChange change;
  change.excluded = options.reason;
  return change_run(options, change);
}

int run_correct_include(const CorrectOptions& options) {
  corrections::RunChange change;
  change.excluded = "";
  return change_run(options, change);
}

int run_correct_suspect(const CorrectOptions& options) {
  corrections::RunChange change;
  change.suspect = options.reason;
  return change_run(options, change);
}

int run_correct_as_reported(const CorrectOptions& options) {
  corrections::RunChange change;
  change.suspect_as_reported = true;
  return change_run(options, change);
}

int run_correct_delete_run(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto deleted = corrections::delete_run(site, project, options.run, {actor, options.reason});
    if (!deleted) return refuse(deleted.error());
    fmt::print("run {} deleted: {} cases, {} documents, {} series without another point\n", options.run, deleted->cases,
               deleted->documents, deleted->series);
    return exit_ok;
  });
}

int run_correct_delete_runs(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const corrections::RunsToDelete filter = {options.testbed, options.branch};
    const auto deleted = corrections::delete_runs(site, project, filter, {actor, options.reason});
    if (!deleted) return refuse(deleted.error());
    fmt::print("{} uploads deleted: {} cases, {} documents, {} series\n", deleted->runs, deleted->cases,
               deleted->documents, deleted->series);
    return exit_ok;
  });
}

int run_correct_redact(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    corrections::RedactionTarget target;
    if (options.document >= 0) target.document = options.document;
    if (options.case_ordinal >= 0) target.case_ordinal = options.case_ordinal;
    const auto redacted = corrections::redact(site, project, options.run, target, {actor, options.reason});
    if (!redacted) return refuse(redacted.error());
    fmt::print("run {}: {} documents and {} messages redacted\n", options.run, redacted->documents, redacted->messages);
    return exit_ok;
  });
}

int run_correct_rename(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const corrections::Person person = {actor, options.reason};
    corrections::Result<corrections::Renamed> renamed;
    if (options.kind == "case") {
      renamed = corrections::rename_case(site, project, {options.suite, options.classname, options.was},
                                         {options.suite, options.classname, options.name}, person);
    } else {
      const auto kind = options.kind == "testbed"  ? store::NameKind::testbed
                        : options.kind == "branch" ? store::NameKind::branch
                                                   : store::NameKind::metric;
      renamed = corrections::rename(site, project, kind, options.was, options.name, person);
    }
    if (!renamed) return refuse(renamed.error());
    fmt::print("{} is renamed to {}: {} series, {} of them joined\n", options.was, options.name, renamed->series,
               renamed->joined);
    return exit_ok;
  });
}

int run_correct_series(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    corrections::SeriesChange change;
    if (!options.unit.empty()) change.unit = options.unit;
    if (!options.values_were.empty()) change.values_were = options.values_were;
    if (!options.better.empty()) change.better = options.better == "lower" ? Better::lower : Better::higher;
    change.whole_metric = options.whole_metric;
    if (change.is_empty()) return fail(exit_usage, "nothing to change: give --unit, --better or both");
    const auto changed = corrections::change_series(site, project, options.series, change, {actor, options.reason});
    if (!changed) return refuse(changed.error());
    fmt::print("{} series changed, {} points converted\n", changed->series, changed->points);
    return exit_ok;
  });
}

int run_correct_delete_series(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto deleted = corrections::delete_series(site, project, options.series, {actor, options.reason});
    if (!deleted) return refuse(deleted.error());
    fmt::print("series {} deleted: {} points\n", options.series, deleted->points);
    return exit_ok;
  });
}

int run_correct_restart(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto restarted =
        corrections::restart_baseline(site, project, options.run, options.series, {actor, options.reason});
    if (!restarted) return refuse(restarted.error());
    fmt::print("the baseline restarts at run {} in {} series\n", options.run, restarted->series);
    return exit_ok;
  });
}

int run_correct_restart_back(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto taken =
        corrections::take_restart_back(site, project, options.run, options.series, {actor, options.reason});
    if (!taken) return refuse(taken.error());
    fmt::print("the baseline no longer restarts at run {}: {} series judged again\n", options.run, taken->series);
    return exit_ok;
  });
}

int run_correct_delete_project(const CorrectOptions& options) {
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto deleted = corrections::delete_project(site, project, {actor, options.reason});
    if (!deleted) return refuse(deleted.error());
    fmt::print("project {} deleted: {} runs, {} series, {} points\n", project.name, deleted->runs, deleted->series,
               deleted->points);
    if (deleted->tokens > 0)
      fmt::print("{} tokens for this project are still valid: see `perftrend-server token list`\n", deleted->tokens);
    return exit_ok;
  });
}

int run_correct_rename_project(const CorrectOptions& options) {
  if (!intake::is_project_name(options.name))
    return fail(exit_usage, "a project's name is 1 to 100 of A-Z a-z 0-9 . _ - and begins with a letter or a digit");
  return correct(options, [&](const Site& site, const ProjectRef& project) {
    const auto renamed = corrections::rename_project(site, project, options.name, {actor, options.reason});
    if (!renamed) return refuse(renamed.error());
    fmt::print("project {} is renamed to {}\n", project.name, options.name);
    return exit_ok;
  });
}

}  // namespace perftrend
