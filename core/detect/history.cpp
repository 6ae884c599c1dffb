#include "core/detect/history.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/detect/change_points.h"
#include "core/detect/drift.h"
#include "core/detect/replay.h"
#include "core/detect/verdict.h"

namespace perftrend::detect {

namespace {

/// Points since the start of the series or a restart that are not suspect, in order.
struct PointsSinceRestart {
  std::vector<std::size_t> indices;
  std::vector<double> values;
  std::vector<std::int64_t> environments;

  void add(std::size_t index, const Observation& point) {
    if (point.suspect) return;
    indices.push_back(index);
    values.push_back(point.value);
    environments.push_back(point.environment);
  }
  /// The first `count` values without the effects of their environments.
  [[nodiscard]] std::vector<double> framed(const Replay& replay, std::size_t count) const {
    std::vector<double> found(count);
    for (std::size_t i = 0; i < count; ++i)
      found[i] = replay.to_frame(values[i], environments[i]);
    return found;
  }
};

/// Number of points in which the drift is computed. A drift takes weeks to show, so it is computed again after a
/// sixteenth more points: the cost for each new point is the same at any length.
std::size_t drift_points(std::size_t points) {
  const std::size_t step = std::max(drift_step_points, std::bit_floor(points) / 16);
  return points - points % step;
}

/// `values` are the first drift_points of the stretch in the frame, `change_points` are theirs.
std::optional<Drift> find_drift(const PointsSinceRestart& stretch, std::span<const double> values,
                                std::span<const std::size_t> change_points, const Policy& policy) {
  const std::size_t from = change_points.empty() ? 0 : change_points.back();
  const std::optional<Trend> trend = find_trend(values.subspan(from));
  if (!trend || std::abs(trend->effect) < policy.minimum_effect) return std::nullopt;
  Drift drift;
  drift.first = stretch.indices[from];
  drift.last = stretch.indices[values.size() - 1];
  drift.effect = trend->effect;
  drift.p_value = trend->p_value;
  drift.worse = (trend->effect > 0) == (policy.better == Better::lower);
  return drift;
}

/// Whether the level changes here because the environment does: its first point is near, and no episode begins here.
bool is_of_environment(const PointsSinceRestart& stretch, std::size_t at, const History& history) {
  const auto begins_near = [&](const Episode& episode) {
    const std::size_t index = stretch.indices[at];
    return episode.kind == EpisodeKind::level && episode.state != FindingState::closed &&
           episode.first <= index + environment_near && index <= episode.first + environment_near;
  };
  if (std::any_of(history.episodes.begin(), history.episodes.end(), begins_near)) return false;
  const std::size_t from = at > environment_near ? at - environment_near : 1;
  for (std::size_t i = from; i < stretch.indices.size() && i <= at + environment_near; ++i) {
    const auto before = stretch.environments.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(stretch.environments.begin(), before, *before) == before) return true;
  }
  return false;
}

/// Adds the change points of a stretch, and the drift if it is the newest one.
void add_hindsight(const PointsSinceRestart& stretch, const Replay& replay, const Policy& policy, bool newest,
                   History& history) {
  const std::vector<double> values = stretch.framed(replay, stretch.values.size());
  std::vector<std::size_t> found = find_change_points(values);
  for (const std::size_t at : found) {
    if (!is_of_environment(stretch, at, history)) history.change_points.push_back(stretch.indices[at]);
  }
  const std::size_t end = drift_points(values.size());
  if (!newest || end < trend_points_min) return;
  const std::span<const double> of_drift = std::span(values).first(end);
  if (end < values.size()) found = find_change_points(of_drift);
  history.drift = find_drift(stretch, of_drift, found, policy);
}

}  // namespace

History judge_history(std::span<const Observation> points, const Policy& policy) {
  Replay replay(policy, points.size());
  PointsSinceRestart stretch;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].restart) {
      add_hindsight(stretch, replay, policy, false, replay.found());
      stretch = {};
    }
    replay.step(points[i]);
    stretch.add(i, points[i]);
  }
  add_hindsight(stretch, replay, policy, true, replay.found());
  return std::move(replay.found());
}

class GrowingHistory::State {
 public:
  explicit State(const Policy& policy) : replay_(policy, 0) {}

  void append(const Observation& point) {
    if (points_ == 0 || point.restart) newest_ = {};
    newest_.add(points_, point);
    stale_ = stale_ || drift_points(newest_.values.size()) == newest_.values.size() || newest_.values.size() == 1;
    ++points_;
    replay_.step(point);
  }

  const History& history() {
    History& history = replay_.found();
    if (!stale_ && translations_ == replay_.translations()) return history;
    stale_ = false;
    translations_ = replay_.translations();
    history.drift.reset();
    const std::size_t end = drift_points(newest_.values.size());
    if (end < trend_points_min) return history;
    const std::vector<double> values = newest_.framed(replay_, end);
    history.drift = find_drift(newest_, values, find_change_points(values), policy());
    return history;
  }

  [[nodiscard]] Judgement judge_next(const Observation& point) const { return replay_.judge_next(point); }
  [[nodiscard]] const Policy& policy() const { return replay_.policy(); }
  [[nodiscard]] std::size_t bytes() const {
    const std::size_t a_point = sizeof(Judgement) + sizeof(double) + sizeof(std::size_t) + sizeof(std::int64_t);
    const std::size_t of_window = 3 * sizeof(double) + sizeof(RecentPoint);
    const std::size_t of_deques = 2048;  // blocks that they allocate even when nearly empty
    const auto window = static_cast<std::size_t>(std::max(policy().window_points, 1));
    return sizeof(State) + of_deques + points_ * a_point + window * of_window +
           replay_.environments() * (sizeof(Environment) + window * sizeof(double));
  }

 private:
  Replay replay_;
  PointsSinceRestart newest_;
  std::size_t points_ = 0;
  std::size_t translations_ = 0;  ///< of the replay when the drift was computed
  bool stale_ = false;            ///< the drift must be computed again
};

GrowingHistory::GrowingHistory(const Policy& policy) : state_(std::make_unique<State>(policy)) {}
GrowingHistory::GrowingHistory(GrowingHistory&& other) noexcept = default;
GrowingHistory& GrowingHistory::operator=(GrowingHistory&& other) noexcept = default;
GrowingHistory::~GrowingHistory() = default;

void GrowingHistory::append(const Observation& point) {
  state_->append(point);
}

Judgement GrowingHistory::judge_next(const Observation& point) const {
  return state_->judge_next(point);
}

const History& GrowingHistory::history() {
  return state_->history();
}

const Policy& GrowingHistory::policy() const {
  return state_->policy();
}

std::size_t GrowingHistory::bytes() const {
  return state_->bytes();
}

}  // namespace perftrend::detect
