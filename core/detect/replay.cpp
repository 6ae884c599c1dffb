// The gate: one point at a time against the rolling baseline.

#include "core/detect/replay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/detect/evidence.h"
#include "core/detect/noise.h"
#include "core/detect/selection.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

/// A point agrees with a suspected shift when it is at least this share of the way to the edge of the band.
constexpr double agreeing_share = 0.5;

/// Values are clamped to this magnitude, because squares of larger ones would overflow.
constexpr double magnitude_max = 1e120;

/// Points that all lie this many critical distances away on one side confirm each other without further evidence.
constexpr double unanimous_distances = 2;

/// Excursions that did not stay are remembered for this many points. After excursions_known of at least excursion_share
/// of the size, another one is not flagged: two false alarms are enough. A level that stays is still found by the
/// points after it.
constexpr std::size_t excursion_memory_points = 100;
constexpr int excursions_known = 2;
constexpr double excursion_share = 0.7;

Observation clamped(Observation point) {
  point.value = std::clamp(point.value, -magnitude_max, magnitude_max);
  point.mad = std::min(point.mad, magnitude_max);
  return point;
}

}  // namespace

bool agrees(const Judgement& judgement, double value, double direction) {
  const double edge = direction > 0 ? judgement.high : judgement.low;
  return (value - judgement.centre) * direction >= agreeing_share * (edge - judgement.centre) * direction;
}

Replay::Replay(const Policy& policy, std::size_t points)
    : policy_(policy), baseline_(policy.window_points, policy.floor) {
  history_.points.reserve(points);
}

void Replay::step(Observation point) {
  point = clamped(point);
  if (point.restart) restart();
  Environment& environment = enter(point);
  const double framed = environment.translation.to_frame(point.value);
  Judgement judgement = judge(environment, point);
  judgement.segment_start = segment_start_;
  if (point.suspect) {
    judgement.verdict = Verdict::suspect;
    judgement.rule = Rule::suspect_point;
  } else {
    if (!environment.first) {
      environment.first = index_;
      environment.first_judged = judgement.rule != Rule::too_few_points;
      environment.last_good = last_unsuspect_.value_or(index_);
      environment.before = last_translation_;
    }
    std::erase_if(excursions_, [&](const Excursion& e) { return e.index + excursion_memory_points < index_; });
    recent_.push_back({index_, framed, point.environment, false});
    if (recent_.size() > static_cast<std::size_t>(std::max(policy_.window_points, 1))) recent_.erase(recent_.begin());
    const Translation translation = environment.translation;
    const Judgement by_former_level = judgement;
    if (!capture(judgement, point, framed)) {
      if (translation != here().translation) judgement = judge(here(), point);
      judgement.segment_start = segment_start_;
      decide(judgement, point.value, recent_.back().value);
      const bool noted = here().noted && history_.episodes[*here().noted].recognised_at == index_;
      if (noted && judgement.verdict == Verdict::ok && by_former_level.rule == Rule::beyond_band) {
        judgement = by_former_level;
        judgement.verdict = Verdict::ok;
        judgement.rule = Rule::environment_changed;
      }
    }
    last_unsuspect_ = index_;
    last_translation_ = here().translation;
  }
  history_.points.push_back(judgement);
  ++index_;
}

void Replay::decide(Judgement& judgement, double value, double framed) {
  follow(judgement, value, framed);
  note_streak(judgement, framed);
  const double deviation = framed - baseline_.current().centre;
  if (judgement.rule == Rule::beyond_band && has_been_this_far(deviation)) {
    judgement.rule = Rule::seen_before;
    judgement.verdict = Verdict::ok;
  }
  std::optional<ConfirmedShift> shift = confirmed_by_followers();
  if (!shift) shift = confirmed_by_evidence(judgement);
  const std::optional<ConfirmedShift> here_only = shift ? std::nullopt : confirmed_here_only();
  const bool is_level_known = here().accepted >= policy_.minimum_points;
  bool is_of_environment = shift && coincides(*shift);
  if (is_of_environment && is_beyond_common(here(), shift->before, shift->after)) {
    is_of_environment = false;
    if (!here().shift_applied) {
      apply_common_shift(here());
      shift->after /= std::exp(here().shift.shift);
    }
  }
  if (is_of_environment || (here_only && !is_level_known)) {
    if (shift) accept_newest();
    settle(here(), shift ? *shift : *here_only, std::nullopt);
    here().streak.clear();
    judgement.rule = Rule::environment_changed;
    judgement.verdict = Verdict::ok;
  } else if (shift || here_only) {
    if (judgement.rule != Rule::beyond_band) judgement.rule = Rule::level_shift;
    judgement.verdict = worse((shift ? *shift : *here_only).direction()) ? Verdict::regressed : Verdict::improved;
    if (shift) {
      adopt(*shift);
    } else {
      adopt_here_only(*here_only);
    }
    judgement.segment_start = segment_start_;
  } else if (judgement.rule == Rule::seen_before) {
    excursions_.push_back({index_, deviation});
  } else if (judgement.rule == Rule::beyond_band) {
    suspect_shift(judgement, value, framed);
  } else {
    accept_newest();
    fix_what_drifted_back();
    separate();
  }
  if (candidate_ && candidate_->followers >= policy_.confirm_within) dismiss_candidate();
}

void Replay::accept_newest() {
  RecentPoint& newest = recent_.back();
  newest.accepted = true;
  ++here().accepted;
  if (several() && baseline_.current().points > 0) {
    std::vector<double>& deviations = here().deviations;
    deviations.push_back(newest.value - baseline_.current().centre);
    if (deviations.size() > static_cast<std::size_t>(std::max(policy_.window_points, 1)))
      deviations.erase(deviations.begin());
  }
  baseline_.accept(newest.value);
}

/// Forgets every level. The next points are the first of a new baseline.
void Replay::restart() {
  dismiss_candidate(Ending::restarted);
  for (Environment& environment : environments_)
    dismiss_capture(environment);
  for (const std::size_t place : open_) {
    dismiss_episode(place, Ending::restarted);
    history_.episodes[place].last = std::max(history_.episodes[place].first, index_ - 1);
  }
  open_.clear();
  environments_.clear();
  last_translation_ = {};
  baseline_ = RollingBaseline(policy_.window_points, policy_.floor);
  recent_.clear();
  excursions_.clear();
  after_change_ = false;
  segment_start_ = index_;
}

Judgement Replay::judge(const Environment& environment, const Observation& point) {
  const Baseline& framed = baseline_.current();
  if (framed.points != critical_points_ || framed.degrees_of_freedom != critical_degrees_) {
    critical_points_ = framed.points;
    critical_degrees_ = framed.degrees_of_freedom;
    critical_ = critical_distance(policy_.significance, critical_degrees_, critical_points_);
  }
  const Baseline baseline = baseline_in(environment, framed, policy_.floor);
  const bool same = baseline.degrees_of_freedom == framed.degrees_of_freedom;
  return judge_point(
      baseline, point, policy_,
      same ? critical_ : critical_distance(policy_.significance, baseline.degrees_of_freedom, baseline.points));
}

Judgement Replay::judge_next(Observation point) const {
  point = clamped(point);
  Environment environment;
  if (const Environment* known = find_environment(point.environment); known != nullptr && !point.restart) {
    environment = *known;
  } else if (!environments_.empty()) {
    environment.translation = environments_[here_].translation;
    if (const Environment* from = find_environment(point.shift.from); from != nullptr && point.shift.series > 0) {
      environment.translation = from->translation;
      environment.shift = point.shift;
    }
  }
  const Baseline baseline = point.restart ? Baseline{} : baseline_in(environment, baseline_.current(), policy_.floor);
  const double critical = critical_distance(policy_.significance, baseline.degrees_of_freedom, baseline.points);
  Judgement judgement = judge_point(baseline, point, policy_, critical);
  judgement.segment_start = point.restart ? index_ : segment_start_;
  const double framed = environment.translation.to_frame(point.value);
  if (point.suspect) {
    judgement.verdict = Verdict::suspect;
    judgement.rule = Rule::suspect_point;
  } else if (judgement.rule == Rule::beyond_band && several() && !environment.capture &&
             level_from_learning(environment, judgement, point.value)) {
    Replay next = *this;  // the point separates the environments, which moves the baseline
    next.step(point);
    return next.history_.points.back();
  } else if (judgement.rule == Rule::beyond_band) {
    const double deviation = framed - baseline_.current().centre;
    const bool follows = candidate_ && (deviation > 0) == (candidate_->direction > 0);
    if (!environments_.empty() && is_trial(environment) && !follows) {
      const bool is_own = is_beyond_common(environment, baseline_.current().centre, framed);
      Environment moved = environment;
      moved.translation = expected(environment);
      const Judgement by_common_shift =
          judge_point(baseline_in(moved, baseline_.current(), policy_.floor), point, policy_, critical);
      if (is_own && by_common_shift.rule == Rule::beyond_band) {
        judgement = by_common_shift;
        judgement.segment_start = segment_start_;
      } else {
        judgement.rule = Rule::environment_changed;
        judgement.verdict = Verdict::ok;
      }
    } else if (has_been_this_far(deviation)) {
      judgement.rule = Rule::seen_before;
      judgement.verdict = Verdict::ok;
    }
  }
  return judgement;
}

/// Counts the point for or against the waiting candidate.
void Replay::follow(const Judgement& judgement, double value, double framed) {
  if (!candidate_) return;
  Candidate& c = *candidate_;
  ++c.followers;
  c.values.push_back(framed);
  if (!agrees(judgement, value, c.direction)) return;
  ++c.agreeing;
  c.last_agreeing = index_;
  if (c.episode) history_.episodes[*c.episode].last = index_;
}

/// The median of values that together lie significantly and relevantly beyond the centre.
std::optional<double> Replay::significant_level(const std::vector<double>& values, double direction) {
  const Baseline& baseline = baseline_.current();
  scratch_ = values;
  const double level = stats::select_median(scratch_);
  const double away = (level - baseline.centre) * direction;
  const double needed = critical_ * baseline.spread / std::sqrt(static_cast<double>(values.size()));
  if (away < needed || away < relevant_change(policy_, baseline.centre)) return std::nullopt;
  return level;
}

std::optional<ConfirmedShift> Replay::confirmed_by_followers() {
  if (!candidate_ || candidate_->agreeing < policy_.confirm_points) return std::nullopt;
  const Baseline& baseline = baseline_.current();
  const std::optional<double> level = significant_level(candidate_->values, candidate_->direction);
  if (!level) return std::nullopt;
  // The evidence below limits the influence of one point, and a short history that looks correlated weakens it. Points
  // that are all far outside the band, on one side, do not require that caution.
  const double far_away = unanimous_distances * critical_ * baseline.spread;
  const auto is_far = [&](double value) { return (value - baseline.centre) * candidate_->direction >= far_away; };
  if (candidate_->followers >= policy_.confirm_points &&
      std::all_of(candidate_->values.begin(), candidate_->values.end(), is_far)) {
    return ConfirmedShift{candidate_->first, baseline.centre, *level};
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
  return ConfirmedShift{candidate_->first, baseline.centre, *level};
}

std::optional<ConfirmedShift> Replay::confirmed_by_evidence(const Judgement& judgement) {
  if (judgement.window_points == 0) return std::nullopt;
  const int known = after_change_ ? std::min(policy_.minimum_points, level_shift_side_min) : policy_.minimum_points;
  const Baseline& baseline = baseline_.current();
  const double spread = judgement.spread / here().translation.factor;
  const ShiftNoise noise{baseline.centre, std::max(spread, baseline.spread), baseline_.inflation(), std::max(known, 1)};
  const std::optional<LevelShift> shift = find_level_shift(recent_, noise, policy_, scratch_);
  if (!shift) return std::nullopt;
  const ConfirmedShift found{shift->first, shift->before, shift->after};
  return is_shown_by_environments(found) ? std::optional(found) : std::nullopt;
}

std::size_t Replay::add_episode(Episode episode, const EpisodeLevels& levels) {
  history_.episodes.push_back(episode);
  levels_.push_back(levels);
  return history_.episodes.size() - 1;
}

void Replay::suspect_shift(const Judgement& judgement, double value, double framed) {
  const double centre = baseline_.current().centre;
  const double direction = framed > centre ? 1 : -1;
  if (candidate_ && candidate_->direction == direction) return;
  dismiss_candidate();
  candidate_.emplace();
  candidate_->first = index_;
  candidate_->last_agreeing = index_;
  candidate_->direction = direction;
  candidate_->deviation = framed - centre;
  candidate_->values.push_back(framed);
  if (!worse(direction) && std::any_of(open_.begin(), open_.end(), [&](std::size_t e) {
        const bool elsewhere = levels_[e].only_in && *levels_[e].only_in != here().id;
        return history_.episodes[e].worse && !elsewhere && undone_at(e, framed);
      }))
    return;
  Episode episode;
  episode.first = episode.last = episode.recognised_at = episode.decided_at = index_;
  episode.worse = worse(direction);
  episode.before = judgement.centre;
  episode.after = value;
  episode.last_good = last_unsuspect_.value_or(index_);
  candidate_->episode = add_episode(episode, {centre, framed, std::nullopt});
}

void Replay::dismiss_episode(std::size_t place, Ending ending) {
  Episode& episode = history_.episodes[place];
  episode.state = FindingState::closed;
  episode.ending = ending;
  episode.decided_at = index_;
}

void Replay::dismiss_candidate(Ending ending) {
  if (candidate_ && candidate_->episode) dismiss_episode(*candidate_->episode, ending);
  if (candidate_) excursions_.push_back({candidate_->first, candidate_->deviation});
  candidate_.reset();
}

bool Replay::has_been_this_far(double deviation) const {
  const auto this_far = [&](const Excursion& e) {
    return e.index + excursion_memory_points >= index_ && e.deviation / deviation >= excursion_share;
  };
  return std::count_if(excursions_.begin(), excursions_.end(), this_far) >= excursions_known;
}

void Replay::end_episode(std::size_t episode, std::size_t last) {
  Episode& ended = history_.episodes[episode];
  ended.state = FindingState::fixed;
  ended.ending = Ending::returned;
  ended.last = std::max(last, ended.first);
  ended.decided_at = index_;
}

/// True if the level is past half of the way back to the level before the episode.
bool Replay::undone_at(std::size_t episode, double level) const {
  const EpisodeLevels& levels = levels_[episode];
  const double halfway = levels.before / 2 + levels.after / 2;
  return levels.after > levels.before ? level < halfway : level > halfway;
}

/// Ends the open episodes of the other direction that the shift undoes. Returns true when the shift is only a return:
/// an undone regression is not an improvement unless the level is now better than before it; then `shift.before`
/// becomes that level. A shift for the worse is always new, compared with the level just before it. A shift of one
/// environment alone ends only what that environment alone has shown.
bool Replay::fix_episodes(ConfirmedShift& shift, std::optional<std::int64_t> only_in) {
  const bool is_worse = worse(shift.direction());
  const std::size_t last = shift.first > 0 ? shift.first - 1 : 0;
  std::optional<std::size_t> oldest_undone;
  std::erase_if(open_, [&](std::size_t e) {
    if (only_in && levels_[e].only_in != only_in) return false;
    const Episode& episode = history_.episodes[e];
    const bool undone = episode.worse != is_worse && undone_at(e, shift.after);
    // An improvement after the regression began was part of the way back.
    const bool part_of_it = !is_worse && !episode.worse && oldest_undone.has_value();
    if (!undone && !part_of_it) return false;
    if (undone && !oldest_undone) oldest_undone = e;
    end_episode(e, last);
    return true;
  });
  if (is_worse || !oldest_undone) return false;
  shift.before = levels_[*oldest_undone].before;
  const double beyond = (shift.after - shift.before) * (policy_.better == Better::lower ? -1 : 1);
  return beyond < relevant_change(policy_, shift.before);
}

/// Ends the episodes whose level moved back in steps too small for a shift, as the centre of a whole window shows.
void Replay::fix_what_drifted_back() {
  const Baseline& baseline = baseline_.current();
  if (open_.empty() || baseline.points < policy_.window_points) return;
  std::erase_if(open_, [&](std::size_t e) {
    if (!undone_at(e, baseline.centre)) return false;
    end_episode(e, index_);
    return true;
  });
}

/// Confirms the episode that suspected the shift, or creates one.
void Replay::confirm_episode(const ConfirmedShift& shift, std::optional<std::size_t> suspected,
                             std::optional<std::int64_t> only_in) {
  const std::size_t place = suspected ? *suspected : add_episode({}, {});
  Episode& episode = history_.episodes[place];
  if (!suspected) episode.recognised_at = index_;
  episode.first = shift.first;
  episode.worse = worse(shift.direction());
  episode.state = FindingState::confirmed;
  episode.before = from_frame_at(shift.first, shift.before);
  episode.after = from_frame_at(shift.first, shift.after);
  episode.decided_at = index_;
  episode.last_good = shift.first;
  for (const RecentPoint& point : recent_) {
    const bool compared = !only_in || point.environment == *only_in;
    if (compared && point.index < shift.first) episode.last_good = point.index;
  }
  levels_[place] = {shift.before, shift.after, only_in};
  open_.push_back(place);
}

/// Ends the waiting of the candidate: it is the beginning of the shift, and its episode is returned, or it is
/// closed.
std::optional<std::size_t> Replay::take_candidate(ConfirmedShift& shift) {
  const auto near = static_cast<std::size_t>(policy_.confirm_within);
  const bool same = candidate_ && candidate_->direction == shift.direction() &&
                    candidate_->first <= shift.first + near && shift.first <= candidate_->first + near;
  if (!same) {
    dismiss_candidate();
    return std::nullopt;
  }
  const std::optional<std::size_t> suspected = candidate_->episode;
  shift.first = std::min(candidate_->first, shift.first);
  candidate_.reset();
  return suspected;
}

void Replay::adopt(const ConfirmedShift& found) {
  ConfirmedShift shift = found;
  const std::optional<std::size_t> suspected = take_candidate(shift);
  const double old_level = baseline_.current().centre;
  if (!fix_episodes(shift, std::nullopt)) {
    confirm_episode(shift, suspected, std::nullopt);
  } else if (suspected) {  // it looked like a new level and was a return
    dismiss_episode(*suspected, Ending::not_confirmed);
  }
  std::erase_if(recent_, [&](const RecentPoint& point) { return point.index < shift.first; });
  baseline_.restart(shift.after, true);
  for (RecentPoint& point : recent_) {
    point.accepted = true;
    baseline_.accept(point.value);
  }
  const double ratio = old_level != 0 ? std::clamp(shift.after / old_level, 1.0, environment_ratio_max) : 1;
  for (Environment& environment : environments_) {
    environment.streak.clear();
    for (double& deviation : environment.deviations)
      deviation *= ratio;
  }
  segment_start_ = shift.first;
  after_change_ = true;
}

History& Replay::found() {
  for (const std::size_t episode : open_)
    history_.episodes[episode].last = index_ - 1;
  return history_;
}

}  // namespace perftrend::detect
