#pragma once
// Dry run of a proposed policy over the stored history, compared with the present policy. Nothing is stored.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/store/series.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// Points judged under each policy at most: a few seconds of one core. The result states what was left out.
constexpr std::int64_t dry_run_points_max = 500'000;
/// Differences listed; the counts are of all.
constexpr std::size_t dry_run_listed_max = 500;

/// A finding that one of the policies would have reported.
struct DryRunFinding {
  store::SeriesKey series;
  bool worse = true;
  Id first_run = 0;
  std::int64_t first_at_us = 0;
  FindingState state = FindingState::confirmed;  ///< what it would be now
  double before = 0, after = 0;
};

struct Tally {
  std::int64_t regressions = 0, improvements = 0;  ///< confirmed at some time
  std::int64_t suspected = 0;                      ///< now, and not decided yet
  std::int64_t withdrawn = 0;                      ///< suspected and withdrawn
  std::int64_t informational = 0;                  ///< of the regressions and improvements: those that would not alert
};

struct DryRun {
  std::int64_t series = 0, series_left_off = 0, points = 0;
  Tally present, proposed;
  std::vector<DryRunFinding> more;  ///< reported by the proposed policy only, newest first
  std::vector<DryRunFinding> less;  ///< reported by the present policy only, newest first
};

/// Judges everything that is stored; counts and lists what began at `since_us` or later.
DryRun dry_run(db::Connection& connection, const Policies& present, const Policies& proposed, Id project,
               std::string_view project_name, std::int64_t since_us = INT64_MIN);

}  // namespace perftrend::triage
