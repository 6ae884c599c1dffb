#include "server/triage/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/detect/run.h"
#include "core/stats/median.h"

namespace perftrend::triage {
namespace {

std::string_view reason_of(const detect::Episode& episode) {
  switch (episode.ending) {
    case detect::Ending::returned:
      return "returned";
    case detect::Ending::not_confirmed:
      return "not_confirmed";
    case detect::Ending::restarted:
      return "baseline_restarted";
    case detect::Ending::none:
      break;
  }
  return store::state_name(episode.state);
}

/// Whether the point was flagged in the episode's direction and no other level that stayed has it: a spike just before
/// the step, or a first point of it that was taken for one. Such a point is not good.
bool is_off(std::size_t point, const detect::Episode& episode, const detect::History& history) {
  if (history.points[point].verdict != (episode.worse ? Verdict::regressed : Verdict::improved)) return false;
  return std::none_of(history.episodes.begin(), history.episodes.end(), [&](const detect::Episode& other) {
    const bool stayed = other.state == FindingState::confirmed || other.state == FindingState::fixed;
    return stayed && other.first != episode.first && other.first <= point && point <= other.last;
  });
}

/// The newest point before the episode that is neither suspect nor off; nullopt: no such point.
std::optional<std::size_t> find_last_good(const detect::Episode& episode, const detect::History& history) {
  if (episode.last_good >= episode.first) return std::nullopt;
  for (std::size_t point = episode.last_good + 1; point-- > 0;) {
    if (history.points[point].verdict != Verdict::suspect && !is_off(point, episode, history)) return point;
  }
  return std::nullopt;
}

SeriesEpisode read_episode(const detect::Episode& episode, const points::TrendColumns& trend,
                           const detect::History& history, const detect::Policy& policy, std::string_view unit) {
  SeriesEpisode read;
  read.worse = episode.worse;
  read.state = episode.state;
  read.reason = reason_of(episode);
  if (episode.kind == detect::EpisodeKind::environment) {
    read.kind = store::FindingKind::environment;
    if (episode.ending == detect::Ending::none) {
      read.state = FindingState::noted;
      read.reason = "environment_changed";
    }
  }
  read.first_run = trend.run[episode.first];
  read.first_at_us = trend.at_us[episode.first];
  read.last_at_us = trend.at_us[std::max({episode.last, episode.recognised_at})];
  read.recognised_runs = {trend.run[episode.recognised_at]};
  read.decided_run = trend.run[episode.decided_at];
  read.detection_delay_points = static_cast<std::int64_t>(episode.recognised_at - episode.first);
  const auto last_good = find_last_good(episode, history);
  if (last_good) read.last_good = trend.run[*last_good];
  read.last_good_at_us = trend.at_us[last_good.value_or(episode.last_good)];
  read.before = episode.before;
  read.after = episode.after;
  read.explanation =
      detect::explain(history.points[episode.recognised_at], policy, trend.value[episode.recognised_at], unit);
  if (read.kind == store::FindingKind::environment)
    read.explanation = detect::explain_environment(episode.before, episode.after, unit);
  return read;
}

/// Points at the beginning of a drift whose median is its first level.
constexpr std::size_t drift_level_points = 5;

SeriesEpisode read_drift(const detect::Drift& drift, const points::TrendColumns& trend, std::string_view unit) {
  SeriesEpisode read;
  read.kind = store::FindingKind::drift;
  read.worse = drift.worse;
  read.state = FindingState::confirmed;
  read.reason = "trend";
  read.first_run = trend.run[drift.first];
  read.first_at_us = trend.at_us[drift.first];
  read.last_at_us = trend.at_us[drift.last];
  read.recognised_runs = {trend.run[drift.last]};
  read.decided_run = trend.run[drift.last];
  read.detection_delay_points = static_cast<std::int64_t>(drift.last - drift.first);
  const std::size_t end = std::min(drift.first + drift_level_points, drift.last + 1);
  read.before = stats::median(std::span(trend.value).subspan(drift.first, end - drift.first));
  read.after = read.before + drift.effect * std::abs(read.before);
  read.explanation = fmt::format(
      "Slow drift of {:+.3g} % over {} points: from about {:.4g} {} to {:.4g} {}, without a single step that explains "
      "it "
      "(p = {:.2g}).",
      100 * drift.effect, drift.last - drift.first + 1, read.before, unit, read.after, unit, drift.p_value);
  return read;
}

Steadiness read_steadiness(const points::TrendColumns& trend, const detect::History& history, bool clean_runs) {
  Steadiness steadiness;
  const std::size_t size = trend.value.size();
  for (std::size_t i = size; i-- > 0;) {
    const auto& point = history.points[i];
    if (point.verdict == Verdict::suspect) continue;
    if (steadiness.clean_runs.empty() && steadiness.window_points == 0) {
      steadiness.window_points = point.window_points;
      steadiness.centre = point.centre;
      steadiness.spread = point.spread;
      steadiness.minimum_detectable_effect = point.minimum_detectable_effect;
    }
    if (!clean_runs || point.verdict != Verdict::ok || point.rule == detect::Rule::seen_before) break;
    steadiness.clean_runs.push_back(trend.run[i]);
  }
  for (const auto& episode : history.episodes) {
    if (episode.kind != detect::EpisodeKind::level || episode.ending != detect::Ending::not_confirmed ||
        episode.first + steadiness_points < size)
      continue;
    ++steadiness.withdrawn;
    steadiness.withdrawn_at_us.push_back(trend.at_us[episode.first]);
    steadiness.withdrawn_lately = steadiness.withdrawn_lately || episode.first + recent_points >= size;
  }
  for (std::size_t i = size > steadiness_points ? size - steadiness_points : 0; i < size; ++i) {
    const auto verdict = history.points[i].verdict;
    if (verdict == Verdict::regressed || verdict == Verdict::improved) ++steadiness.flagged;
  }
  return steadiness;
}

}  // namespace

detect::Observation observation(const points::TrendColumns& trend, std::size_t i) {
  detect::Observation observed = {.value = trend.value[i],
                                  .mad = trend.mad[i],
                                  .samples = static_cast<int>(trend.samples[i]),
                                  .suspect = trend.suspect[i] != 0,
                                  .environment = trend.environment[i],
                                  .restart = trend.restart[i] != 0};
  if (const auto shift = trend.shifts.find(observed.environment); shift != trend.shifts.end())
    observed.shift = shift->second;
  return observed;
}

detect::History judge(const points::TrendColumns& trend, const detect::Policy& policy) {
  std::vector<detect::Observation> observations;
  observations.reserve(trend.value.size());
  for (std::size_t i = 0; i < trend.value.size(); ++i) {
    observations.push_back(observation(trend, i));
  }
  return detect::judge_history(observations, policy);
}

std::vector<SeriesEpisode> read_episodes(const points::TrendColumns& trend, const detect::History& history,
                                         const detect::Policy& policy, std::string_view unit) {
  // A stretch that was closed and recognised again has two episodes with the same beginning: the later one counts,
  // with the recognition of the first.
  std::map<std::tuple<std::size_t, bool, detect::EpisodeKind>, SeriesEpisode> merged;
  for (const auto& episode : history.episodes) {
    auto read = read_episode(episode, trend, history, policy, unit);
    auto& slot = merged[{episode.first, episode.worse, episode.kind}];
    if (!slot.recognised_runs.empty()) {
      read.detection_delay_points = slot.detection_delay_points;
      read.recognised_runs.insert(read.recognised_runs.begin(), slot.recognised_runs.begin(),
                                  slot.recognised_runs.end());
    }
    slot = std::move(read);
  }
  std::vector<SeriesEpisode> episodes;
  episodes.reserve(merged.size() + 1);
  for (auto& [key, episode] : merged)
    episodes.push_back(std::move(episode));
  if (history.drift) episodes.push_back(read_drift(*history.drift, trend, unit));
  return episodes;
}

namespace {

using points::SeriesHistory;
using points::TrendColumns;

/// Puts the point where it belongs in time, after points of the same time.
void insert(TrendColumns& trend, const AddedPoint& added) {
  const auto at = std::upper_bound(trend.at_us.begin(), trend.at_us.end(), added.at_us) - trend.at_us.begin();
  // A restart is at the first point of its run.
  const bool restart = added.restart && std::find(trend.run.begin(), trend.run.end(), added.run) == trend.run.end();
  const auto put = [&](auto& column, auto value) { column.insert(column.begin() + at, value); };
  put(trend.at_us, added.at_us);
  put(trend.run, added.run);
  put(trend.value, added.value.median);
  put(trend.min, added.value.minimum);
  put(trend.mad, added.value.mad);
  put(trend.samples, added.value.samples);
  put(trend.environment, added.environment);
  put(trend.suspect, static_cast<char>(added.suspect ? 1 : 0));
  put(trend.restart, static_cast<char>(restart ? 1 : 0));
  trend.shifts[added.environment] = added.shift;
}

void drop_first(TrendColumns& trend) {
  const auto drop = [](auto& column) { column.erase(column.begin()); };
  drop(trend.at_us);
  drop(trend.run);
  drop(trend.value);
  drop(trend.min);
  drop(trend.mad);
  drop(trend.samples);
  drop(trend.environment);
  drop(trend.suspect);
  drop(trend.restart);
}

/// Reads and replays the series; `added`, where given, is one of its points and not stored yet.
SeriesHistory replay(db::Connection& connection, const store::RunSeries& series, const detect::Policy& policy,
                     const AddedPoint* added) {
  const auto window = judged_window(series.points);
  SeriesHistory read{{}, detect::GrowingHistory(policy), series.points};
  const bool has_stored = series.points > (added != nullptr ? 1 : 0);
  if (has_stored) read.trend = points::read_trend(connection, series.key.id, window);
  read.trend.commit = {};
  if (added != nullptr) {
    insert(read.trend, *added);
    if (static_cast<std::int64_t>(read.trend.value.size()) > window) drop_first(read.trend);
  }
  for (std::size_t i = 0; i < read.trend.value.size(); ++i)
    read.history.append(observation(read.trend, i));
  return read;
}

/// The point follows all that is known, and nothing else has changed.
bool grows_by(const SeriesHistory& known, const store::RunSeries& series, const detect::Policy& policy,
              const AddedPoint& added) {
  const auto& trend = known.trend;
  const bool newest = trend.at_us.empty() || trend.at_us.back() <= added.at_us;
  return newest && known.total + 1 == series.points && known.history.policy() == policy &&
         static_cast<std::int64_t>(trend.value.size()) + 1 == judged_window(series.points);
}

/// The newest point changes no record and its finding names no episode: all episodes were closed before it.
bool is_settled(const detect::History& history) {
  if (!history.points.empty() && history.points.back().rule == detect::Rule::environment_changed) return false;
  return !history.drift && std::all_of(history.episodes.begin(), history.episodes.end(), [&](const auto& episode) {
    const bool is_undecided = episode.state == FindingState::suspected || episode.kind == detect::EpisodeKind::level;
    const bool is_changeable = store::is_unresolved(episode.state) && is_undecided;
    return !is_changeable && episode.decided_at + 1 < history.points.size();
  });
}

JudgedSeries conclude(const Policies& policies, std::string_view project, store::RunSeries series, SeriesHistory& known,
                      Id run, const JudgeOptions& options) {
  JudgedSeries judged;
  judged.series = std::move(series);
  judged.policy = known.history.policy();
  const auto& key = judged.series.key;
  judged.alerting = policies.is_alerting(project, key.metric);
  const auto& trend = known.trend;
  const auto& history = known.history.history();
  judged.points = trend.value.size();
  if (options.past_episodes || !is_settled(history))
    judged.episodes = read_episodes(trend, history, judged.policy, key.unit);
  const bool whole = static_cast<std::int64_t>(trend.value.size()) >= known.total;
  judged.replayed_from_us = whole || trend.at_us.empty() ? INT64_MIN : trend.at_us.front();
  judged.steadiness = read_steadiness(trend, history, options.clean_runs);
  const std::size_t from = trend.run.size() > recent_points ? trend.run.size() - recent_points : 0;
  judged.recent.reserve(trend.run.size() - from);
  for (std::size_t i = from; i < trend.run.size(); ++i) {
    if (detect::is_judged(history.points[i])) judged.recent.emplace_back(trend.run[i], history.points[i]);
  }
  const auto at = std::find(trend.run.rbegin(), trend.run.rend(), run);
  if (at != trend.run.rend()) {
    const auto index = static_cast<std::size_t>(trend.run.rend() - at) - 1;
    judged.requested = history.points[index];
    judged.requested_value = trend.value[index];
    judged.requested_at_us = trend.at_us[index];
  }
  return judged;
}

}  // namespace

JudgedSeries judge_series(db::Connection& connection, const Policies& policies, std::string_view project,
                          const store::RunSeries& series, Id run) {
  auto known = replay(connection, series, policies.find(project, series.key.metric, series.key.unit, series.key.better),
                      nullptr);
  return conclude(policies, project, series, known, run, {});
}

JudgedSeries judge_known_series(db::Connection& connection, const Policies& policies, std::string_view project,
                                const store::RunSeries& series, Id run, points::ProjectState& state) {
  const auto policy = policies.find(project, series.key.metric, series.key.unit, series.key.better);
  auto* known = state.find(series.key.id);
  if (known != nullptr && known->total == series.points && known->history.policy() == policy)
    return conclude(policies, project, series, *known, run, {});
  auto replayed = replay(connection, series, policy, nullptr);
  auto judged = conclude(policies, project, series, replayed, run, {});
  state.save(series.key.id, std::move(replayed));
  return judged;
}

JudgedSeries judge_series_with(db::Connection& connection, const Policies& policies, std::string_view project,
                               store::RunSeries series, const AddedPoint& added, points::ProjectState& state,
                               const JudgeOptions& options) {
  const auto policy = policies.find(project, series.key.metric, series.key.unit, series.key.better);
  auto* known = state.find(series.key.id);
  if (known != nullptr && grows_by(*known, series, policy, added)) {
    insert(known->trend, added);
    known->history.append(observation(known->trend, known->trend.value.size() - 1));
    ++known->total;
    return conclude(policies, project, std::move(series), *known, added.run, options);
  }
  auto replayed = replay(connection, series, policy, &added);
  const Id id = series.key.id;
  auto judged = conclude(policies, project, std::move(series), replayed, added.run, {true, options.clean_runs});
  state.save(id, std::move(replayed));
  return judged;
}

namespace {

/// By how many times the newest points of the base differ from its baseline, where it flags them as `verdict`; nullopt
/// where its newest point is not flagged so. It does not depend on the environment. `count` points of `base` are
/// judged.
std::optional<double> find_flagged_ratio(const TrendColumns& base, std::size_t count, const detect::History& history,
                                         Verdict verdict) {
  std::vector<double> ratios;
  for (std::size_t i = std::min(count, history.points.size()); i-- > 0 && ratios.size() < recent_points;) {
    const auto& judged = history.points[i];
    if (judged.verdict == Verdict::suspect) continue;
    if (judged.verdict != verdict || judged.centre == 0) break;
    ratios.push_back(base.value[i] / judged.centre);
  }
  if (ratios.empty()) return std::nullopt;
  const double ratio = stats::median(ratios);
  return ratio > 0 ? std::optional(ratio) : std::nullopt;
}

/// `history` has the first `count` points of `base`.
BranchJudgement judge_on_branch(detect::GrowingHistory& history, const TrendColumns& base, std::size_t count,
                                const detect::Observation& point) {
  auto judged = history.judge_next(point);
  if (judged.verdict != Verdict::regressed && judged.verdict != Verdict::improved) return {judged};
  const auto ratio = find_flagged_ratio(base, count, history.history(), judged.verdict);
  if (!ratio) return {judged};
  auto framed = point;
  framed.value /= *ratio;
  framed.mad /= *ratio;
  auto again = history.judge_next(framed);
  // On the other side of that level: the points of the base may be outliers.
  if (again.verdict != judged.verdict && again.verdict != Verdict::ok) return {judged};
  for (double* const value : {&again.centre, &again.spread, &again.low, &again.high})
    *value *= *ratio;
  return {again, true};
}

}  // namespace

std::vector<BranchJudgement> judge_against(const points::TrendColumns& base, const detect::Policy& policy,
                                           std::span<const BranchPoint> points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto place = [&](std::size_t i) { return std::pair(points[i].end.at_us, points[i].end.run); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
  std::vector<BranchJudgement> judged(points.size());
  detect::GrowingHistory history(policy);
  std::size_t next = 0;
  for (const std::size_t i : order) {
    while (next < base.value.size() && std::pair(base.at_us[next], base.run[next]) <= place(i))
      history.append(observation(base, next++));
    judged[i] = judge_on_branch(history, base, next, points[i].point);
  }
  return judged;
}

BranchJudgement judge_against(db::Connection& connection, const store::RunSeries& base, const detect::Policy& policy,
                              const BranchPoint& point, points::ProjectState& state) {
  const Id id = base.key.id;
  auto* known = state.find(id);
  std::optional<SeriesHistory> replayed;
  if (known == nullptr || known->total != base.points || !(known->history.policy() == policy)) {
    replayed = replay(connection, base, policy, nullptr);
    known = &*replayed;
  }
  const auto& trend = known->trend;
  const bool is_whole = trend.at_us.empty() ||
                        std::pair(trend.at_us.back(), trend.run.back()) <= std::pair(point.end.at_us, point.end.run);
  const auto judged = is_whole ? judge_on_branch(known->history, trend, trend.value.size(), point.point)
                               : judge_against(trend, policy, std::span(&point, 1)).front();
  if (replayed) state.save(id, std::move(*replayed));
  return judged;
}

}  // namespace perftrend::triage
