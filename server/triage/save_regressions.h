#pragma once
// Brings the records of regressions in line with what detection finds now.

#include <cstdint>
#include <optional>
#include <vector>

#include "server/db/sql.h"
#include "server/triage/judge.h"

namespace perftrend::triage {

/// What the run as a whole says about one episode.
struct EpisodeContext {
  bool expected_by_chance = false;     ///< suspected, but expected by chance among this many series: not recorded
  bool of_whole_run = false;           ///< the run that raised it was judged as a whole just now
  std::optional<Id> common_shift_run;  ///< the run of the common shift it belongs to
  bool past = false;  ///< closed before the current run: its record, or the lack of one, stays as it is
};

/// Inserts new records, advances states, moves a record to an earlier first run where its stretch turns out to begin
/// there, and withdraws what later or backfilled runs, or another policy, no longer show. life.h defines which decision
/// takes precedence. `contexts` has one element for each episode of `judged`.
/// Records that began before the replayed stretch are left as they are.
void save_regressions(db::Connection& connection, Id project, const JudgedSeries& judged,
                      const std::vector<EpisodeContext>& contexts, bool alerting, std::int64_t policy_version,
                      std::int64_t now_us);

}  // namespace perftrend::triage
