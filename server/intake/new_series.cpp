#include "server/intake/new_series.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/detect/verdict.h"
#include "server/store/lanes.h"

namespace perftrend::intake {

std::string explain_new_series(db::Connection& connection, const store::NewRun& run, const store::ResolvedRun& resolved,
                               std::int64_t explained) {
  const auto& where = run.coordinates;
  if (where.purpose != Purpose::trend) return "";
  const auto all = std::ssize(resolved.points);
  const auto fresh = std::count_if(resolved.points.begin(), resolved.points.end(),
                                   [](const store::ResolvedPoint& point) { return point.series == 0; }) -
                     explained;
  if (2 * fresh <= all) return "";
  const auto runs = store::count_lane_runs(connection, resolved.project.id, where.testbed, where.branch);
  if (runs < first_lane_runs) return "";
  return fmt::format(
      "{} of {} series are new: no earlier run of {} on testbed {} has them. A series is judged after {} runs, so a "
      "name that changes with every run is never judged. If the names change, state stable ones, or add patterns to "
      "[[metrics]] names in the policy. If the cases were renamed once, join them with their history (POST …/aliases, "
      "or the property perftrend.was). If they are new benchmarks, do nothing",
      fresh, all, where.branch, where.testbed, detect::Policy{}.minimum_points);
}

}  // namespace perftrend::intake
