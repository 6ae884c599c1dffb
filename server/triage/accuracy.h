#pragma once
// Accuracy of perftrend in one project: how often people found it right, how often it flags noise, what it finds, and
// how late. Computed from what is stored; the same store gives the same answer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/detect/self_check.h"
#include "server/db/sql.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// Number of series tested, spread evenly over the project's. Each costs some 500 judged points, in total about a tenth
/// of a second.
constexpr std::size_t accuracy_series_max = 50;
/// Newest points of each that its noise is taken from.
constexpr std::int64_t accuracy_points_max = 400;
/// Number of newest reported findings whose detection delay is used.
constexpr int accuracy_findings_max = 1000;

struct Accuracy {
  // What people decided about reported findings (confirmed or acknowledged at some time, worse and better).
  std::int64_t reported = 0;
  std::int64_t reviewed = 0;        ///< of these: a person acknowledged, dismissed or reopened them at some time
  std::int64_t false_alarms = 0;    ///< of these: dismissed by a person as such
  std::int64_t acknowledged = 0;    ///< by a person, at some time
  std::int64_t suspected = 0;       ///< ever
  std::int64_t withdrawn = 0;       ///< suspicions that were closed before they were reported
  std::optional<double> precision;  ///< 1 - false_alarms / reviewed; nullopt: nothing was reviewed

  std::vector<std::int64_t> detection_delay_points;  ///< of the newest reported findings, ascending

  // The gate on the project's own noise.
  std::size_t series = 0;
  std::size_t aa_judged = 0, aa_flagged = 0, aa_confirmed = 0;
  struct Recall {
    double effect = 0;
    std::size_t injected = 0, found = 0;
    std::vector<std::size_t> detection_delay_points;  ///< of those found, ascending
  };
  std::array<Recall, detect::step_sizes.size()> recall{};
};

Accuracy measure_accuracy(db::Connection& connection, const Policies& policies, Id project,
                          std::string_view project_name);

}  // namespace perftrend::triage
