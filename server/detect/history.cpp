#include "server/detect/history.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "server/detect/baseline.h"
#include "server/detect/level_shift.h"
#include "server/detect/verdict.h"

namespace perftrend::detect {

namespace {

/// A point whose excursion is at least this share of the way to the band's edge agrees with a suspected shift.
constexpr double agreeing_share = 0.5;

/// A flagged point that waits for its confirmation. Without `episode` it would be a return to an earlier level.
struct Candidate {
  std::optional<std::size_t> episode;
  std::size_t first = 0;
  std::size_t last_agreeing = 0;
  double direction = 1;  ///< +1 up, -1 down
  int followers = 0;     ///< unsuspect points since
  int agreeing = 0;
  std::vector<double> values;  ///< since `first`
};

/// A confirmed new level.
struct Shift {
  std::size_t first = 0;
  double before = 0;
  double after = 0;
  double direction() const { return after > before ? 1 : -1; }
};

/// Walks the points once, in order. What it knows at point i comes from points 0..i.
class Replay {
 public:
  explicit Replay(const Policy& policy) : policy_(policy), baseline_(policy.window_points, policy.floor) {}

  void step(const Observation& point);
  History finish() &&;

 private:
  void cross_border();
  Judgement judge(const Observation& point);
  void follow(const Judgement& judgement, double value);
  void suspect_shift(const Judgement& judgement, double value);
  void dismiss_candidate();
  std::optional<Shift> confirmed_by_followers() const;
  std::optional<Shift> confirmed_by_evidence(const Judgement& judgement) const;
  void confirm_episode(const Shift& shift, std::optional<std::size_t> suspected);
  void adopt(const Shift& found);
  bool fix_episodes(const Shift& shift, double& level_before);
  bool returns(const Episode& episode, double level) const;
  bool worse(double direction) const { return (direction > 0) == (policy_.better == Better::lower); }

  const Policy& policy_;
  RollingBaseline baseline_;
  History history_;
  std::size_t index_ = 0;
  std::size_t segment_start_ = 0;
  bool after_change_ = false;  ///< the segment began with a confirmed change: the spread is known already
  std::optional<std::int64_t> environment_;
  std::vector<RecentPoint> recent_;  ///< unsuspect points of the segment, newest last, at most a window
  std::optional<Candidate> candidate_;
  std::vector<std::size_t> open_;  ///< confirmed episodes of this environment, oldest first
  std::optional<std::size_t> last_unsuspect_;
  double critical_ = 0;
  double critical_degrees_ = -1;
  int critical_points_ = -1;
};

void Replay::step(const Observation& point) {
  if (environment_ && *environment_ != point.environment) cross_border();
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
    std::optional<Shift> shift = confirmed_by_followers();
    if (!shift) shift = confirmed_by_evidence(judgement);
    if (shift) {
      if (judgement.rule != Rule::beyond_band) judgement.rule = Rule::level_shift;
      judgement.verdict = worse(shift->direction()) ? Verdict::regressed : Verdict::improved;
      adopt(*shift);
      judgement.segment_start = segment_start_;
    } else if (judgement.rule == Rule::beyond_band) {
      suspect_shift(judgement, point.value);
    } else {
      baseline_.accept(point.value);
    }
    if (candidate_ && candidate_->followers >= policy_.confirm_within) dismiss_candidate();
    last_unsuspect_ = index_;
  }
  history_.points.push_back(judgement);
  ++index_;
}

void Replay::cross_border() {
  dismiss_candidate();
  for (const std::size_t episode : open_)
    history_.episodes[episode].last = index_ - 1;
  open_.clear();
  baseline_.restart(0, false);
  recent_.clear();
  after_change_ = false;
  segment_start_ = index_;
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

std::optional<Shift> Replay::confirmed_by_followers() const {
  if (!candidate_ || candidate_->agreeing < policy_.confirm_points) return std::nullopt;
  const Baseline& baseline = baseline_.current();
  const double level = median_of(candidate_->values);
  const double away = (level - baseline.centre) * candidate_->direction;
  const double needed = critical_ * baseline.spread / std::sqrt(static_cast<double>(candidate_->values.size()));
  if (away < needed || away < policy_.minimum_effect * std::abs(baseline.centre)) return std::nullopt;
  return Shift{candidate_->first, baseline.centre, level};
}

std::optional<Shift> Replay::confirmed_by_evidence(const Judgement& judgement) const {
  if (judgement.window_points == 0) return std::nullopt;
  const int known = after_change_ ? std::min(policy_.minimum_points, level_shift_side_min) : policy_.minimum_points;
  const ShiftNoise noise{judgement.centre, judgement.spread, baseline_.autocorrelation(), std::max(known, 1)};
  const std::optional<LevelShift> shift = find_level_shift(recent_, noise, policy_.minimum_effect);
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
  candidate_->values.push_back(value);
  const bool is_return =
      std::any_of(open_.begin(), open_.end(), [&](std::size_t e) { return returns(history_.episodes[e], value); });
  if (is_return) return;
  candidate_->episode = history_.episodes.size();
  Episode episode;
  episode.first = episode.last = episode.recognised_at = episode.decided_at = index_;
  episode.worse = worse(direction);
  episode.before = judgement.centre;
  episode.after = value;
  episode.last_good = last_unsuspect_.value_or(index_);
  history_.episodes.push_back(episode);
}

void Replay::dismiss_candidate() {
  if (candidate_ && candidate_->episode) {
    Episode& episode = history_.episodes[*candidate_->episode];
    episode.state = FindingState::dismissed;
    episode.decided_at = index_;
  }
  candidate_.reset();
}

bool Replay::returns(const Episode& episode, double level) const {
  const double halfway = episode.before / 2 + episode.after / 2;
  return episode.after > episode.before ? level < halfway : level > halfway;
}

/// Fixes what the shift leads back from; true when that explains the shift, else `level_before` is where it started.
bool Replay::fix_episodes(const Shift& shift, double& level_before) {
  const double direction = shift.direction();
  bool fixed_any = false;
  while (!open_.empty() && returns(history_.episodes[open_.back()], shift.after)) {
    Episode& episode = history_.episodes[open_.back()];
    episode.state = FindingState::fixed;
    episode.last = shift.first > 0 ? shift.first - 1 : 0;
    episode.decided_at = index_;
    level_before = episode.before;
    fixed_any = true;
    open_.pop_back();
  }
  const double beyond = (shift.after - level_before) * direction;
  return fixed_any && beyond < policy_.minimum_effect * std::abs(level_before);
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
  if (!fix_episodes(shift, shift.before)) confirm_episode(shift, suspected);
  history_.change_points.push_back(shift.first);
  std::erase_if(recent_, [&](const RecentPoint& point) { return point.index < shift.first; });
  baseline_.restart(shift.after, true);
  for (const RecentPoint& point : recent_)
    baseline_.accept(point.value);
  segment_start_ = shift.first;
  after_change_ = true;
}

History Replay::finish() && {
  for (const std::size_t episode : open_)
    history_.episodes[episode].last = index_ - 1;
  return std::move(history_);
}

}  // namespace

History judge_history(std::span<const Observation> points, const Policy& policy) {
  Replay replay(policy);
  for (const Observation& point : points)
    replay.step(point);
  return std::move(replay).finish();
}

}  // namespace perftrend::detect
