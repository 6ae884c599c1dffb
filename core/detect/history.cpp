#include "core/detect/history.h"

#include <algorithm>
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

/// A point whose excursion is at least this share of the way to the band's edge agrees with a suspected shift.
constexpr double agreeing_share = 0.5;

/// No measure is larger: beyond it squares would overflow, and with them every number that is handed out.
constexpr double magnitude_max = 1e120;

/// Points that all lie so many critical distances away, to one side, confirm each other without further evidence.
constexpr double unanimous_distances = 2;

/// A flagged point that waits for its confirmation. Without `episode` it would be a return to an earlier level.
struct Candidate {
  std::optional<std::size_t> episode;
  std::size_t first = 0;
  std::size_t last_agreeing = 0;
  double direction = 1;  ///< +1 up, -1 down
  double deviation = 0;  ///< of the first point from the centre
  int followers = 0;     ///< unsuspect points since
  int agreeing = 0;
  std::vector<double> values;  ///< since `first`
};

/// How long an excursion that did not stay is remembered, and how many (nearly) as far make the next one no news: a
/// person who was called twice for nothing does not come a third time. A level that stays is still seen by its
/// followers.
constexpr std::size_t excursion_memory_points = 100;
constexpr int excursions_known = 2;
constexpr double excursion_share = 0.7;

struct Excursion {
  std::size_t index = 0;
  double deviation = 0;  ///< from the centre, signed
};

/// A confirmed new level.
struct Shift {
  std::size_t first = 0;
  double before = 0;
  double after = 0;
  double direction() const { return after > before ? 1 : -1; }
};

/// The level is past half of the way back to where the episode began.
bool undone_at(const Episode& episode, double level) {
  const double halfway = episode.before / 2 + episode.after / 2;
  return episode.after > episode.before ? level < halfway : level > halfway;
}

/// A confirmed episode that was open when its environment was left.
struct Stranded {
  std::size_t episode = 0;
  std::int64_t environment = 0;
};

/// Walks the points once, in order. What it knows at point i comes from points 0..i.
class Replay {
 public:
  Replay(const Policy& policy, std::size_t points) : policy_(policy), baseline_(policy.window_points, policy.floor) {
    history_.points.reserve(points);
  }

  void step(Observation point);
  /// All that was found so far; the caller may set its change points and drift.
  History& found();
  [[nodiscard]] const Policy& policy() const { return policy_; }

 private:
  void cross_border(std::int64_t to);
  void strand_or_resume(std::int64_t to);
  void close_stranded();
  Judgement judge(const Observation& point);
  void follow(const Judgement& judgement, double value);
  void suspect_shift(const Judgement& judgement, double value);
  void dismiss_candidate(Ending ending = Ending::not_confirmed);
  bool went_as_far(double deviation);
  std::optional<Shift> confirmed_by_followers();
  std::optional<Shift> confirmed_by_evidence(const Judgement& judgement);
  void confirm_episode(const Shift& shift, std::optional<std::size_t> suspected);
  void adopt(const Shift& found);
  bool fix_episodes(Shift& shift);
  void fix_what_drifted_back();
  void end_episode(std::size_t episode, std::size_t last);
  bool worse(double direction) const { return (direction > 0) == (policy_.better == Better::lower); }

  Policy policy_;
  RollingBaseline baseline_;
  History history_;
  std::size_t index_ = 0;
  std::size_t segment_start_ = 0;
  bool after_change_ = false;  ///< the segment began with a confirmed change: the spread is known already
  std::optional<std::int64_t> environment_;
  std::vector<RecentPoint> recent_;  ///< unsuspect points of the segment, newest last, at most a window
  std::optional<Candidate> candidate_;
  std::vector<std::size_t> open_;   ///< confirmed episodes of this environment, oldest first
  std::vector<Stranded> stranded_;  ///< confirmed episodes of earlier environments, not closed yet
  std::optional<std::size_t> last_unsuspect_;
  std::vector<Excursion> excursions_;  ///< of the segment's environment, oldest first
  std::vector<double> scratch_;
  double critical_ = 0;
  double critical_degrees_ = -1;
  int critical_points_ = -1;
};

void Replay::step(Observation point) {
  point.value = std::clamp(point.value, -magnitude_max, magnitude_max);
  point.mad = std::min(point.mad, magnitude_max);
  if (environment_ && *environment_ != point.environment) cross_border(point.environment);
  environment_ = point.environment;
  Judgement judgement = judge(point);
  judgement.segment_start = segment_start_;
  if (point.suspect) {
    judgement.verdict = Verdict::suspect;
    judgement.rule = Rule::suspect_point;
  } else {
    recent_.push_back({index_, point.value});
    if (recent_.size() > static_cast<std::size_t>(std::max(policy_.window_points, 1))) recent_.erase(recent_.begin());
    follow(judgement, point.value);
    if (judgement.rule == Rule::beyond_band && went_as_far(point.value - judgement.centre)) {
      judgement.rule = Rule::seen_before;
      judgement.verdict = Verdict::ok;
    }
    std::optional<Shift> shift = confirmed_by_followers();
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
      close_stranded();
      fix_what_drifted_back();
    }
    if (candidate_ && candidate_->followers >= policy_.confirm_within) dismiss_candidate();
    last_unsuspect_ = index_;
  }
  history_.points.push_back(judgement);
  ++index_;
}

void Replay::cross_border(std::int64_t to) {
  dismiss_candidate(Ending::environment_changed);
  strand_or_resume(to);
  baseline_.restart(0, false);
  recent_.clear();
  excursions_.clear();
  after_change_ = false;
  segment_start_ = index_;
}

void Replay::strand_or_resume(std::int64_t to) {
  for (const std::size_t episode : open_) {
    history_.episodes[episode].last = index_ - 1;
    stranded_.push_back({episode, *environment_});
  }
  open_.clear();
  std::erase_if(stranded_, [&](const Stranded& s) {
    if (s.environment != to) return false;
    open_.push_back(s.episode);
    return true;
  });
  std::sort(open_.begin(), open_.end());
}

/// The new environment is known well enough to be judged by itself: what was open in another one is over.
void Replay::close_stranded() {
  if (stranded_.empty() || baseline_.current().points < policy_.minimum_points) return;
  for (const Stranded& s : stranded_) {
    Episode& episode = history_.episodes[s.episode];
    episode.state = FindingState::dismissed;
    episode.ending = Ending::environment_changed;
    episode.decided_at = index_;
  }
  stranded_.clear();
}

Judgement Replay::judge(const Observation& point) {
  const Baseline& baseline = baseline_.current();
  if (baseline.points != critical_points_ || baseline.degrees_of_freedom != critical_degrees_) {
    critical_points_ = baseline.points;
    critical_degrees_ = baseline.degrees_of_freedom;
    critical_ = critical_distance(policy_.significance, critical_degrees_, critical_points_);
  }
  return judge_point(baseline, point, policy_, critical_);
}

/// Counts the point for or against the waiting candidate.
void Replay::follow(const Judgement& judgement, double value) {
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

std::optional<Shift> Replay::confirmed_by_followers() {
  if (!candidate_ || candidate_->agreeing < policy_.confirm_points) return std::nullopt;
  const Baseline& baseline = baseline_.current();
  scratch_ = candidate_->values;
  const double level = stats::select_median(scratch_);
  const double away = (level - baseline.centre) * candidate_->direction;
  const double needed = critical_ * baseline.spread / std::sqrt(static_cast<double>(candidate_->values.size()));
  if (away < needed || away < policy_.minimum_effect * std::abs(baseline.centre)) return std::nullopt;
  // The evidence below bounds what one point may say, and is blunted where a short history looks correlated. Points
  // that all lie far beyond the band, and to one side, need none of that caution.
  const double far_away = unanimous_distances * critical_ * baseline.spread;
  const auto is_far = [&](double value) { return (value - baseline.centre) * candidate_->direction >= far_away; };
  if (candidate_->followers >= policy_.confirm_points &&
      std::all_of(candidate_->values.begin(), candidate_->values.end(), is_far)) {
    return Shift{candidate_->first, baseline.centre, level};
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
  return Shift{candidate_->first, baseline.centre, level};
}

std::optional<Shift> Replay::confirmed_by_evidence(const Judgement& judgement) {
  if (judgement.window_points == 0) return std::nullopt;
  const int known = after_change_ ? std::min(policy_.minimum_points, level_shift_side_min) : policy_.minimum_points;
  const ShiftNoise noise{judgement.centre, judgement.spread, baseline_.inflation(), std::max(known, 1)};
  const std::optional<LevelShift> shift = find_level_shift(recent_, noise, policy_.minimum_effect, scratch_);
  if (!shift) return std::nullopt;
  return Shift{shift->first, shift->before, shift->after};
}

void Replay::suspect_shift(const Judgement& judgement, double value) {
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

void Replay::dismiss_candidate(Ending ending) {
  if (candidate_ && candidate_->episode) {
    Episode& episode = history_.episodes[*candidate_->episode];
    episode.state = FindingState::dismissed;
    episode.ending = ending;
    episode.decided_at = index_;
  }
  if (candidate_) excursions_.push_back({candidate_->first, candidate_->deviation});
  candidate_.reset();
}

bool Replay::went_as_far(double deviation) {
  std::erase_if(excursions_, [&](const Excursion& e) { return e.index + excursion_memory_points < index_; });
  const auto as_far = [&](const Excursion& e) { return e.deviation / deviation >= excursion_share; };
  return std::count_if(excursions_.begin(), excursions_.end(), as_far) >= excursions_known;
}

void Replay::end_episode(std::size_t episode, std::size_t last) {
  Episode& ended = history_.episodes[episode];
  ended.state = FindingState::fixed;
  ended.ending = Ending::returned;
  ended.last = std::max(last, ended.first);
  ended.decided_at = index_;
}

/// Ends the open episodes of the other direction that the shift leads back from. True when that is all there is to it:
/// a regression undone is no improvement, unless the level is now better than it was before; then `shift.before`
/// becomes that level. A shift for the worse is news in any case, measured against the level just before it.
bool Replay::fix_episodes(Shift& shift) {
  const bool is_worse = worse(shift.direction());
  const std::size_t last = shift.first > 0 ? shift.first - 1 : 0;
  std::optional<std::size_t> oldest_undone;
  std::erase_if(open_, [&](std::size_t e) {
    const Episode& episode = history_.episodes[e];
    const bool undone = episode.worse != is_worse && undone_at(episode, shift.after);
    // An improvement since a regression began was a part of the way back.
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

/// A level that crept back in steps too small for a shift is back all the same: a whole window says so.
void Replay::fix_what_drifted_back() {
  const Baseline& baseline = baseline_.current();
  if (open_.empty() || baseline.points < policy_.window_points) return;
  std::erase_if(open_, [&](std::size_t e) {
    if (!undone_at(history_.episodes[e], baseline.centre)) return false;
    end_episode(e, index_);
    return true;
  });
}

/// The episode of a confirmed shift: the one that suspected it, or a new one.
void Replay::confirm_episode(const Shift& shift, std::optional<std::size_t> suspected) {
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

void Replay::adopt(const Shift& found) {
  const auto near = static_cast<std::size_t>(policy_.confirm_within);
  const bool same = candidate_ && candidate_->direction == found.direction() &&
                    candidate_->first <= found.first + near && found.first <= candidate_->first + near;
  Shift shift = found;
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
  } else if (suspected) {  // it looked like a level of its own and was a return
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

History& Replay::found() {
  for (const std::size_t episode : open_)
    history_.episodes[episode].last = index_ - 1;
  return history_;
}

/// Unsuspect points of one environment, in order.
struct Stretch {
  std::vector<std::size_t> indices;
  std::vector<double> values;
};

std::vector<Stretch> stretches(std::span<const Observation> points) {
  std::vector<Stretch> found;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0 || points[i].environment != points[i - 1].environment) found.emplace_back();
    if (points[i].suspect) continue;
    found.back().indices.push_back(i);
    found.back().values.push_back(points[i].value);
  }
  return found;
}

/// How many of a stretch's points its drift is looked for in. What takes weeks to show need not be asked for every
/// night, and asking costs more than all else that a new point does.
std::size_t drift_points(std::size_t points) {
  return points - points % drift_step_points;
}

/// `change_points` are those of the stretch's first drift_points.
std::optional<Drift> newest_drift(const Stretch& stretch, std::span<const std::size_t> change_points,
                                  const Policy& policy) {
  const std::size_t from = change_points.empty() ? 0 : change_points.back();
  const std::size_t end = drift_points(stretch.values.size());
  const std::optional<Trend> trend = find_trend(std::span(stretch.values).subspan(from, end - from));
  if (!trend || std::abs(trend->effect) < policy.minimum_effect) return std::nullopt;
  Drift drift;
  drift.first = stretch.indices[from];
  drift.last = stretch.indices[end - 1];
  drift.effect = trend->effect;
  drift.p_value = trend->p_value;
  drift.worse = (trend->effect > 0) == (policy.better == Better::lower);
  return drift;
}

/// What only the whole history shows: change points of every stretch, drift of the newest.
void look_back(std::span<const Observation> points, const Policy& policy, History& history) {
  const auto all = stretches(points);
  std::vector<std::size_t> newest;
  for (const Stretch& stretch : all) {
    newest = find_change_points(stretch.values);
    for (const std::size_t at : newest)
      history.change_points.push_back(stretch.indices[at]);
  }
  if (all.empty()) return;
  const std::span<const double> values = all.back().values;
  const std::size_t end = drift_points(values.size());
  if (end < values.size()) newest = find_change_points(values.first(end));
  history.drift = newest_drift(all.back(), newest, policy);
}

}  // namespace

History judge_history(std::span<const Observation> points, const Policy& policy) {
  Replay replay(policy, points.size());
  for (const Observation& point : points)
    replay.step(point);
  History history = std::move(replay.found());
  look_back(points, policy, history);
  return history;
}

class GrowingHistory::State {
 public:
  explicit State(const Policy& policy) : replay_(policy, 0) {}

  void append(const Observation& point) {
    if (points_ == 0 || point.environment != environment_) newest_ = {};
    environment_ = point.environment;
    if (!point.suspect) {
      newest_.indices.push_back(points_);
      newest_.values.push_back(point.value);
    }
    stale_ = stale_ || newest_.values.size() % drift_step_points == 0 || newest_.values.size() == 1;
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

  [[nodiscard]] const Policy& policy() const { return replay_.policy(); }
  [[nodiscard]] std::size_t bytes() const {
    const std::size_t a_point = sizeof(Judgement) + sizeof(double) + sizeof(std::size_t);
    const std::size_t of_window = 3 * sizeof(double) + sizeof(RecentPoint);
    const std::size_t of_deques = 2048;  // blocks that they hold however little is in them
    return sizeof(State) + of_deques + points_ * a_point +
           static_cast<std::size_t>(std::max(policy().window_points, 1)) * of_window;
  }

 private:
  Replay replay_;
  Stretch newest_;
  std::size_t points_ = 0;
  std::int64_t environment_ = 0;
  bool stale_ = false;  ///< another drift may have come since it was looked for
};

GrowingHistory::GrowingHistory(const Policy& policy) : state_(std::make_unique<State>(policy)) {}
GrowingHistory::GrowingHistory(GrowingHistory&& other) noexcept = default;
GrowingHistory& GrowingHistory::operator=(GrowingHistory&& other) noexcept = default;
GrowingHistory::~GrowingHistory() = default;

void GrowingHistory::append(const Observation& point) {
  state_->append(point);
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
