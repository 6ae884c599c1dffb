#pragma once
// A run as a whole: every series it has a point of is judged, the false discovery rate is held over them, and when
// everything moved at once that is one finding.

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
#include "server/triage/history_cache.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// A point of the run that was judged worse or better.
struct Finding {
  store::SeriesKey series;
  Verdict verdict = Verdict::ok;
  double value = 0, baseline = 0, effect = 0;
  std::string explanation;
  detect::Judgement judged;
  detect::Policy policy;
  bool alerting =
      true;  ///< false: its policy is informational, or its case is in a quarantine that mutes (by hand, by noise)
  bool quarantined = false;           ///< its case is in quarantine
  bool expected_by_chance = false;    ///< no more than so many series throw up by chance: nobody is told
  bool part_of_common_shift = false;  ///< it moved with everything: `common_shift` is told in its place

  [[nodiscard]] bool is_told() const { return !expected_by_chance && !part_of_common_shift; }
};

struct RunVerdict {
  std::vector<Finding> findings;  ///< every flagged point
  std::size_t judged = 0;         ///< series with a verdict
  std::size_t expected_by_chance = 0;
  std::optional<store::CommonShift> common_shift;
  std::int64_t policy_version = 0;  ///< of the project's own policies; 0: it has none

  /// What is told of the run, besides `common_shift`.
  [[nodiscard]] std::vector<Finding> told() const;
};

/// "Common shift: 160 of 170 judged series got worse together …", one or two sentences.
std::string explain(const store::CommonShift& common_shift);

/// What the run's points are judged to be, from what is stored. A run of which no point is among the newest
/// judged_points of its series has no verdict.
RunVerdict find_verdict(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id run);

/// What whoever has just stored a run knows, so that it is not read again.
struct InsertedRun {
  ProjectHistories* kept = nullptr;  ///< of before the run; knows the run afterwards
  std::span<const store::StoredPoint> points;
  std::span<const Measure> measures;  ///< that the points are of
  std::string_view testbed, branch;
};

/// The same for a run that was just stored, and every record of its series is brought up to date: so is what stands
/// after it in the trend, where it came late.
RunVerdict save_verdict(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id run, std::int64_t now_us, const std::optional<InsertedRun>& known = std::nullopt);

/// Brings the records of one series in line with what is stored of it. A series alone does not say what is chance among
/// those of a run, so a mere suspicion that has no record gets none.
void judge_series_again(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id series, std::int64_t now_us);

/// What another policy did to what was open.
struct JudgedAgain {
  std::int64_t series = 0;
  std::int64_t open_before = 0, open_after = 0;  ///< records
};

/// Brings the records of every series with an open one, or one that was withdrawn, in line with `policies`; what is
/// over stays as it was told. All other series follow with their next run.
JudgedAgain judge_open_again(db::Connection& connection, const Policies& policies, Id project,
                             std::string_view project_name, std::int64_t now_us);

}  // namespace perftrend::triage
