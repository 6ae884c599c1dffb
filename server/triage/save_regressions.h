#pragma once
// Brings the records of regressions in line with what detection finds now.

#include <cstdint>
#include <optional>
#include <vector>

#include "server/db/sql.h"
#include "server/triage/judge.h"

namespace perftrend::triage {

/// What the run as a whole says of one episode.
struct EpisodeContext {
  bool expected_by_chance = false;     ///< suspected, but no more than so many series throw up by chance: not recorded
  std::optional<Id> common_shift_run;  ///< everything moved with that run
  bool past =
      false;  ///< over before the run at hand: what was said of it then stays, and what was not said stays unsaid
};

/// Makes new records, moves states on, moves a record to an earlier first run where its stretch turns out to begin
/// there, and withdraws what later or backfilled runs, or another policy, no longer show. life.h says who wins against
/// whom. `contexts` has one element for each episode of `judged`.
/// Records that began before the replayed stretch are left as they are.
void save_regressions(db::Connection& connection, Id project, const JudgedSeries& judged,
                      const std::vector<EpisodeContext>& contexts, bool alerting, std::int64_t policy_version,
                      std::int64_t now_us);

/// A nightly series has stopped after two weeks of runs without it; whatever it is, after a month.
constexpr store::StoppedAfter stopped_after = {
    .lane_runs = 14, .lane_us = 14LL * 86'400'000'000, .project_us = 30LL * 86'400'000'000};

/// Closes the open records of series that have stopped.
void age_out(db::Connection& connection, Id project, std::int64_t now_us);

}  // namespace perftrend::triage
