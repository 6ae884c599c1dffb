#pragma once
// Warning of a run whose series are mostly new: names that change with every run are never judged.

#include <cstdint>
#include <string>

#include "server/db/sql.h"
#include "server/store/runs.h"

namespace perftrend::intake {

/// The first runs of a lane, whose series are new anyway.
inline constexpr std::int64_t first_lane_runs = 3;

/// One sentence or more where most series of a run of purpose trend are new to a lane with at least first_lane_runs
/// runs; else empty. `explained` of them are new for another reason, which is said elsewhere. Costs a look-up where
/// most are new.
std::string explain_new_series(db::Connection& connection, const store::NewRun& run, const store::ResolvedRun& resolved,
                               std::int64_t explained);

}  // namespace perftrend::intake
