#pragma once
// A series' whole history, judged: verdict of each point, episodes (regressions and improvements with their life) and
// change points. A pure function of points and policy; any thread.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/detect/verdict.h"
#include "core/model.h"

namespace perftrend::detect {

/// What ended an episode.
enum class Ending {
  none,                 ///< it is open
  returned,             ///< fixed: the level is back
  not_confirmed,        ///< dismissed: the points after it did not stay, or it was a return to an earlier level
  environment_changed,  ///< dismissed: it cannot be followed any more
};

/// A stretch away from the level before it. States used here: suspected, confirmed, fixed, dismissed.
///   suspected -> confirmed  confirm_points of the next confirm_within unsuspect points stay, or level-shift evidence
///   suspected -> dismissed  they did not stay, or led back to where a regression began, or the environment changed
///   confirmed -> fixed      the level is back past half of the way, by a confirmed shift or by the centre of a whole
///                           window that crept back; `last` is the last point away
/// A shift for the worse is an episode always, also where it undoes an improvement (which is then fixed: over). A shift
/// for the better that undoes a regression fixes it and is no episode of its own, unless it goes beyond the level
/// before by Policy::minimum_effect.
///   confirmed -> dismissed  the environment changed, and the new one has minimum_points accepted points: levels of two
///                           environments are not compared. Until then it is open, and stays so when the environment
///                           returns
struct Episode {
  std::size_t first = 0;  ///< first point of the other level
  std::size_t last = 0;   ///< last point of the stretch, inclusive: so far, while it is open
  bool worse = true;      ///< a regression by Policy::better; else an improvement
  FindingState state = FindingState::suspected;
  Ending ending = Ending::none;
  double before = 0;              ///< level before
  double after = 0;               ///< level since `first`, as known when the state was decided
  std::size_t decided_at = 0;     ///< index of the point that brought the state
  std::size_t last_good = 0;      ///< last unsuspect point before `first`: the culprit lies in (last_good, first]
  std::size_t recognised_at = 0;  ///< index of the point that first raised it (>= first: how late it was seen)
};

/// A slow change that no step explains, over the points since the last change point. Looked for whenever the stretch
/// has drift_step_points more: `last` may be that many less one behind the newest point.
struct Drift {
  std::size_t first = 0;
  std::size_t last = 0;
  double effect = 0;   ///< relative change from first to last along the robust line, signed
  double p_value = 1;  ///< of the trend, corrected for autocorrelation
  bool worse = true;   ///< by Policy::better
};

struct History {
  std::vector<Judgement> points;           ///< one for each observation
  std::vector<Episode> episodes;           ///< by recognised_at
  std::vector<std::size_t> change_points;  ///< first points of new levels, found with hindsight; environment borders
                                           ///< are not among them
  std::optional<Drift> drift;              ///< of the newest stretch
};

/// `points` in time order. The judgement of point i depends on points 0..i alone: a later point never rewrites it.
/// Costs O(window) per point.
History judge_history(std::span<const Observation> points, const Policy& policy);

/// The same, for a series that grows at its end: one more point costs O(window), whatever stands before it. One thread
/// at a time. What it says after n points is what judge_history says of those n, but for the change points, which only
/// hindsight asks for.
class GrowingHistory {
 public:
  explicit GrowingHistory(const Policy& policy);
  GrowingHistory(GrowingHistory&& other) noexcept;
  GrowingHistory& operator=(GrowingHistory&& other) noexcept;
  GrowingHistory(const GrowingHistory&) = delete;
  GrowingHistory& operator=(const GrowingHistory&) = delete;
  ~GrowingHistory();

  void append(const Observation& point);
  /// Valid until the next call. `change_points` is empty. With every drift_step_points-th point it looks for the drift
  /// of the newest stretch: O(its length).
  const History& history();
  [[nodiscard]] const Policy& policy() const;
  /// About what it occupies.
  [[nodiscard]] std::size_t bytes() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace perftrend::detect
