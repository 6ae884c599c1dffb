#pragma once
// Verdict of a run as a whole: each of its series is judged, the false discovery rate is limited over all of them, and
// a common shift of most series is one finding.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/detect/verdict.h"
#include "server/db/sql.h"
#include "server/store/regressions.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/store/vanished.h"
#include "server/triage/judged_run.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// What is known of the level that a flagged point belongs to.
enum class PointState {
  suspected,  ///< later runs decide
  confirmed,  ///< the points before or after it are on the new level as well
  closed,     ///< later runs did not confirm it
  noted,      ///< the step coincides with another environment
  compared,   ///< of a short-lived branch: one run, compared with its base; no later run decides
};

/// A point of the run that was judged worse or better, or that coincides with another environment (verdict ok).
struct Finding {
  store::SeriesKey series;
  Verdict verdict = Verdict::ok;
  PointState state = PointState::suspected;
  double value = 0, baseline = 0, effect = 0;
  std::string explanation;
  detect::Judgement judged;
  detect::Policy policy;
  bool alerting =
      true;  ///< false: its policy is informational, or its case is in a quarantine that mutes (by hand, by noise)
  bool quarantined = false;           ///< its case is in quarantine
  bool expected_by_chance = false;    ///< expected by chance among this many series: not reported
  bool part_of_common_shift = false;  ///< it moved with most series: `common_shift` is reported instead

  /// "level", or "environment" where the step coincides with another environment.
  [[nodiscard]] std::string_view kind() const {
    return judged.rule == detect::Rule::environment_changed ? "environment" : "level";
  }
  [[nodiscard]] bool is_reported() const { return !expected_by_chance && !part_of_common_shift; }
  /// What a script may act on: it is not waiting for later runs, and they did not refute it.
  [[nodiscard]] bool is_asserted() const { return is_reported() && !is_suspected() && state != PointState::closed; }
  [[nodiscard]] bool is_suspected() const { return is_reported() && state == PointState::suspected; }
};

struct RunVerdict {
  std::vector<Finding> findings;  ///< every flagged point
  std::size_t judged = 0;         ///< series with a verdict
  std::size_t expected_by_chance = 0;
  std::optional<store::CommonShift> common_shift;
  std::int64_t policy_version = 0;  ///< of the project's own policies; 0: it has none
  std::optional<BranchBase> base;   ///< of a run on a short-lived branch: what it was judged against
  store::VanishedPage vanished;     ///< series of its lane, of a long-lived branch, that vanished
  std::string unjudged;             ///< why nothing was judged against the base; empty where something was

  /// The findings that are reported in addition to `common_shift`.
  [[nodiscard]] std::vector<Finding> reported() const;
};

/// Vanished series that an answer lists.
constexpr int vanished_listed_max = 100;
/// "2 series were measured before and are missing in the last 3 complete runs: …", and what to do.
std::string explain(const store::VanishedPage& vanished);

/// "Common shift: 160 of 170 judged series got worse together …", one or two sentences.
std::string explain(const store::CommonShift& common_shift);

/// The verdict that follows from what is stored. A run without a point among the newest judged_points of its series has
/// none.
RunVerdict find_verdict(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id run);

/// The same by `policies`, those of the project among them.
RunVerdict find_verdict_by(db::Connection& connection, const Policies& policies, Id project,
                           std::string_view project_name, Id run);

/// The verdict of a run whose last part has just been stored with its points; `judged` has all parts, with their ids.
/// Brings every record of its series up to date, and where it came late, also of what follows it in the trend. A run
/// on a short-lived branch has no records.
RunVerdict save_verdict(db::Connection& connection, Id project, JudgedRun& judged, Id run, std::int64_t now_us);

/// The verdict of a run that waits for parts; `judged` has all parts that are stored. Changes no record.
RunVerdict preview_verdict(const JudgedRun& judged, Id run);

/// Judges the parts of a stored run as a whole, and brings the records of its series up to date, as save_verdict does.
RunVerdict judge_whole_run(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                           Id run, std::int64_t now_us);

/// Brings the records of one series in line with its points. What is expected by chance depends on all series of a run,
/// so a suspicion without a record gets none here. A series with another purpose than trend has no records.
void judge_series_again(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id series, std::int64_t now_us);

/// The same for several series, ids.
void judge_series_again(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        std::span<const Id> series, std::int64_t now_us);

/// What a new policy changed among open records.
struct JudgedAgain {
  std::int64_t series = 0;
  std::int64_t open_before = 0, open_after = 0;  ///< records
};

/// Brings the records of every series with an open one, or one that was withdrawn, in line with `policies`. What is
/// closed stays as it was reported, except where a branch is long-lived no more or again (branch_records.h). All other
/// series follow with their next run.
JudgedAgain judge_open_again(db::Connection& connection, const Policies& policies, Id project,
                             std::string_view project_name, std::int64_t now_us);

}  // namespace perftrend::triage
