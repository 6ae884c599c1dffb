#pragma once
// Judged history of one series: the verdict of each point, episodes (regressions and improvements with their states)
// and change points. A pure function of points and policy; any thread.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/verdict.h"
#include "core/model.h"

namespace perftrend::detect {

/// The reason why an episode ended.
enum class Ending {
  none,           ///< it is open
  returned,       ///< fixed: the level is back
  not_confirmed,  ///< closed: the next points did not stay, or it was a return to an earlier level
  restarted,      ///< closed: a person restarted the baseline after its last point
};

enum class EpisodeKind {
  level,        ///< a regression or an improvement
  environment,  ///< the step coincides with the first points of a new environment: neither of both
};

/// A period on another level than before. States: suspected, confirmed, fixed, closed.
///   suspected -> confirmed  confirm_points of the next confirm_within points (suspect ones not counted) stay, or there
///                           is evidence for a level shift
///   suspected -> closed     they did not stay, or returned to the level before a regression
///   confirmed -> fixed      the level is back past half of the way, by a confirmed shift or because the centre of a
///                           whole window moved back slowly; `last` is the last point on the other level
///   suspected,
///   confirmed -> closed     a person restarted the baseline
/// Episodes belong to the series and stay open across a change of environment. One of kind `environment` is confirmed
/// or closed by the next points of that environment and has no further life. A shift for the worse is always an
/// episode, also when it undoes an improvement, which it fixes. A shift for the better that undoes a regression fixes
/// it and is not an episode of its own, unless it goes beyond the level before the regression by relevant_change.
struct Episode {
  EpisodeKind kind = EpisodeKind::level;
  std::size_t first = 0;  ///< first point of the new level
  std::size_t last = 0;   ///< last point of the episode, inclusive; the newest point while it is open
  bool worse = true;      ///< true: regression, by Policy::better; false: improvement
  FindingState state = FindingState::suspected;
  Ending ending = Ending::none;
  double before = 0;              ///< level before it, in the environment of `first`; of kind environment: in the one
                                  ///< before
  double after = 0;               ///< level from `first` on, as known when the state was decided
  std::size_t decided_at = 0;     ///< index of the point that decided the state
  std::size_t last_good = 0;      ///< last point before `first` that is not suspect: the cause is in (last_good, first]
  std::size_t recognised_at = 0;  ///< index of the point that first flagged it, >= first
};

/// A slow change without a step, over the points since the last change point. Computed again after a sixteenth more
/// points, at least drift_step_points. `last` may be fewer points than that before the newest one.
struct Drift {
  std::size_t first = 0;
  std::size_t last = 0;
  double effect = 0;   ///< signed relative change from first to last along the robust line
  double p_value = 1;  ///< of the trend, corrected for autocorrelation
  bool worse = true;   ///< by Policy::better
};

struct History {
  std::vector<Judgement> points;           ///< one per observation
  std::vector<Episode> episodes;           ///< by recognised_at
  std::vector<std::size_t> change_points;  ///< first points of new levels, from the whole history; effects of
                                           ///< environments are not included
  std::optional<Drift> drift;
};

/// `points` in time order. The judgement of point i depends only on points 0..i: later points never change it.
/// O(window) per point.
History judge_history(std::span<const Observation> points, const Policy& policy);

/// Judged history of a series that grows at its end: one more point costs O(window), independent of the length. Not
/// thread-safe. After n points it equals judge_history of these n, except for the change points, which it does not
/// compute.
class GrowingHistory {
 public:
  explicit GrowingHistory(const Policy& policy);
  GrowingHistory(GrowingHistory&& other) noexcept;
  GrowingHistory& operator=(GrowingHistory&& other) noexcept;
  GrowingHistory(const GrowingHistory&) = delete;
  GrowingHistory& operator=(const GrowingHistory&) = delete;
  ~GrowingHistory();

  void append(const Observation& point);
  /// The judgement that the point would get as the next one, without adding it. A branch is judged against its base in
  /// this way: the history holds the base's points up to the merge base. O(window); does not change the history.
  [[nodiscard]] Judgement judge_next(const Observation& point) const;
  /// Valid until the next call. `change_points` is empty. After a sixteenth more points, at least drift_step_points, it
  /// computes the drift since the newest restart: O(its length).
  const History& history();
  [[nodiscard]] const Policy& policy() const;
  /// Approximate memory use.
  [[nodiscard]] std::size_t bytes() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace perftrend::detect
