#pragma once
// Judgement of one series. It is a function of the points and the policy only, so an upload, a trend and a dry run give
// the same answer.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/detect/history.h"
#include "core/detect/run.h"
#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/regressions.h"
#include "server/store/series.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// The minimum number of newest points that an upload, and the newest point of a trend, are judged over. A trend of
/// more points is judged over all of them.
constexpr std::int64_t judged_points = 1000;

/// The beginning of a longer replay moves in steps of so many points, not with every point: between two steps a
/// replayed history only grows at its end and can be reused.
constexpr std::int64_t judged_step_points = 500;

/// How many of its newest points a series of `total` points is judged by.
constexpr std::int64_t judged_window(std::int64_t total) {
  return total < judged_points + judged_step_points ? total : judged_points + total % judged_step_points;
}

/// The judgement of a run as a whole uses the judgements of this many newest points: a suspected finding is decided
/// within them.
constexpr std::size_t recent_points = 10;

detect::History judge(const points::TrendColumns& trend, const detect::Policy& policy);

/// An episode or a drift of a series, as the store records it.
struct SeriesEpisode {
  store::FindingKind kind = store::FindingKind::level;
  bool worse = true;
  FindingState state = FindingState::suspected;
  std::string reason;  ///< why it is in this state, one word
  Id first_run = 0;
  std::int64_t first_at_us = 0, last_at_us = 0;
  std::vector<Id> recognised_runs;          ///< newest last; several where a stretch was closed and recognised again
  Id decided_run = 0;                       ///< the run that decided the state
  std::int64_t detection_delay_points = 0;  ///< from first_run to the first of those
  std::optional<Id> last_good;
  std::int64_t last_good_at_us = 0;
  double before = 0, after = 0;
  std::string explanation;
};

/// How steady a series is; shown on the page of a quarantine.
struct Steadiness {
  int window_points = 0;          ///< of the newest baseline; 0: without a baseline, and the next three numbers are 0
  double centre = 0, spread = 0;  ///< of the baseline, in the unit of the series
  double minimum_detectable_effect = 0;
  std::vector<Id> clean_runs;                   ///< the newest ones in a row that were judged ok, newest first
  std::int64_t withdrawn = 0;                   ///< withdrawn suspicions among the newest steadiness_points
  std::vector<std::int64_t> withdrawn_at_us{};  ///< where they began
  bool withdrawn_lately = false;                ///< one of them began among the newest recent_points
  std::int64_t flagged = 0;                     ///< points flagged worse or better among the newest steadiness_points
};

constexpr std::size_t steadiness_points = 60;  ///< two months of nightly runs

/// The judgement of one series.
struct JudgedSeries {
  store::RunSeries series;
  std::size_t point = 0;  ///< of a new run: index into ResolvedRun::points
  detect::Policy policy;
  bool alerting = true;
  std::vector<SeriesEpisode> episodes;  ///< also withdrawn ones; one for each beginning and direction
  std::int64_t replayed_from_us = 0;    ///< the replay began after this; INT64_MIN: it covers all points
  std::vector<std::pair<Id, detect::JudgedInRun>> recent;  ///< of the newest runs that judged it, oldest first
  std::optional<detect::Judgement> requested;              ///< of the requested run, where it was replayed
  double requested_value = 0;
  std::int64_t requested_at_us = INT64_MIN;
  std::size_t points = 0;
  Steadiness steadiness;
  std::string explanation;     ///< of `requested`, where it is flagged; set by JudgedRun::add
  std::string saved_contexts;  ///< what the records were last brought in line with; "": they were not
};

/// The id of a run, and of an environment, that is not stored yet. It is larger than every stored id.
constexpr Id pending_id = INT64_MAX;

/// A point that is judged before it is stored. It counts as stored, whatever its time.
struct AddedPoint {
  points::PointValue value;
  std::int64_t at_us = 0;
  Id environment = 0;
  bool suspect = false;
  bool restart = false;              ///< a person restarted the baseline at its run
  Id run = pending_id;               ///< the run that the upload is a part of
  detect::EnvironmentShift shift{};  ///< of its environment, for this series
};

/// Which parts of JudgedSeries the caller needs: over hundreds of series, the rest would cost time.
struct JudgeOptions {
  bool past_episodes = true;  ///< false: episodes may be omitted where all were closed before the newest point
  bool clean_runs = true;     ///< false: Steadiness::clean_runs is empty
};

/// Judges the newest points of a stored series (judged_window). `run` is the one whose judgement is requested; 0: none.
JudgedSeries judge_series(db::Connection& connection, const Policies& policies, std::string_view project,
                          const store::RunSeries& series, Id run);

/// The same; what `state` knows of the series is not read again.
JudgedSeries judge_known_series(db::Connection& connection, const Policies& policies, std::string_view project,
                                const store::RunSeries& series, Id run, points::ProjectState& state);

/// The same for a series with one more point than is stored; `series.points` counts it. What
/// `state` knows of the series is not read again, and grows by the point.
JudgedSeries judge_series_with(db::Connection& connection, const Policies& policies, std::string_view project,
                               store::RunSeries series, const AddedPoint& added, points::ProjectState& state,
                               const JudgeOptions& options);

/// The point of a trend as detection takes it.
detect::Observation observation(const points::TrendColumns& trend, std::size_t i);

/// The end of a history: its points up to (at_us, run), inclusive.
struct HistoryEnd {
  std::int64_t at_us = INT64_MAX;
  Id run = INT64_MAX;
};

/// A point of a branch, and the end of its base.
struct BranchPoint {
  detect::Observation point;
  HistoryEnd end;
};

/// The judgement of a branch's point against its base.
struct BranchJudgement {
  detect::Judgement judgement;
  bool by_flagged_level = false;  ///< against the level that the base's newest flagged points show: the step to it is
                                  ///< the base's own finding, not the branch's
};

/// Judges points of a branch, each as the next one after the points of its base up to its end. A point that the base's
/// baseline flags, where it flags the newest points of the base in the same direction too, is judged again against the
/// level of these points: the branch has it from its base. It stays flagged where it is not that far. The base learns
/// nothing from the points.
std::vector<BranchJudgement> judge_against(const points::TrendColumns& base, const detect::Policy& policy,
                                           std::span<const BranchPoint> points);

/// The same for one point that is not stored yet. What `state` knows of the base is not read again.
BranchJudgement judge_against(db::Connection& connection, const store::RunSeries& base, const detect::Policy& policy,
                              const BranchPoint& point, points::ProjectState& state);

/// The episodes of a history as the store records them.
std::vector<SeriesEpisode> read_episodes(const points::TrendColumns& trend, const detect::History& history,
                                         const detect::Policy& policy, std::string_view unit);

}  // namespace perftrend::triage
