#include "core/detect/history.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/detect/baseline.h"
#include "core/detect/change_points.h"
#include "core/detect/drift.h"
#include "core/detect/evidence.h"
#include "core/detect/level_shift.h"
#include "core/detect/noise.h"
#include "core/detect/selection.h"
#include "core/detect/verdict.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// A point agrees with a suspected shift when it is at least this share of the way to the edge of the band.
constexpr double agreeing_share = 0.5;

/// Values are clamped to this magnitude, because squares of larger ones would overflow.
constexpr double magnitude_max = 1e120;

/// Points that all lie this many critical distances away on one side confirm each other without further evidence.
constexpr double unanimous_distances = 2;

/// A flagged point that waits for confirmation. Without `episode` it is a possible return to an earlier level.
struct Candidate {
  std::optional<std::size_t> episode;
  std::size_t first = 0;
  std::size_t last_agreeing = 0;
  double direction = 1;  ///< +1 up, -1 down
  double deviation = 0;  ///< of the first point from the centre
  int followers = 0;     ///< points since then that are not suspect
  int agreeing = 0;
  std::vector<double> values;  ///< since `first`
};

/// Excursions that did not stay are remembered for this many points. After excursions_known of at least excursion_share
/// of the size, another one is not flagged: two false alarms are enough. A level that stays is still found by the
/// points after it.
constexpr std::size_t excursion_memory_points = 100;
constexpr int excursions_known = 2;
constexpr double excursion_share = 0.7;

struct Excursion {
  std::size_t index = 0;
  double deviation = 0;  ///< from the centre, signed
};

/// A confirmed new level.
struct ConfirmedShift {
  std::size_t first = 0;
  double before = 0;
  double after = 0;
  double direction() const { return after > before ? 1 : -1; }
};

/// True if the level is past half of the way back to the level before the episode.
bool undone_at(const Episode& episode, double level) {
  const double halfway = episode.before / 2 + episode.after / 2;
  return episode.after > episode.before ? level < halfway : level > halfway;
}

/// A confirmed episode that was open when its environment was left.
struct SuspendedEpisode {
  std::size_t episode = 0;
  std::int64_t environment = 0;
};

Observation clamped(Observation point) {
  point.value = std::clamp(point.value, -magnitude_max, magnitude_max);
  point.mad = std::min(point.mad, magnitude_max);
  return point;
}

/// Judges the points once, in order. Its state at point i depends only on points 0..i.
class HistoryReplay {
 public:
  HistoryReplay(const Policy& policy, std::size_t points)
      : policy_(policy), baseline_(policy.window_points, policy.floor) {
    history_.points.reserve(points);
  }

  void step(Observation point);
  [[nodiscard]] Judgement judge_next(Observation point) const;
  /// Everything found so far; the caller may set its change points and drift.
  History& found();
  [[nodiscard]] const Policy& policy() const { return policy_; }

 private:
  void restart();
  void enter_environment(std::int64_t to);
  void suspend_or_resume(std::int64_t to);
  void close_suspended();
  Judgement judge(const Observation& point);
  void follow(const Judgement& judgement, double value);
  void suspect_shift(const Judgement& judgement, double value);
  void dismiss_candidate(Ending ending = Ending::not_confirmed);
  [[nodiscard]] bool has_been_this_far(double deviation) const;
  std::optional<ConfirmedShift> confirmed_by_followers();
  std::optional<ConfirmedShift> confirmed_by_evidence(const Judgement& judgement);
  void confirm_episode(const ConfirmedShift& shift, std::optional<std::size_t> suspected);
  void adopt(const ConfirmedShift& found);
  bool fix_episodes(ConfirmedShift& shift);
  void fix_what_drifted_back();
  void end_episode(std::size_t episode, std::size_t last);
  bool worse(double direction) const { return (direction > 0) == (policy_.better == Better::lower); }

  Policy policy_;
  RollingBaseline baseline_;
  History history_;
  std::size_t index_ = 0;
  std::size_t segment_start_ = 0;
  bool after_change_ = false;  ///< the segment began with a confirmed change, so the spread is known
  std::optional<std::int64_t> environment_;
  std::vector<RecentPoint> recent_;  ///< points of the segment that are not suspect, newest last, at most a window
  std::optional<Candidate> candidate_;
  std::vector<std::size_t> open_;            ///< confirmed episodes of this environment, oldest first
  std::vector<SuspendedEpisode> suspended_;  ///< confirmed episodes of earlier environments, not closed yet
  std::optional<std::size_t> last_unsuspect_;
  std::vector<Excursion> excursions_;  ///< of the segment's environment, oldest first
  std::vector<double> scratch_;
  double critical_ = 0;
  double critical_degrees_ = -1;
  int critical_points_ = -1;
};

void HistoryReplay::step(Observation point) {
  point = clamped(point);
  if (point.restart) restart();
  if (environment_ && *environment_ != point.environment) enter_environment(point.environment);
  environment_ = point.environment;
  Judgement judgement = judge(point);
  judgement.segment_start = segment_start_;
  if (point.suspect) {
    judgement.verdict = Verdict::suspect;
    judgement.rule = Rule::suspect_point;
  } else {
    std::erase_if(excursions_, [&](const Excursion& e) { return e.index + excursion_memory_points < index_; });
    recent_.push_back({index_, point.value});
    if (recent_.size() > static_cast<std::size_t>(std::max(policy_.window_points, 1))) recent_.erase(recent_.begin());
    follow(judgement, point.value);
    if (judgement.rule == Rule::beyond_band && has_been_this_far(point.value - judgement.centre)) {
      judgement.rule = Rule::seen_before;
      judgement.verdict = Verdict::ok;
    }
    std::optional<ConfirmedShift> shift = confirmed_by_followers();
    if (!shift) shift = confirmed_by_evidence(judgement);
    if (shift) {
      if (judgement.rule != Rule::beyond_band) judgement.rule = Rule::level_shift;
      judgement.verdict = worse(shift->direction()) ? Verdict::regressed : Verdict::improved;
      adopt(*shift);
      judgement.segment_start = segment_start_;
    } else if (judgement.rule == Rule::seen_before) {
      excursions_.push_back({index_, point.value - judgement.centre});
    } else if (judgement.rule == Rule::beyond_band) {
      suspect_shift(judgement, point.value);
    } else {
      baseline_.accept(point.value);
      close_suspended();
      fix_what_drifted_back();
    }
    if (candidate_ && candidate_->followers >= policy_.confirm_within) dismiss_candidate();
    last_unsuspect_ = index_;
  }
  history_.points.push_back(judgement);
  ++index_;
}

/// Forgets every level. The next points are the first of a new baseline.
void HistoryReplay::restart() {
  dismiss_candidate(Ending::restarted);
  for (const SuspendedEpisode& s : suspended_)
    open_.push_back(s.episode);
  suspended_.clear();
  for (const std::size_t place : open_) {
    Episode& episode = history_.episodes[place];
    episode.state = FindingState::dismissed;
    episode.ending = Ending::restarted;
    episode.last = std::max(episode.first, index_ - 1);
    episode.decided_at = index_;
  }
  open_.clear();
  baseline_ = RollingBaseline(policy_.window_points, policy_.floor);
  recent_.clear();
  excursions_.clear();
  after_change_ = false;
  segment_start_ = index_;
}

Judgement HistoryReplay::judge_next(Observation point) const {
  point = clamped(point);
  const bool is_new = point.restart || (environment_ && *environment_ != point.environment);
  const Baseline baseline = is_new ? Baseline{} : baseline_.current();
  const double critical = critical_distance(policy_.significance, baseline.degrees_of_freedom, baseline.points);
  Judgement judgement = judge_point(baseline, point, policy_, critical);
  judgement.segment_start = is_new ? index_ : segment_start_;
  if (point.suspect) {
    judgement.verdict = Verdict::suspect;
    judgement.rule = Rule::suspect_point;
  } else if (judgement.rule == Rule::beyond_band && has_been_this_far(point.value - judgement.centre)) {
    judgement.rule = Rule::seen_before;
    judgement.verdict = Verdict::ok;
  }
  return judgement;
}

void HistoryReplay::enter_environment(std::int64_t to) {
  dismiss_candidate(Ending::environment_changed);
  suspend_or_resume(to);
  baseline_.restart(0, false);
  recent_.clear();
  excursions_.clear();
  after_change_ = false;
  segment_start_ = index_;
}

void HistoryReplay::suspend_or_resume(std::int64_t to) {
  for (const std::size_t episode : open_) {
    history_.episodes[episode].last = index_ - 1;
    suspended_.push_back({episode, *environment_});
  }
  open_.clear();
  std::erase_if(suspended_, [&](const SuspendedEpisode& s) {
    if (s.environment != to) return false;
    open_.push_back(s.episode);
    return true;
  });
  std::sort(open_.begin(), open_.end());
}

/// Closes the episodes of other environments once the new environment has a baseline of its own.
void HistoryReplay::close_suspended() {
  if (suspended_.empty() || baseline_.current().points < policy_.minimum_points) return;
  for (const SuspendedEpisode& s : suspended_) {
    Episode& episode = history_.episodes[s.episode];
    episode.state = FindingState::dismissed;
    episode.ending = Ending::environment_changed;
    episode.decided_at = index_;
  }
  suspended_.clear();
}

Judgement HistoryReplay::judge(const Observation& point) {
  const Baseline& baseline = baseline_.current();
  if (baseline.points != critical_points_ || baseline.degrees_of_freedom != critical_degrees_) {
    critical_points_ = baseline.points;
    critical_degrees_ = baseline.degrees_of_freedom;
    critical_ = critical_distance(policy_.significance, critical_degrees_, critical_points_);
  }
  return judge_point(baseline, point, policy_, critical_);
}

/// Counts the point for or against the waiting candidate.
void HistoryReplay::follow(const Judgement& judgement, double value) {
  if (!candidate_) return;
  Candidate& c = *candidate_;
  ++c.followers;
  c.values.push_back(value);
  const double edge = c.direction > 0 ? judgement.high : judgement.low;
  if ((value - judgement.centre) * c.direction < agreeing_share * (edge - judgement.centre) * c.direction) return;
  ++c.agreeing;
  c.last_agreeing = index_;
  if (c.episode) history_.episodes[*c.episode].last = index_;
}

std::optional<ConfirmedShift> HistoryReplay::confirmed_by_followers() {
  if (!candidate_ || candidate_->agreeing < policy_.confirm_points) return std::nullopt;
  const Baseline& baseline = baseline_.current();
  scratch_ = candidate_->values;
  const double level = stats::select_median(scratch_);
  const double away = (level - baseline.centre) * candidate_->direction;
  const double needed = critical_ * baseline.spread / std::sqrt(static_cast<double>(candidate_->values.size()));
  if (away < needed || away < policy_.minimum_effect * std::abs(baseline.centre)) return std::nullopt;
  // The evidence below limits the influence of one point, and a short history that looks correlated weakens it. Points
  // that are all far outside the band, on one side, do not require that caution.
  const double far_away = unanimous_distances * critical_ * baseline.spread;
  const auto is_far = [&](double value) { return (value - baseline.centre) * candidate_->direction >= far_away; };
  if (candidate_->followers >= policy_.confirm_points &&
      std::all_of(candidate_->values.begin(), candidate_->values.end(), is_far)) {
    return ConfirmedShift{candidate_->first, baseline.centre, level};
  }
  std::vector<double> values;
  values.reserve(recent_.size());
  std::size_t split = 0;
  for (const RecentPoint& point : recent_) {
    if (point.index < candidate_->first) ++split;
    values.push_back(in_spreads(point.value - baseline.centre, baseline.spread));
  }
  if (split == 0 || split == values.size()) return std::nullopt;
  const Evidence evidence = evidence_for({0, split, values.size()}, values, scratch_);
  if (evidence.distance < significance_newest * baseline_.inflation()) return std::nullopt;
  return ConfirmedShift{candidate_->first, baseline.centre, level};
}

std::optional<ConfirmedShift> HistoryReplay::confirmed_by_evidence(const Judgement& judgement) {
  if (judgement.window_points == 0) return std::nullopt;
  const int known = after_change_ ? std::min(policy_.minimum_points, level_shift_side_min) : policy_.minimum_points;
  const ShiftNoise noise{judgement.centre, judgement.spread, baseline_.inflation(), std::max(known, 1)};
  const std::optional<LevelShift> shift = find_level_shift(recent_, noise, policy_.minimum_effect, scratch_);
  if (!shift) return std::nullopt;
  return ConfirmedShift{shift->first, shift->before, shift->after};
}

void HistoryReplay::suspect_shift(const Judgement& judgement, double value) {
  const double direction = value > judgement.centre ? 1 : -1;
  if (candidate_ && candidate_->direction == direction) return;
  dismiss_candidate();
  candidate_.emplace();
  candidate_->first = index_;
  candidate_->last_agreeing = index_;
  candidate_->direction = direction;
  candidate_->deviation = value - judgement.centre;
  candidate_->values.push_back(value);
  if (!worse(direction) && std::any_of(open_.begin(), open_.end(), [&](std::size_t e) {
        return history_.episodes[e].worse && undone_at(history_.episodes[e], value);
      }))
    return;
  candidate_->episode = history_.episodes.size();
  Episode episode;
  episode.first = episode.last = episode.recognised_at = episode.decided_at = index_;
  episode.worse = worse(direction);
  episode.before = judgement.centre;
  episode.after = value;
  episode.last_good = last_unsuspect_.value_or(index_);
  history_.episodes.push_back(episode);
}

void HistoryReplay::dismiss_candidate(Ending ending) {
  if (candidate_ && candidate_->episode) {
    Episode& episode = history_.episodes[*candidate_->episode];
    episode.state = FindingState::dismissed;
    episode.ending = ending;
    episode.decided_at = index_;
  }
  if (candidate_) excursions_.push_back({candidate_->first, candidate_->deviation});
  candidate_.reset();
}

bool HistoryReplay::has_been_this_far(double deviation) const {
  const auto this_far = [&](const Excursion& e) {
    return e.index + excursion_memory_points >= index_ && e.deviation / deviation >= excursion_share;
  };
  return std::count_if(excursions_.begin(), excursions_.end(), this_far) >= excursions_known;
}

void HistoryReplay::end_episode(std::size_t episode, std::size_t last) {
  Episode& ended = history_.episodes[episode];
  ended.state = FindingState::fixed;
  ended.ending = Ending::returned;
  ended.last = std::max(last, ended.first);
  ended.decided_at = index_;
}

/// Ends the open episodes of the other direction that the shift undoes. Returns true when the shift is only a return:
/// an undone regression is not an improvement unless the level is now better than before it; then `shift.before`
/// becomes that level. A shift for the worse is always new, compared with the level just before it.
bool HistoryReplay::fix_episodes(ConfirmedShift& shift) {
  const bool is_worse = worse(shift.direction());
  const std::size_t last = shift.first > 0 ? shift.first - 1 : 0;
  std::optional<std::size_t> oldest_undone;
  std::erase_if(open_, [&](std::size_t e) {
    const Episode& episode = history_.episodes[e];
    const bool undone = episode.worse != is_worse && undone_at(episode, shift.after);
    // An improvement after the regression began was part of the way back.
    const bool part_of_it = !is_worse && !episode.worse && oldest_undone.has_value();
    if (!undone && !part_of_it) return false;
    if (undone && !oldest_undone) oldest_undone = e;
    end_episode(e, last);
    return true;
  });
  if (is_worse || !oldest_undone) return false;
  shift.before = history_.episodes[*oldest_undone].before;
  const double beyond = (shift.after - shift.before) * (policy_.better == Better::lower ? -1 : 1);
  return beyond < policy_.minimum_effect * std::abs(shift.before);
}

/// Ends the episodes whose level moved back in steps too small for a shift, as the centre of a whole window shows.
void HistoryReplay::fix_what_drifted_back() {
  const Baseline& baseline = baseline_.current();
  if (open_.empty() || baseline.points < policy_.window_points) return;
  std::erase_if(open_, [&](std::size_t e) {
    if (!undone_at(history_.episodes[e], baseline.centre)) return false;
    end_episode(e, index_);
    return true;
  });
}

/// Confirms the episode that suspected the shift, or creates one.
void HistoryReplay::confirm_episode(const ConfirmedShift& shift, std::optional<std::size_t> suspected) {
  const std::size_t place = suspected.value_or(history_.episodes.size());
  if (!suspected) history_.episodes.emplace_back().recognised_at = index_;
  Episode& episode = history_.episodes[place];
  episode.first = shift.first;
  episode.worse = worse(shift.direction());
  episode.state = FindingState::confirmed;
  episode.before = shift.before;
  episode.after = shift.after;
  episode.decided_at = index_;
  episode.last_good = shift.first;
  for (const RecentPoint& point : recent_) {
    if (point.index < shift.first) episode.last_good = point.index;
  }
  open_.push_back(place);
}

void HistoryReplay::adopt(const ConfirmedShift& found) {
  const auto near = static_cast<std::size_t>(policy_.confirm_within);
  const bool same = candidate_ && candidate_->direction == found.direction() &&
                    candidate_->first <= found.first + near && found.first <= candidate_->first + near;
  ConfirmedShift shift = found;
  std::optional<std::size_t> suspected;
  if (same) {
    suspected = candidate_->episode;
    shift.first = std::min(candidate_->first, found.first);
    candidate_.reset();
  } else {
    dismiss_candidate();
  }
  if (!fix_episodes(shift)) {
    confirm_episode(shift, suspected);
  } else if (suspected) {  // it looked like a new level and was a return
    history_.episodes[*suspected].state = FindingState::dismissed;
    history_.episodes[*suspected].ending = Ending::not_confirmed;
    history_.episodes[*suspected].decided_at = index_;
  }
  std::erase_if(recent_, [&](const RecentPoint& point) { return point.index < shift.first; });
  baseline_.restart(shift.after, true);
  for (const RecentPoint& point : recent_)
    baseline_.accept(point.value);
  segment_start_ = shift.first;
  after_change_ = true;
}

History& HistoryReplay::found() {
  for (const std::size_t episode : open_)
    history_.episodes[episode].last = index_ - 1;
  return history_;
}

/// Points of one environment that are not suspect, in order.
struct EnvironmentPoints {
  std::vector<std::size_t> indices;
  std::vector<double> values;
};

std::vector<EnvironmentPoints> split_by_environment(std::span<const Observation> points) {
  std::vector<EnvironmentPoints> found;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0 || points[i].restart || points[i].environment != points[i - 1].environment) found.emplace_back();
    if (points[i].suspect) continue;
    found.back().indices.push_back(i);
    found.back().values.push_back(points[i].value);
  }
  return found;
}

/// Number of points in which the drift is computed. A drift takes weeks to show, so it is computed again after a
/// sixteenth more points: the cost for each new point is the same at any length.
std::size_t drift_points(std::size_t points) {
  const std::size_t step = std::max(drift_step_points, std::bit_floor(points) / 16);
  return points - points % step;
}

/// `change_points` are those of the first drift_points of the environment.
std::optional<Drift> newest_drift(const EnvironmentPoints& segment, std::span<const std::size_t> change_points,
                                  const Policy& policy) {
  const std::size_t from = change_points.empty() ? 0 : change_points.back();
  const std::size_t end = drift_points(segment.values.size());
  const std::optional<Trend> trend = find_trend(std::span(segment.values).subspan(from, end - from));
  if (!trend || std::abs(trend->effect) < policy.minimum_effect) return std::nullopt;
  Drift drift;
  drift.first = segment.indices[from];
  drift.last = segment.indices[end - 1];
  drift.effect = trend->effect;
  drift.p_value = trend->p_value;
  drift.worse = (trend->effect > 0) == (policy.better == Better::lower);
  return drift;
}

/// Adds what requires the whole history: change points of every environment, and the drift of the newest.
void add_hindsight(std::span<const Observation> points, const Policy& policy, History& history) {
  const auto all = split_by_environment(points);
  std::vector<std::size_t> newest;
  for (const EnvironmentPoints& segment : all) {
    newest = find_change_points(segment.values);
    for (const std::size_t at : newest)
      history.change_points.push_back(segment.indices[at]);
  }
  if (all.empty()) return;
  const std::span<const double> values = all.back().values;
  const std::size_t end = drift_points(values.size());
  if (end < values.size()) newest = find_change_points(values.first(end));
  history.drift = newest_drift(all.back(), newest, policy);
}

}  // namespace

History judge_history(std::span<const Observation> points, const Policy& policy) {
  HistoryReplay replay(policy, points.size());
  for (const Observation& point : points)
    replay.step(point);
  History history = std::move(replay.found());
  add_hindsight(points, policy, history);
  return history;
}

class GrowingHistory::State {
 public:
  explicit State(const Policy& policy) : replay_(policy, 0) {}

  void append(const Observation& point) {
    if (points_ == 0 || point.restart || point.environment != environment_) newest_ = {};
    environment_ = point.environment;
    if (!point.suspect) {
      newest_.indices.push_back(points_);
      newest_.values.push_back(point.value);
    }
    stale_ = stale_ || drift_points(newest_.values.size()) == newest_.values.size() || newest_.values.size() == 1;
    ++points_;
    replay_.step(point);
  }

  const History& history() {
    History& history = replay_.found();
    if (!stale_) return history;
    stale_ = false;
    history.drift.reset();
    const std::size_t end = drift_points(newest_.values.size());
    if (end < trend_points_min) return history;
    history.drift = newest_drift(newest_, find_change_points(std::span(newest_.values).first(end)), policy());
    return history;
  }

  [[nodiscard]] Judgement judge_next(const Observation& point) const { return replay_.judge_next(point); }
  [[nodiscard]] const Policy& policy() const { return replay_.policy(); }
  [[nodiscard]] std::size_t bytes() const {
    const std::size_t a_point = sizeof(Judgement) + sizeof(double) + sizeof(std::size_t);
    const std::size_t of_window = 3 * sizeof(double) + sizeof(RecentPoint);
    const std::size_t of_deques = 2048;  // blocks that they allocate even when nearly empty
    return sizeof(State) + of_deques + points_ * a_point +
           static_cast<std::size_t>(std::max(policy().window_points, 1)) * of_window;
  }

 private:
  HistoryReplay replay_;
  EnvironmentPoints newest_;
  std::size_t points_ = 0;
  std::int64_t environment_ = 0;
  bool stale_ = false;  ///< the drift must be computed again
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
