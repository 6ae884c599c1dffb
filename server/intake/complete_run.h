#pragma once
// Completion of runs that wait for parts (schema/junit.md, "Parts of a run"). Any thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/db/sql.h"
#include "server/triage/policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::intake {

/// A run that states its number of parts is completed this long after its newest part.
constexpr std::int64_t quiet_period_us = 3600LL * 1'000'000;

/// Ends the wait for parts, judges the run as a whole and looks for vanished series, in the caller's write transaction.
/// `run` is the first part. The records of a run that was complete stay as they are. Cost: the histories of all its
/// series are replayed.
triage::RunVerdict complete_run(db::Connection& connection, const triage::Policies& policies, Id project,
                                std::string_view project_name, Id run, std::int64_t now_us);

/// Completes each run whose newest part was received quiet_period_us ago, each in a transaction of its own. Returns how
/// many.
int complete_quiet_runs(db::Database& database, const triage::Policies& policies, std::int64_t now_us);

}  // namespace perftrend::intake
