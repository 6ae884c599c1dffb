#include "server/triage/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/detect/run.h"
#include "core/stats/median.h"

namespace perftrend::triage {
namespace {

detect::Observation observation(const store::TrendColumns& trend, std::size_t i) {
  return {.value = trend.value[i],
          .mad = trend.mad[i],
          .samples = static_cast<int>(trend.samples[i]),
          .suspect = trend.suspect[i] != 0,
          .environment = trend.environment[i]};
}

std::string_view reason_of(const detect::Episode& episode) {
  switch (episode.ending) {
    case detect::Ending::returned:
      return "returned";
    case detect::Ending::not_confirmed:
      return "not_confirmed";
    case detect::Ending::environment_changed:
      return "environment_changed";
    case detect::Ending::none:
      break;
  }
  return store::state_name(episode.state);
}

SeriesEpisode read_episode(const detect::Episode& episode, const store::TrendColumns& trend,
                           const detect::History& history, const detect::Policy& policy, std::string_view unit) {
  SeriesEpisode read;
  read.worse = episode.worse;
  read.state = episode.state;
  read.reason = reason_of(episode);
  read.first_run = trend.run[episode.first];
  read.first_at_us = trend.at_us[episode.first];
  read.last_at_us = trend.at_us[std::max({episode.last, episode.recognised_at})];
  read.recognised_runs = {trend.run[episode.recognised_at]};
  read.detection_delay_points = static_cast<std::int64_t>(episode.recognised_at - episode.first);
  if (episode.last_good < episode.first) read.last_good = trend.run[episode.last_good];
  read.last_good_at_us = trend.at_us[episode.last_good];
  read.before = episode.before;
  read.after = episode.after;
  read.explanation =
      detect::explain(history.points[episode.recognised_at], policy, trend.value[episode.recognised_at], unit);
  return read;
}

/// Points at the beginning of a drift whose median is its first level.
constexpr std::size_t drift_level_points = 5;

SeriesEpisode read_drift(const detect::Drift& drift, const store::TrendColumns& trend, std::string_view unit) {
  SeriesEpisode read;
  read.kind = store::FindingKind::drift;
  read.worse = drift.worse;
  read.state = FindingState::confirmed;
  read.reason = "trend";
  read.first_run = trend.run[drift.first];
  read.first_at_us = trend.at_us[drift.first];
  read.last_at_us = trend.at_us[drift.last];
  read.recognised_runs = {trend.run[drift.last]};
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

Steadiness read_steadiness(const store::TrendColumns& trend, const detect::History& history, bool clean_runs) {
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
    if (episode.ending != detect::Ending::not_confirmed || episode.first + steadiness_points < size) continue;
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

detect::History judge(const store::TrendColumns& trend, const detect::Policy& policy) {
  std::vector<detect::Observation> observations;
  observations.reserve(trend.value.size());
  for (std::size_t i = 0; i < trend.value.size(); ++i) {
    observations.push_back(observation(trend, i));
  }
  return detect::judge_history(observations, policy);
}

std::vector<SeriesEpisode> read_episodes(const store::TrendColumns& trend, const detect::History& history,
                                         const detect::Policy& policy, std::string_view unit) {
  // A stretch that was dismissed and taken up again has two episodes with one beginning; the later one tells, and it
  // was raised when the first one was.
  std::map<std::pair<std::size_t, bool>, SeriesEpisode> merged;
  for (const auto& episode : history.episodes) {
    auto read = read_episode(episode, trend, history, policy, unit);
    auto& slot = merged[{episode.first, episode.worse}];
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

KeptSeries read_series(db::Connection& connection, const store::RunSeries& series, const detect::Policy& policy) {
  KeptSeries read{store::read_trend(connection, series.key.id, judged_window(series.points)),
                  detect::GrowingHistory(policy), series.points};
  read.trend.commit = {};
  for (std::size_t i = 0; i < read.trend.value.size(); ++i)
    read.history.append(observation(read.trend, i));
  return read;
}

void append(KeptSeries& kept, const NewPoint& added) {
  kept.trend.at_us.push_back(added.at_us);
  kept.trend.run.push_back(added.run);
  kept.trend.value.push_back(added.point.value);
  kept.trend.min.push_back(added.point.min);
  kept.trend.mad.push_back(added.point.mad);
  kept.trend.samples.push_back(added.point.samples);
  kept.trend.environment.push_back(added.environment);
  kept.trend.suspect.push_back(added.suspect ? 1 : 0);
  kept.history.append(observation(kept.trend, kept.trend.value.size() - 1));
  ++kept.total;
}

/// The point stands behind all that is known, and nothing else has changed.
bool grows_by(const KeptSeries& kept, const store::RunSeries& series, const detect::Policy& policy,
              const NewPoint& added) {
  const auto& trend = kept.trend;
  const bool newest =
      trend.run.empty() || std::pair(trend.at_us.back(), trend.run.back()) < std::pair(added.at_us, added.run);
  return newest && kept.total + 1 == series.points && kept.history.policy() == policy &&
         static_cast<std::int64_t>(trend.value.size()) + 1 == judged_window(series.points);
}

/// The newest point changed nothing that is kept in the lives of regressions: the episodes before it are all over, and
/// were so without it.
bool is_settled(const detect::History& history) {
  return !history.drift && std::all_of(history.episodes.begin(), history.episodes.end(), [&](const auto& episode) {
    return !store::is_open(episode.state) && episode.decided_at + 1 < history.points.size();
  });
}

JudgedSeries conclude(const Policies& policies, std::string_view project, const store::RunSeries& series,
                      KeptSeries& known, Id run, const JudgeOptions& needed = {}) {
  JudgedSeries judged;
  judged.series = series;
  judged.policy = known.history.policy();
  judged.alerting = policies.is_alerting(project, series.key.metric);
  const auto& trend = known.trend;
  const auto& history = known.history.history();
  judged.points = trend.value.size();
  if (needed.past_episodes || !is_settled(history))
    judged.episodes = read_episodes(trend, history, judged.policy, series.key.unit);
  const bool whole = static_cast<std::int64_t>(trend.value.size()) >= known.total;
  judged.replayed_from_us = whole || trend.at_us.empty() ? INT64_MIN : trend.at_us.front();
  judged.steadiness = read_steadiness(trend, history, needed.clean_runs);
  const std::size_t from = trend.run.size() > recent_points ? trend.run.size() - recent_points : 0;
  judged.recent.reserve(trend.run.size() - from);
  for (std::size_t i = from; i < trend.run.size(); ++i) {
    if (detect::is_judged(history.points[i])) judged.recent.emplace_back(trend.run[i], history.points[i]);
  }
  const auto at = std::find(trend.run.rbegin(), trend.run.rend(), run);
  if (at != trend.run.rend()) {
    const auto index = static_cast<std::size_t>(trend.run.rend() - at) - 1;
    judged.asked = history.points[index];
    judged.asked_value = trend.value[index];
    judged.asked_at_us = trend.at_us[index];
  }
  return judged;
}

}  // namespace

JudgedSeries judge_series(db::Connection& connection, const Policies& policies, std::string_view project,
                          const store::RunSeries& series, Id run) {
  auto read = read_series(connection, series, policies.find(project, series.key.metric, series.key.better));
  return conclude(policies, project, series, read, run);
}

JudgedSeries judge_grown_series(db::Connection& connection, const Policies& policies, std::string_view project,
                                const store::RunSeries& series, const NewPoint& added, ProjectHistories& kept,
                                const JudgeOptions& needed) {
  const auto policy = policies.find(project, series.key.metric, series.key.better);
  const auto at = kept.series.find(series.key.id);
  if (at != kept.series.end()) {
    kept.bytes -= at->second.bytes();
    const bool grows = grows_by(at->second, series, policy, added);
    if (grows) {
      append(at->second, added);
    } else {
      at->second = read_series(connection, series, policy);
    }
    kept.bytes += at->second.bytes();
    return conclude(policies, project, series, at->second, added.run,
                    {needed.past_episodes || !grows, needed.clean_runs});
  }
  KeptSeries known{{}, detect::GrowingHistory(policy), 0};
  if (series.points == 1) {
    append(known, added);
  } else {
    known = read_series(connection, series, policy);
  }
  auto judged = conclude(policies, project, series, known, added.run);
  const std::size_t bytes = known.bytes();
  if (series.points >= kept_points_min && kept.bytes + kept.directory.bytes() + bytes <= kept.bytes_max) {
    kept.bytes += bytes;
    kept.series.emplace(series.key.id, std::move(known));
  }
  return judged;
}

}  // namespace perftrend::triage
