#include "server/corrections/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <vector>

#include "server/clock.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/triage/run_verdict.h"
#include "server/triage/shifts_of_runs.h"

namespace perftrend::corrections {
namespace {

constexpr std::size_t runs_in_a_transaction = 20;

/// Removes the points of `runs` in one series. True where none are left, so that it was deleted.
bool remove_points(db::Connection& connection, Id series, const std::set<Id>& runs, store::DeletedRows& deleted) {
  std::vector<points::PointPlace> places;
  for (const auto& point : points::read_history(connection, series, INT64_MAX)) {
    if (runs.contains(point.run)) places.push_back({point.at_us, point.run});
  }
  points::remove(connection, series, places);
  points::remove_excluded(connection, series, runs);
  const bool is_empty =
      store::count_series_points(connection, series) == 0 && !points::has_excluded(connection, series);
  if (is_empty) deleted += store::delete_series(connection, series);
  return is_empty;
}

}  // namespace

Result<store::DeletedRows> delete_runs(const Site& site, const ProjectRef& project, const RunsToDelete& filter,
                                       const Person& person) {
  if (filter.testbed.empty() && filter.branch.empty())
    return tl::unexpected(CorrectionRefusal{CorrectionRefusal::Kind::bad_request, "give a branch, a testbed or both"});
  std::vector<Id> runs;
  std::vector<Id> series;
  site.database.read([&](db::Connection& connection) {
    runs = store::list_lane_uploads(connection, project.id, filter.testbed, filter.branch);
    series = store::list_series_of_lane(connection, project.id, filter.testbed, filter.branch);
  });
  if (runs.empty()) {
    return tl::unexpected(CorrectionRefusal{CorrectionRefusal::Kind::not_found,
                                            fmt::format("a run of branch '{}' on testbed '{}' in project {}",
                                                        filter.branch, filter.testbed, project.name)});
  }
  const std::set<Id> doomed(runs.begin(), runs.end());
  store::DeletedRows deleted;
  for (std::span<const Id> rest(series); !rest.empty();) {
    const auto chunk = rest.first(std::min(rest.size(), series_in_a_transaction));
    rest = rest.subspan(chunk.size());
    site.database.write([&](db::Connection& connection) {
      std::vector<Id> left;
      for (const Id id : chunk) {
        if (!remove_points(connection, id, doomed, deleted)) left.push_back(id);
      }
      triage::judge_series_again(connection, site.policies, project.id, project.name, left, now_us());
    });
  }
  for (std::span<const Id> rest(runs); !rest.empty();) {
    const auto chunk = rest.first(std::min(rest.size(), runs_in_a_transaction));
    rest = rest.subspan(chunk.size());
    site.database.write([&](db::Connection& connection) {
      for (const Id run : chunk)
        deleted += store::delete_run(connection, run);
      if (!rest.empty()) return;
      store::recount_lanes(connection, project.id);
      auto note = fmt::format("{} uploads, {} series", deleted.runs, deleted.series);
      if (!person.note.empty()) note += ": " + person.note;
      const bool one_branch = !filter.branch.empty();
      store::add_audit(connection, {0, project.id, now_us(), person.name, one_branch ? "branch" : "testbed", 0,
                                    "deleted", fmt::format("{} {}", filter.branch, filter.testbed), "", note, ""});
    });
  }
  triage::restore_common_shifts(site.database, site.policies, project.id, project.name);
  return deleted;
}

}  // namespace perftrend::corrections
