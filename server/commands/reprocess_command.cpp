#include "server/commands/reprocess_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/commands/exit_codes.h"
#include "server/commands/policy_file.h"
#include "server/commands/progress_bar.h"
#include "server/db/open.h"
#include "server/intake/reprocess.h"
#include "server/store/projects.h"

namespace perftrend {
namespace {

constexpr std::size_t lines_of_a_run = 10;  // one changed rule can change thousands of points in the same way

std::string_view outcome_text(intake::ReprocessRun::Outcome outcome) {
  using Outcome = intake::ReprocessRun::Outcome;
  switch (outcome) {
    case Outcome::changed:
      return "changes";
    case Outcome::refused:
      return "is refused by the present reader; it stays as it is";
    case Outcome::damaged:
      return "has a damaged document; it stays as it is";
    case Outcome::same:
    case Outcome::without_document:
      break;
  }
  return "";
}

void print_run(const store::Project& project, const intake::ReprocessRun& read, std::size_t lines_max) {
  const auto& run = read.run;
  fmt::print("{} run {} ({}, {} on {}) {}\n", project.name, run.id, times::to_rfc3339(run.started_us), run.branch,
             run.testbed, outcome_text(read.outcome));
  const std::size_t shown = std::min(read.lines.size(), lines_max);
  for (std::size_t i = 0; i < shown; ++i)
    fmt::print("  {}\n", read.lines[i]);
  if (shown < read.lines.size()) fmt::print("  and {} more changes (--verbose shows all)\n", read.lines.size() - shown);
}

void add(const intake::ReprocessSums& from, intake::ReprocessSums& to) {
  to.runs += from.runs;
  to.changed += from.changed;
  to.refused += from.refused;
  to.damaged += from.damaged;
  to.without_document += from.without_document;
  to.points += from.points;
  to.points_changed += from.points_changed;
  to.points_added += from.points_added;
  to.points_gone += from.points_gone;
}

void print_sums(const intake::ReprocessSums& sums, bool apply) {
  fmt::print(
      "{} runs with {} points: {} {} ({} points changed, {} added, {} removed), {} refused, {} damaged, {} without a "
      "document\n",
      sums.runs, sums.points, sums.changed, apply ? "changed" : "would change", sums.points_changed, sums.points_added,
      sums.points_gone, sums.refused, sums.damaged, sums.without_document);
  if (!apply && sums.changed > 0) fmt::print("nothing was stored; --apply stores the changes\n");
}

}  // namespace

int run_reprocess(const ReprocessOptions& options) {
  const auto file = read_policy_file(options.policies);
  if (!file) {
    return fail(exit_usage, file.error());
  }
  if (!std::filesystem::exists(options.database)) {
    return fail(exit_database, fmt::format("{} does not exist", options.database.string()));
  }
  intake::Options how;
  how.rules = file->rules;
  const auto database = db::open_database(options.database.string(), {.exclusive = options.apply});
  std::vector<store::Project> projects;
  database->read([&](db::Connection& connection) { projects = store::list_projects(connection); });
  std::erase_if(projects, [&](const auto& each) { return !options.project.empty() && each.name != options.project; });
  if (projects.empty() && !options.project.empty()) {
    return fail(exit_usage, fmt::format("project '{}' does not exist", options.project));
  }
  intake::ReprocessSums sums;
  const std::size_t lines_max = options.verbose ? std::numeric_limits<std::size_t>::max() : lines_of_a_run;
  for (const auto& project : projects) {
    ProgressBar progress("reading " + project.name, static_cast<std::size_t>(project.runs));
    add(intake::reprocess_project(*database, file->policies, how, project, options.apply,
                                  [&](const intake::ReprocessRun& read) {
                                    if (!read.lines.empty()) {
                                      progress.clear();
                                      print_run(project, read, lines_max);
                                    }
                                    progress.step();
                                  }),
        sums);
  }
  print_sums(sums, options.apply);
  const bool is_complete = (options.apply || sums.changed == 0) && sums.refused == 0 && sums.damaged == 0;
  return is_complete ? exit_ok : exit_failed;
}

}  // namespace perftrend
