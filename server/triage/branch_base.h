#pragma once
// The base of a run on a short-lived branch: its points are judged against the base branch's history up to the commit
// that both branches have, never against the branch's own points. Functions run in the caller's transaction.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/db/sql.h"
#include "server/triage/judge.h"
#include "server/triage/lane_states.h"

namespace perftrend::triage {

/// Where a run on a branch belongs, and what it states of its base. Borrowed.
struct BranchRun {
  Id project = 0;
  Id run = 0;  ///< 0: not stored yet
  std::string_view testbed, branch, base_branch, base_commit;
  std::int64_t at_us = 0;
};

struct BranchBase {
  std::string branch;          ///< of the base
  HistoryEnd end;              ///< the base's points up to here count
  std::optional<Id> run;       ///< newest run of the base that counts; nullopt: it does not exist
  std::string commit;          ///< of that run
  bool is_merge_base = false;  ///< that run measured the stated base_commit
  std::string note;            ///< one sentence: which runs of the base count, and why
};

/// nullopt where the branch is long-lived, so that its own points are its baseline. The base is the stated branch, else
/// the default branch. Its runs count up to the run of base_commit; where that commit has no run, up to the time of
/// base_commit where another run states it, else up to the time of the run.
std::optional<BranchBase> find_branch_base(db::Connection& connection, const LongLivedBranches& long_lived,
                                           const BranchRun& run);

/// The same for a stored run; nullopt also where the run does not exist.
std::optional<BranchBase> find_branch_base(db::Connection& connection, const LongLivedBranches& long_lived, Id project,
                                           Id run);

/// The series of the base with the case, metric, testbed, configuration and purpose of a stored series; nullopt where
/// the base does not have it.
std::optional<store::RunSeries> find_base_series(db::Connection& connection, Id series, std::string_view base_branch);

/// The factor from the unit of a series of the base to that of the branch; nullopt where they measure different
/// quantities. A unit that was never stated is the other one.
std::optional<double> factor_from_base(std::string_view base_unit, std::string_view unit);

/// Multiplies the values of a trend.
void rescale(points::TrendColumns& trend, double factor);

/// What the answer of an upload says where nothing of the run, or not everything, can be judged; empty: all is judged.
struct BranchCounts {
  std::size_t series = 0, without_base = 0, learning = 0;
  std::size_t by_flagged_level = 0;  ///< judged against a level that is a finding of the base
  std::size_t other_quantity = 0;    ///< the base has them in a unit that cannot be converted
  std::string example;               ///< of those: "x_ms of case a in bytes instead of ms"
};
std::string explain_unjudged(const BranchRun& run, const BranchBase& base, const BranchCounts& counts,
                             int minimum_points);

/// A sentence after BranchBase::note where the base has findings of its own that the branch shares; else empty.
std::string explain_flagged_levels(std::string_view base_branch, std::size_t by_flagged_level);

/// The judgements of a series: against its base where its branch is short-lived, else against its own past.
struct SeriesJudgement {
  detect::History history;  ///< of a short-lived branch: points only
  std::optional<std::string> base_branch;
  std::optional<Id> base_series;
};
SeriesJudgement judge_trend(db::Connection& connection, const LongLivedBranches& long_lived, Id project,
                            const store::SeriesKey& series, const points::TrendColumns& trend,
                            const detect::Policy& policy);

}  // namespace perftrend::triage
