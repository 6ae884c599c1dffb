#include "server/triage/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "server/detect/run.h"

namespace perftrend::triage {
namespace {

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
  read.late_points = static_cast<std::int64_t>(episode.recognised_at - episode.first);
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
  read.late_points = static_cast<std::int64_t>(drift.last - drift.first);
  const std::size_t end = std::min(drift.first + drift_level_points, drift.last + 1);
  std::vector<double> beginning(trend.value.begin() + static_cast<std::ptrdiff_t>(drift.first),
                                trend.value.begin() + static_cast<std::ptrdiff_t>(end));
  std::sort(beginning.begin(), beginning.end());
  read.before = beginning[beginning.size() / 2];
  read.after = read.before + drift.effect * std::abs(read.before);
  read.explanation = fmt::format(
      "A slow drift of {:+.3g} % over {} points, from about {:.4g} to {:.4g} {} (p = {:.2g}): no single step explains "
      "it.",
      100 * drift.effect, drift.last - drift.first + 1, read.before, read.after, unit, drift.p_value);
  return read;
}

Steadiness read_steadiness(const store::TrendColumns& trend, const detect::History& history) {
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
    if (point.verdict != Verdict::ok || point.rule == detect::Rule::seen_before) break;
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
    observations.push_back({.value = trend.value[i],
                            .mad = trend.mad[i],
                            .samples = static_cast<int>(trend.samples[i]),
                            .suspect = trend.suspect[i] != 0,
                            .environment = trend.environment[i]});
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
      read.late_points = slot.late_points;
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

JudgedSeries judge_series(db::Connection& connection, const Policies& policies, std::string_view project,
                          store::RunSeries of, Id run) {
  JudgedSeries judged;
  judged.series = std::move(of);
  const store::RunSeries& series = judged.series;
  judged.policy = policies.find(project, series.key.metric, series.key.better);
  judged.alerting = policies.is_alerting(project, series.key.metric);
  const auto trend = store::read_trend(connection, series.key.id, judged_points);
  const auto history = judge(trend, judged.policy);
  judged.points = trend.value.size();
  judged.episodes = read_episodes(trend, history, judged.policy, series.key.unit);
  // With fewer points than are replayed at most, the series' own beginning is known.
  const bool whole = trend.value.size() < static_cast<std::size_t>(judged_points);
  judged.replayed_from_us = whole ? INT64_MIN : trend.at_us.front();
  judged.steadiness = read_steadiness(trend, history);
  const std::size_t from = trend.run.size() > recent_points ? trend.run.size() - recent_points : 0;
  for (std::size_t i = from; i < trend.run.size(); ++i) {
    if (detect::is_judged(history.points[i])) judged.recent.emplace_back(trend.run[i], history.points[i]);
  }
  const auto at = std::find(trend.run.begin(), trend.run.end(), run);
  if (at != trend.run.end()) {
    const auto index = static_cast<std::size_t>(at - trend.run.begin());
    judged.asked = history.points[index];
    judged.asked_value = trend.value[index];
    judged.asked_at_us = trend.at_us[index];
  }
  return judged;
}

}  // namespace perftrend::triage
