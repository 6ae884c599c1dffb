// Environments that come and go: a step that coincides with a new one is the effect of the environment, and a step that
// one of several shows alone is found among its own points.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/detect/replay.h"
#include "core/stats/median.h"

namespace perftrend::detect {

Environment& Replay::enter(const Observation& point) {
  const std::int64_t id = point.environment;
  if (!environments_.empty() && here().id == id) {
    here().seen = index_;
    return here();
  }
  const auto known = std::find_if(environments_.begin(), environments_.end(),
                                  [&](const Environment& environment) { return environment.id == id; });
  if (known != environments_.end()) {
    here_ = static_cast<std::size_t>(known - environments_.begin());
    here().seen = index_;
    return here();
  }
  Environment entered;
  entered.id = id;
  entered.seen = index_;
  if (environments_.empty()) {
    entered.usual = true;  // no level came before it
  } else {
    entered.translation = here().translation;
    entered.effect = here().effect;
    if (const Environment* from = find_environment(point.shift.from); from != nullptr && point.shift.series > 0) {
      entered.translation = from->translation;
      entered.effect = from->effect;
      entered.shift = point.shift;
    }
  }
  if (environments_.size() == 1) {
    // From now on the noise of each is measured apart.
    for (const RecentPoint& recent : recent_) {
      if (recent.accepted) here().deviations.push_back(recent.value - baseline_.current().centre);
    }
  }
  if (environments_.size() >= environments_max) {
    const auto oldest = std::min_element(environments_.begin(), environments_.end(),
                                         [](const Environment& a, const Environment& b) { return a.seen < b.seen; });
    dismiss_capture(*oldest);
    environments_.erase(oldest);
    ++translations_;
  }
  environments_.push_back(std::move(entered));
  here_ = environments_.size() - 1;
  return here();
}

const Environment* Replay::find_environment(std::int64_t id) const {
  const auto known = std::find_if(environments_.begin(), environments_.end(),
                                  [&](const Environment& environment) { return environment.id == id; });
  return known == environments_.end() ? nullptr : &*known;
}

double Replay::to_frame(double value, std::int64_t environment) const {
  const Environment* known = find_environment(environment);
  return known == nullptr ? value : known->effect.to_frame(value);
}

double Replay::from_frame_at(std::size_t index, double framed) const {
  for (const RecentPoint& point : recent_) {
    if (point.index != index) continue;
    const Environment* known = find_environment(point.environment);
    if (known != nullptr) return known->translation.from_frame(framed);
  }
  return environments_[here_].translation.from_frame(framed);
}

/// No point of it was judged as usual, and it has too few points for a level of its own.
bool Replay::is_trial(const Environment& environment) const {
  return !environment.usual && environment.accepted < policy_.minimum_points;
}

/// Translation of the environment if the common shift is its whole effect.
Translation Replay::expected(const Environment& of) const {
  Translation translation = of.translation;
  const double centre = baseline_.current().centre;
  if (of.shift.series > 0 && !of.shift_applied) translation.move(centre, centre * std::exp(of.shift.shift));
  return translation;
}

/// Whether a step from `before` to `after`, in the frame, that begins with the environment differs clearly from the
/// common shift: it is relevant without that shift, in the same direction, and outside the band of single series around
/// it. A series that the machine moves less than the others, or not at all, is not one that got worse or better.
bool Replay::is_beyond_common(const Environment& of, double before, double after) const {
  const EnvironmentShift& common = of.shift;
  if (common.series == 0 || before <= 0 || after <= 0) return false;
  const double own = std::log(after / before) - (of.shift_applied ? 0 : common.shift);
  if (own * (own + common.shift) <= 0) return false;
  const double band = critical_distance(policy_.significance, common.series - 1, common.series) * common.spread;
  return std::abs(own) > band && std::abs(std::expm1(own)) * before >= relevant_change(policy_, before);
}

void Replay::apply_common_shift(Environment& of) {
  const double centre = baseline_.current().centre;
  const ConfirmedShift effect = {of.first.value_or(index_), centre, centre * std::exp(of.shift.shift)};
  const Translation old = translate(of, effect);
  of.shift_applied = true;
  replace_baseline();
  if (!of.first_judged || std::abs(effect.after - effect.before) < relevant_change(policy_, effect.before)) return;
  of.noted = add_episode({}, {effect.before, effect.after, std::nullopt});
  note_effect(of, old, effect, *of.noted);
}

/// Compares the first judged point of an environment with the level that the common shift predicts. False where it
/// explains neither the point nor a step of the series alone: the point is then judged as without a common shift.
bool Replay::explain_by_shift(const Judgement& judgement, const Observation& point, double framed) {
  Environment& of = here();
  if (of.shift.series == 0 || of.shift_applied || of.usual || of.accepted > 0) return false;
  const bool is_flagged = judgement.rule == Rule::beyond_band;
  Environment moved = of;
  moved.translation = expected(of);
  const Judgement by_shift = judge(moved, point);
  if (by_shift.rule == Rule::beyond_band) {
    if (!is_flagged || !is_beyond_common(of, baseline_.current().centre, framed)) return false;
  } else if (!is_flagged && std::abs(point.value - judgement.centre) < std::abs(point.value - by_shift.centre)) {
    of.usual = true;  // the machine does not move this series
    return true;
  }
  of.usual = true;
  apply_common_shift(of);
  return true;
}

bool Replay::capture(Judgement& judgement, const Observation& point, double framed) {
  if (!several() || judgement.rule == Rule::too_few_points) return false;
  const double value = point.value;
  if (here().capture) return follow_capture(judgement, value, framed);
  if (explain_by_shift(judgement, point, framed)) return false;
  if (judgement.rule != Rule::beyond_band) {
    here().usual = true;
    return false;
  }
  if (const auto level = level_from_learning(here(), judgement, value)) {
    settle(here(), {here().first.value_or(index_), baseline_.current().centre, *level}, std::nullopt);
    return false;
  }
  const double direction = framed > baseline_.current().centre ? 1 : -1;
  // A level that an earlier point of another environment has shown is not the effect of this one.
  const bool known_level =
      continue_other_capture(judgement, framed) || (candidate_ && candidate_->direction == direction);
  if (known_level || !is_trial(here())) {
    here().usual = true;
    return false;
  }
  begin_capture(judgement, value, framed);
  judgement.rule = Rule::environment_changed;
  judgement.verdict = Verdict::ok;
  return true;
}

/// The level of an environment whose few earlier points, which were accepted before there was a baseline, are where the
/// flagged point is: its difference from the others is not an event.
std::optional<double> Replay::level_from_learning(const Environment& of, const Judgement& judgement,
                                                  double value) const {
  if (of.accepted == 0 || of.accepted >= policy_.minimum_points) return std::nullopt;
  std::vector<double> accepted;
  for (const RecentPoint& point : recent_) {
    if (point.environment == of.id && point.accepted) accepted.push_back(point.value);
  }
  if (accepted.empty()) return std::nullopt;
  const double known = of.translation.from_frame(stats::select_median(accepted));
  const double direction = value > judgement.centre ? 1 : -1;
  const double reach = (judgement.high - judgement.low) / 2;
  if (!agrees(judgement, known, direction) || std::abs(value - known) > reach) return std::nullopt;
  accepted.push_back(of.translation.to_frame(value));
  return stats::select_median(accepted);
}

void Replay::begin_capture(const Judgement& judgement, double value, double framed) {
  const Environment& of = here();
  Capture begun;
  begun.first = *of.first;
  begun.direction = framed > baseline_.current().centre ? 1 : -1;
  begun.last_agreeing = index_;
  begun.values.push_back(framed);
  Episode episode;
  episode.kind = EpisodeKind::environment;
  episode.first = *of.first;
  episode.last = episode.recognised_at = episode.decided_at = index_;
  episode.last_good = of.last_good;
  episode.worse = worse(begun.direction);
  episode.before = judgement.centre;
  episode.after = value;
  begun.episode = add_episode(episode, {baseline_.current().centre, framed, std::nullopt});
  here().capture = std::move(begun);
}

bool Replay::follow_capture(Judgement& judgement, double value, double framed) {
  Capture& c = *here().capture;
  const bool same_level = agrees(judgement, value, c.direction);
  const double reach = (judgement.high - judgement.low) / 2 / here().translation.factor;
  scratch_ = c.values;
  const double known = stats::select_median(scratch_);
  if (same_level && (framed - known) * c.direction > reach) {
    // A further step after that of the environment, which is known well enough to judge this point.
    const Capture confirmed = std::move(c);
    here().capture.reset();
    settle(here(), {confirmed.first, baseline_.current().centre, known}, confirmed.episode);
    return false;
  }
  ++c.followers;
  if (same_level) {
    ++c.agreeing;
    c.last_agreeing = index_;
    c.values.push_back(framed);
    history_.episodes[c.episode].last = index_;
  }
  const std::optional<double> level =
      c.agreeing >= policy_.confirm_points ? significant_level(c.values, c.direction) : std::nullopt;
  if (same_level && level && is_beyond_common(here(), baseline_.current().centre, *level)) {
    // The newest value is counted again as a follower of the suspected shift.
    --c.followers;
    --c.agreeing;
    c.values.pop_back();
    Capture own = std::move(c);
    here().capture.reset();
    const double expected_ratio = here().shift_applied ? 1 : std::exp(here().shift.shift);
    for (double& known_value : own.values)
      known_value /= expected_ratio;
    if (!here().shift_applied) apply_common_shift(here());
    suspect_captured(here(), std::move(own));
    return false;
  }
  if (same_level && level) {
    const Capture confirmed = std::move(c);
    here().capture.reset();
    settle(here(), {confirmed.first, baseline_.current().centre, *level}, confirmed.episode);
  } else if (c.followers >= policy_.confirm_within) {
    dismiss_capture(here());
    return false;
  }
  if (!same_level) return false;
  judgement.rule = Rule::environment_changed;
  judgement.verdict = Verdict::ok;
  return true;
}

void Replay::dismiss_capture(Environment& of) {
  if (!of.capture) return;
  dismiss_episode(of.capture->episode, Ending::not_confirmed);
  of.capture.reset();
  of.usual = true;
}

/// Turns the step that the point just before began in another environment into a suspected shift of the series.
bool Replay::continue_other_capture(const Judgement& judgement, double framed) {
  if (!last_unsuspect_) return false;
  const double direction = framed > baseline_.current().centre ? 1 : -1;
  const double reach = (judgement.high - judgement.low) / 2 / here().translation.factor;
  for (Environment& other : environments_) {
    if (other.id == here().id || !other.capture || other.capture->direction != direction ||
        other.capture->last_agreeing != *last_unsuspect_ || std::abs(other.capture->values.back() - framed) > reach)
      continue;
    Capture begun = std::move(*other.capture);
    other.capture.reset();
    other.usual = true;
    suspect_captured(other, std::move(begun));
    return true;
  }
  return false;
}

/// The captured points are the beginning of a shift of the series, which is suspected from now on.
void Replay::suspect_captured(const Environment& of, Capture begun) {
  const double centre = baseline_.current().centre;
  dismiss_candidate();
  Episode& episode = history_.episodes[begun.episode];
  episode.kind = EpisodeKind::level;
  episode.before = of.translation.from_frame(centre);
  levels_[begun.episode] = {centre, begun.values.front(), std::nullopt};
  candidate_.emplace();
  candidate_->episode = begun.episode;
  candidate_->first = begun.first;
  candidate_->last_agreeing = begun.last_agreeing;
  candidate_->direction = begun.direction;
  candidate_->deviation = begun.values.front() - centre;
  candidate_->followers = begun.followers;
  candidate_->agreeing = begun.agreeing;
  candidate_->values = std::move(begun.values);
}

/// Translates the environment so that its level is that of the others, and records its effect where a person would see
/// it. Learning environments are translated without a finding: there was no level that they could change.
void Replay::settle(Environment& of, const ConfirmedShift& effect, std::optional<std::size_t> episode) {
  const bool visible =
      of.first_judged && std::abs(effect.after - effect.before) >= relevant_change(policy_, effect.before);
  if (!episode) episode = of.noted;
  if (!episode && visible) episode = add_episode({}, {effect.before, effect.after, std::nullopt});
  const Translation old = translate(of, effect);
  if (episode) note_effect(of, old, effect, *episode);
  of.usual = true;
  const double near = std::abs(effect.after - effect.before) / 2;
  for (RecentPoint& point : recent_) {
    if (point.environment != of.id || point.accepted || std::abs(point.value - effect.before) > near) continue;
    point.accepted = true;
    ++of.accepted;
  }
  replace_baseline();
}

/// Moves the environment's values in the frame from effect.after to effect.before. Returns its former translation.
Translation Replay::translate(Environment& of, const ConfirmedShift& effect) {
  const Translation old = of.translation;
  of.translation.move(effect.before, effect.after);
  of.effect.move(effect.before, effect.after);
  ++translations_;
  of.deviations.clear();
  for (RecentPoint& point : recent_) {
    if (point.environment == of.id) point.value = of.translation.to_frame(old.from_frame(point.value));
  }
  return old;
}

void Replay::replace_baseline() {
  std::vector<double> accepted;
  for (const RecentPoint& point : recent_) {
    if (point.accepted) accepted.push_back(point.value);
  }
  baseline_.replace(accepted);
}

/// Makes the episode the finding about the effect. `old` is the translation that the effect is measured in.
void Replay::note_effect(Environment& of, const Translation& old, const ConfirmedShift& effect, std::size_t episode) {
  Episode& found = history_.episodes[episode];
  const bool is_new = found.kind != EpisodeKind::environment;
  if (is_new) found.recognised_at = index_;
  found.kind = EpisodeKind::environment;
  found.first = of.first.value_or(effect.first);
  found.last = found.decided_at = index_;
  found.last_good = of.last_good;
  found.state = FindingState::confirmed;
  if (is_new || of.noted != episode) found.before = of.before.from_frame(effect.before);
  found.after = old.from_frame(effect.after);
  found.worse = worse(found.after > found.before ? 1 : -1);
}

/// Compares the environment with the one that has most points, unless it is known well already.
void Replay::separate() {
  if (!several() || candidate_ || here().capture) return;
  std::map<std::int64_t, std::vector<double>> values;
  for (const RecentPoint& point : recent_) {
    if (point.accepted) values[point.environment].push_back(point.value);
  }
  const std::vector<double>* most = nullptr;
  std::int64_t most_id = 0;
  for (const auto& [id, of] : values) {
    if (id == here().id || (most != nullptr && of.size() <= most->size())) continue;
    most = &of;
    most_id = id;
  }
  if (most == nullptr) return;
  const auto other = std::find_if(environments_.begin(), environments_.end(),
                                  [&](const Environment& environment) { return environment.id == most_id; });
  if (other == environments_.end() || !other->first || !here().first) return;
  const bool here_is_newer = *here().first > *other->first;
  Environment& newer = here_is_newer ? here() : *other;
  const Environment& older = here_is_newer ? *other : here();
  if (newer.accepted >= policy_.window_points || newer.capture) return;
  // Later, only environments that take turns are compared: a step of the series is not taken for one of them.
  const auto interleaved = std::count_if(recent_.begin(), recent_.end(), [&](const RecentPoint& point) {
    return point.environment == older.id && point.index > *newer.first;
  });
  if (newer.accepted >= policy_.minimum_points && interleaved < static_cast<std::ptrdiff_t>(environment_points_min))
    return;
  std::vector<double>& of_newer = values[newer.id];
  std::vector<double>& of_older = values[older.id];
  if (environment_distance(of_newer, of_older) < level_shift_significance) return;
  const double before = stats::select_median(of_older);
  const double after = stats::select_median(of_newer);
  settle(newer, {*newer.first, before, after}, std::nullopt);
}

/// Whether the environments that have points on both sides of the shift show it. A mixture of environments whose levels
/// are not known yet may look like one.
bool Replay::is_shown_by_environments(const ConfirmedShift& shift) const {
  if (!several()) return true;
  std::map<std::int64_t, std::vector<double>> before;
  for (const RecentPoint& point : recent_) {
    if (point.index < shift.first) before[point.environment].push_back(point.value);
  }
  std::map<std::int64_t, double> levels;
  for (auto& [id, values] : before)
    levels[id] = stats::select_median(values);
  std::size_t compared = 0;
  std::size_t agreeing = 0;
  for (const RecentPoint& point : recent_) {
    const auto level = levels.find(point.environment);
    if (point.index < shift.first || level == levels.end()) continue;
    ++compared;
    const double moved = (point.value - level->second) * shift.direction();
    if (moved >= std::abs(shift.after - shift.before) / 2) ++agreeing;
  }
  return 2 * agreeing >= compared;
}

/// Whether a small shift, which only several points show, begins where a new environment begins.
bool Replay::coincides(const ConfirmedShift& shift) const {
  const Environment& of = environments_[here_];
  if (!several() || !of.first) return false;
  const bool suspected_later = candidate_ && candidate_->direction == shift.direction() &&
                               candidate_->first <= shift.first + static_cast<std::size_t>(policy_.confirm_within);
  if (suspected_later) return false;
  std::size_t between = 0;
  for (const RecentPoint& point : recent_) {
    if (point.index >= *of.first && point.environment != of.id) return false;
    if (point.index >= std::min(*of.first, shift.first) && point.index < std::max(*of.first, shift.first)) ++between;
  }
  return recent_.front().index < *of.first && between <= environment_near;
}

void Replay::note_streak(const Judgement& judgement, double framed) {
  if (!several()) return;
  Environment& of = here();
  const double direction = framed > baseline_.current().centre ? 1 : -1;
  if (judgement.rule != Rule::beyond_band || direction != of.streak_direction) of.streak.clear();
  if (judgement.rule != Rule::beyond_band) return;
  of.streak_direction = direction;
  of.streak.push_back(index_);
  if (of.streak.size() > static_cast<std::size_t>(std::max(policy_.confirm_points, 1)) + 1)
    of.streak.erase(of.streak.begin());
}

const RecentPoint* Replay::find_recent(std::size_t index) const {
  const auto at = std::lower_bound(recent_.begin(), recent_.end(), index,
                                   [](const RecentPoint& point, std::size_t i) { return point.index < i; });
  return at == recent_.end() || at->index != index ? nullptr : &*at;
}

/// A new level of this environment alone: all its newest points are outside the band on one side, and the points of the
/// others in between are not.
std::optional<ConfirmedShift> Replay::confirmed_here_only() {
  if (!several()) return std::nullopt;
  const Environment& of = here();
  if (of.streak.size() <= static_cast<std::size_t>(std::max(policy_.confirm_points, 1))) return std::nullopt;
  bool interleaved = false;
  std::vector<double> values;
  for (const RecentPoint& point : recent_) {
    if (point.index < of.streak.front()) continue;
    if (point.environment != of.id) {
      if (!point.accepted) return std::nullopt;
      interleaved = true;
    } else {
      values.push_back(point.value);
    }
  }
  if (!interleaved || find_recent(of.streak.front()) == nullptr) return std::nullopt;
  const std::optional<double> level = significant_level(values, of.streak_direction);
  if (!level) return std::nullopt;
  return ConfirmedShift{of.streak.front(), baseline_.current().centre, *level};
}

/// The environment goes on at its new level, which is translated to that of the others.
void Replay::adopt_here_only(const ConfirmedShift& found) {
  Environment& of = here();
  ConfirmedShift shift = found;
  const std::optional<std::size_t> suspected = take_candidate(shift);
  if (!fix_episodes(shift, of.id)) {
    confirm_episode(shift, suspected, of.id);
  } else if (suspected) {
    dismiss_episode(*suspected, Ending::not_confirmed);
  }
  const Translation old = of.translation;
  of.translation.move(found.before, found.after);
  const auto moved = [&](double framed) { return of.translation.to_frame(old.from_frame(framed)); };
  for (const std::size_t episode : open_) {
    if (levels_[episode].only_in != of.id) continue;
    levels_[episode].before = moved(levels_[episode].before);
    levels_[episode].after = moved(levels_[episode].after);
  }
  for (RecentPoint& point : recent_) {
    if (point.environment != of.id || point.index < shift.first) continue;
    point.value = moved(point.value);
    if (!std::exchange(point.accepted, true)) {
      ++of.accepted;
      baseline_.accept(point.value);
    }
  }
  of.streak.clear();
}

}  // namespace perftrend::detect
