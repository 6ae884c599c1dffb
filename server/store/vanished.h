#pragma once
// Vanished series: series that a lane's runs had and that its last vanished_after complete runs do not have. A row
// exists from the run that showed it until the series comes back. Functions run in the caller's transaction.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Complete runs without the series.
inline constexpr std::size_t vanished_after = 3;
/// A series with fewer points does not vanish: its name may change with every run.
inline constexpr std::int64_t vanished_points_min = 3;
/// At most so many series of one run are looked at.
inline constexpr std::size_t vanished_candidates_max = 1000;

struct VanishedSeries {
  Id series = 0;
  CaseKey key;
  std::string metric, testbed, branch;
  Id last_run = 0;  ///< the newest run that had it
  std::int64_t last_at_us = 0;
  std::optional<CaseKey> similar;  ///< a case that appeared when it vanished: perhaps its new name
};

struct VanishedFilter {
  std::string_view testbed, branch;  ///< empty: all lanes
  int limit = 100;
};
struct VanishedPage {
  std::vector<VanishedSeries> series;  ///< ordered by case and metric
  std::int64_t total = 0;
};
/// Without those that a person ended.
VanishedPage list_vanished(db::Connection& connection, Id project, const VanishedFilter& filter);

/// Brings the vanished series of the lane of a run up to date, and returns at most `limit` of them. `upload` is the
/// part of the run that has just been stored with its points and counted; 0: none, the run was completed. A run says
/// nothing about absence where it is not complete or mostly failed. A case that failed, errored or was skipped in one
/// of the runs is missing for a known reason. A series that came at longer intervals than the lane's runs vanishes
/// after 1.5 of its longest ones. A series that goes on with another configuration has not vanished. Reads the series
/// of at most four runs. A run that is older than the lane's newest run, excluded, or not of the purpose trend changes
/// nothing.
VanishedPage update_vanished(db::Connection& connection, Id project, Id run, Id upload, int limit);

/// A person says that the series is not expected any more. False where it has not vanished.
bool end_vanished(db::Connection& connection, Id project, Id series, std::string_view by, std::int64_t now_us);

}  // namespace perftrend::store
