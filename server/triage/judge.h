#pragma once
// A stored series, judged now. Judgement is a function of the points and the policy alone, so every reader (upload,
// trend, dry run) that asks gets the same answer.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/detect/history.h"
#include "core/detect/run.h"
#include "server/db/sql.h"
#include "server/store/regressions.h"
#include "server/store/series.h"
#include "server/triage/history_cache.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// How much history is replayed at an upload and for the newest point of a trend, at least. A trend asked for with more
/// points is judged over all of them.
constexpr std::int64_t judged_points = 1000;

/// Where a longer history is replayed from moves on in such steps, not with every point: between them, what is known of
/// it grows at its end only, and need not be found out anew.
constexpr std::int64_t judged_step_points = 500;

/// How many of its newest points a series of `total` is judged by.
constexpr std::int64_t judged_window(std::int64_t total) {
  return total < judged_points + judged_step_points ? total : judged_points + total % judged_step_points;
}

/// Newest points whose judgements are kept for the judgement of their runs as wholes: a suspected finding is decided
/// within that many.
constexpr std::size_t recent_points = 10;

detect::History judge(const store::TrendColumns& trend, const detect::Policy& policy);

/// An episode or a drift of a series, in the words of the store.
struct SeriesEpisode {
  store::FindingKind kind = store::FindingKind::level;
  bool worse = true;
  FindingState state = FindingState::suspected;
  std::string reason;  ///< why it is in this state: a word
  Id first_run = 0;
  std::int64_t first_at_us = 0, last_at_us = 0;
  std::vector<Id> recognised_runs;  ///< newest last; more than one where a stretch was dismissed and taken up again
  std::int64_t detection_delay_points = 0;  ///< from first_run to the first of those
  std::optional<Id> last_good;
  std::int64_t last_good_at_us = 0;
  double before = 0, after = 0;
  std::string explanation;
};

/// How steady a series is: what the page of a quarantine says of it.
struct Steadiness {
  int window_points = 0;          ///< in the newest baseline; 0: none, and the three numbers after it are 0
  double centre = 0, spread = 0;  ///< of it, in the unit of the series
  double minimum_detectable_effect = 0;
  std::vector<Id> clean_runs;                   ///< the newest ones in a row that were judged ok, newest first
  std::int64_t withdrawn = 0;                   ///< suspicions among the newest steadiness_points that came to nothing
  std::vector<std::int64_t> withdrawn_at_us{};  ///< where these began
  bool withdrawn_lately = false;                ///< one of them among the newest recent_points
  std::int64_t flagged = 0;                     ///< points flagged worse or better among the newest steadiness_points
};

constexpr std::size_t steadiness_points = 60;  ///< two months of nights

/// What one series came to.
struct JudgedSeries {
  store::RunSeries series;
  detect::Policy policy;
  bool alerting = true;
  std::vector<SeriesEpisode> episodes;  ///< those that came to nothing too; one for each beginning and direction
  std::int64_t replayed_from_us = 0;    ///< nothing is known of what began at or before this; INT64_MIN: all is
  std::vector<std::pair<Id, detect::JudgedInRun>> recent;  ///< of the newest runs that judged it, oldest first
  std::optional<detect::Judgement> asked;                  ///< of the run asked for, where it was replayed
  double asked_value = 0;
  std::int64_t asked_at_us = INT64_MIN;  ///< where it stands in the trend
  std::size_t points = 0;
  Steadiness steadiness;
};

/// Judges the series' newest points (judged_window); `run` is the one whose judgement is wanted.
JudgedSeries judge_series(db::Connection& connection, const Policies& policies, std::string_view project,
                          const store::RunSeries& series, Id run);

/// A point that has just been stored, and its run.
struct NewPoint {
  store::PointOfRun point;
  Id run = 0;
  std::int64_t at_us = 0;
  Id environment = 0;
  bool suspect = false;
};

/// What somebody will ask of a judged series; what nobody does costs time over hundreds of series a night.
struct JudgeOptions {
  bool past_episodes =
      true;  ///< else they may be left out where all of them are over, and were so before the newest point
  bool clean_runs = true;  ///< Steadiness::clean_runs; else it is empty
};

/// The same, where `kept` may know the series as it was before the point: then nothing older is read. Knows it
/// afterwards.
JudgedSeries judge_grown_series(db::Connection& connection, const Policies& policies, std::string_view project,
                                const store::RunSeries& series, const NewPoint& added, ProjectHistories& kept,
                                const JudgeOptions& needed);

/// The episodes of a history in the words of the store.
std::vector<SeriesEpisode> read_episodes(const store::TrendColumns& trend, const detect::History& history,
                                         const detect::Policy& policy, std::string_view unit);

}  // namespace perftrend::triage
