#pragma once
// Common shifts of new environments, estimated from all series of the first run in each. They are stored
// (server/points/environment_shifts.h), so that a series can be judged without the others. Functions run in the
// transaction of the caller.

#include <optional>
#include <string_view>

#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/runs.h"
#include "server/store/series.h"

namespace perftrend::triage {

/// The shifts by which a new run is judged.
struct ShiftsOfRun {
  std::optional<points::EnvironmentShifts> shifts;
  bool changed = false;  ///< they are not stored yet

  /// Unknown where the quantity of the series has none.
  [[nodiscard]] detect::EnvironmentShift of(const store::SeriesKey& series) const;
};

/// The stored shifts of the run's environment. Where the run, or the run that it is a part of, is the first one in its
/// environment, they are estimated, which costs the newest points of its series.
ShiftsOfRun find_shifts_of_new_run(db::Connection& connection, const store::NewRun& run,
                                   const store::ResolvedRun& resolved);

/// Estimates the shifts again that depend on the run, after it was excluded, included, deleted, or its fitness to be
/// judged changed. `run` is the id of the run.
void refresh_shifts_of_run(db::Connection& connection, const points::LaneName& lane, Id run);

/// Estimates the shifts of an environment again, after values changed.
void refresh_shifts(db::Connection& connection, const points::LaneName& lane, Id environment);

}  // namespace perftrend::triage
