#pragma once
// perftrend watched by itself: how often it was right, how often it would flag nothing at all, what it would find, and
// how late. Computed from what is stored; the same store gives the same answer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/detect/self_check.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// Series asked: spread evenly over the project's. Each costs some 500 judged points, so the whole about a tenth of a
/// second.
constexpr std::size_t watched_series_max = 50;
/// Newest points of each that its noise is taken from.
constexpr std::int64_t watched_points = 400;
/// Newest told findings whose lateness is looked at.
constexpr int watched_findings_max = 1000;

struct Watch {
  // What people said of what they were told (confirmed or acknowledged at some time, worse and better).
  std::int64_t told = 0;
  std::int64_t false_alarms = 0;    ///< dismissed by a person as such
  std::int64_t acknowledged = 0;    ///< by a person, at some time
  std::int64_t suspected = 0;       ///< ever
  std::int64_t withdrawn = 0;       ///< suspicions that came to nothing before anyone was told
  std::optional<double> precision;  ///< 1 - false_alarms / told

  std::vector<std::int64_t> late_points;  ///< of the newest told findings, ascending

  // The gate on the project's own noise.
  std::size_t series = 0;
  std::size_t aa_judged = 0, aa_flagged = 0, aa_confirmed = 0;
  struct Recall {
    double effect = 0;
    std::size_t injected = 0, found = 0;
    std::vector<std::size_t> late_points;  ///< of those found, ascending
  };
  std::array<Recall, detect::step_sizes.size()> recall{};
};

Watch watch_project(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name);

}  // namespace perftrend::triage
