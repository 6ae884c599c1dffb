#pragma once
// A stored series, judged now; and what of that is kept: the life of its regressions. Judgement is a function of the
// points and the policy alone, so every reader (upload, trend, dry run) that asks gets the same answer.

#include <cstdint>
#include <string_view>

#include "server/db/sql.h"
#include "server/detect/history.h"
#include "server/store/series.h"

namespace perftrend::triage {

/// How much history is replayed at an upload and for the newest point of a trend. A trend asked for with more points is
/// judged over all of them.
constexpr std::int64_t judged_points = 1000;

detect::History judge(const store::TrendColumns& trend, const detect::Policy& policy);

/// Brings the records of one series in line with its episodes: makes new ones, moves states on, withdraws what later or
/// backfilled runs no longer show. A person's acknowledgement stays until the level returns.
/// Records that began before the replayed stretch are left as they are.
void keep_regressions(db::Connection& connection, Id project, Id series, const store::TrendColumns& trend,
                      const detect::History& history, const detect::Policy& policy, std::string_view unit,
                      std::int64_t now_us);

}  // namespace perftrend::triage
