#pragma once
// A run's series, each judged by itself: the basis of what is said about the run as a whole (run_verdict.h). A new run
// is judged before it is stored, so that the writer does not wait for it; what is stored must not depend on when that
// was.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/quarantine.h"
#include "server/store/runs.h"
#include "server/triage/branch_base.h"
#include "server/triage/judge.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// What a judgement follows from, apart from the points and the policies of the server's file.
struct JudgeBasis {
  std::int64_t policy_version = 0;  ///< of the project's own policies; 0: it has none
  store::QuarantinedCases quarantined;
  std::set<Id> with_unresolved_record;  ///< series that have a suspected or open regression
  std::string default_branch;
  friend bool operator==(const JudgeBasis&, const JudgeBasis&) = default;
};
/// Worse, better, or the step of another environment.
bool is_finding(const detect::Judgement& judgement);

JudgeBasis read_basis(db::Connection& connection, Id project);

/// The series of a run, with the judgements of it and of the runs just before.
struct JudgedRun {
  JudgeBasis basis;
  std::vector<JudgedSeries> series;  ///< without the quiet ones
  /// Quiet series matter only for the number of judged series and for the false discovery rate. Their p-values in the
  /// requested run, and in each of the newest runs. A report may have hundreds of thousands of quiet series.
  std::vector<double> quiet_requested;
  std::map<Id, std::vector<double>> quiet_recent;
  /// Of a run on a short-lived branch. Its series are judged against the base: they have no episodes and no records.
  std::optional<BranchBase> base;
  std::string unjudged;  ///< why nothing of the run is judged against its base; empty where something is
  /// Of the environment of a new run, where they are not stored yet; save_environment_shifts stores them.
  std::optional<points::EnvironmentShifts> new_shifts;

  [[nodiscard]] bool alerting(const JudgedSeries& each) const {
    return each.alerting && !basis.quarantined.muted.contains(each.series.case_id);
  }
  void add(JudgedSeries each);
  /// Adds the series of another part of the same run; no series is in both.
  void add(JudgedRun part);

 private:
  [[nodiscard]] bool is_quiet(const JudgedSeries& each) const;
};

/// Judges stored series. `run` is the one whose judgement is requested; 0: none. Without a run, series of short-lived
/// branches are left out: they are judged only as part of a run.
JudgedRun judge_stored(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name,
                       const std::vector<store::RunSeries>& series, Id run);

/// The points of a run that is not stored yet; borrowed.
struct RunPoints {
  const store::NewRun& run;
  const store::ResolvedRun& resolved;
};

/// Judges the series of a new run as if it were stored: run and, where it is new, environment have pending_id, new
/// cases and series have the id 0. `state` is valid for the revision of `resolved`; afterwards it includes the run.
JudgedRun judge_new(db::Connection& connection, const Policies& file, const RunPoints& points,
                    points::ProjectState& state);

/// Stores the common shifts of the environment of a new run, `run`, where judge_new estimated them. True where other
/// points were judged by other shifts until now: the upload and the other parts of its run must be judged again.
bool save_environment_shifts(db::Connection& connection, const RunPoints& points, Id run, JudgedRun& judged);

/// Judges the stored parts of the run that a new upload belongs to, without the series that the upload has a point in.
/// What `state` derived from them at the part before is taken from it; save_parts() gives it back.
JudgedRun judge_other_parts(db::Connection& connection, const Policies& file, const RunPoints& points,
                            points::ProjectState& state);
/// Remembers the judgement of the whole run in `state` for its next part. `run` is the run, `upload` the stored part.
void save_parts(points::ProjectState& state, const RunPoints& points, Id run, Id upload, JudgedRun whole);

/// Fills in the ids once insert_run has made them. `run` is the run, not the part.
void set_ids(JudgedRun& judged, const store::ResolvedRun& resolved, Id run);
/// The same for what `state` remembers. `was_new`: the environment was not stored before the run.
void set_ids(points::ProjectState& state, const store::ResolvedRun& resolved, Id run, bool was_new);

}  // namespace perftrend::triage
