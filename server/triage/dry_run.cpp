#include "server/triage/dry_run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/points/points.h"
#include "server/triage/judge.h"
#include "server/triage/lane_states.h"

namespace perftrend::triage {
namespace {

/// Two beginnings within this many points are the same step, which another window sees a little earlier or later.
constexpr std::size_t same_within_points = 5;

struct ReportedStep {
  std::size_t first = 0;
  bool worse = true;
  const detect::Episode* episode = nullptr;
};

/// What began at or after `since`, an index.
std::vector<ReportedStep> reported_steps(const detect::History& history, std::size_t since) {
  std::vector<ReportedStep> steps;
  for (const auto& episode : history.episodes) {
    if (episode.first < since || episode.kind == detect::EpisodeKind::environment) continue;
    const bool reported = episode.state == FindingState::confirmed || episode.state == FindingState::fixed ||
                          episode.ending == detect::Ending::restarted;
    if (reported) steps.push_back({episode.first, episode.worse, &episode});
  }
  return steps;
}

void count(const detect::History& history, bool alerting, std::size_t since, Tally& tally) {
  for (const auto& step : reported_steps(history, since)) {
    ++(step.worse ? tally.regressions : tally.improvements);
    if (!alerting) ++tally.informational;
  }
  for (const auto& episode : history.episodes) {
    if (episode.first < since || episode.kind == detect::EpisodeKind::environment) continue;
    if (episode.state == FindingState::suspected) ++tally.suspected;
    if (episode.ending == detect::Ending::not_confirmed) ++tally.withdrawn;
  }
}

bool has(const std::vector<ReportedStep>& steps, const ReportedStep& wanted) {
  return std::any_of(steps.begin(), steps.end(), [&](const ReportedStep& step) {
    return step.worse == wanted.worse && step.first <= wanted.first + same_within_points &&
           wanted.first <= step.first + same_within_points;
  });
}

/// Adds those of `steps` from index `since` on that are missing in `from`.
void add_missing(const std::vector<ReportedStep>& steps, const std::vector<ReportedStep>& from, std::size_t since,
                 const store::SeriesKey& series, const points::TrendColumns& trend, std::vector<DryRunFinding>& to) {
  for (const auto& step : steps) {
    if (step.first < since || has(from, step)) continue;
    to.push_back({series, step.worse, trend.run[step.first], trend.at_us[step.first], step.episode->state,
                  step.episode->before, step.episode->after});
  }
}

void keep_newest(std::vector<DryRunFinding>& findings) {
  std::sort(findings.begin(), findings.end(),
            [](const DryRunFinding& a, const DryRunFinding& b) { return a.first_at_us > b.first_at_us; });
  if (findings.size() > dry_run_listed_max) findings.resize(dry_run_listed_max);
}

}  // namespace

DryRun dry_run(db::Connection& connection, const Policies& present, const Policies& proposed, Id project,
               std::string_view project_name, std::int64_t since_us) {
  DryRun result;
  const auto long_lived = find_long_lived(connection, present, project, project_name);
  for (const auto& [series, case_id, total] : store::list_series_keys(connection, project, 0, 0, INT32_MAX)) {
    if (long_lived.is_short_lived(series.branch)) continue;  // it has no records
    if (result.points >= dry_run_points_max) {
      ++result.series_left_off;
      continue;
    }
    const auto trend = points::read_trend(connection, series.id, judged_window(total));
    ++result.series;
    result.points += static_cast<std::int64_t>(trend.value.size());
    const auto since = static_cast<std::size_t>(std::lower_bound(trend.at_us.begin(), trend.at_us.end(), since_us) -
                                                trend.at_us.begin());
    const auto now = judge(trend, present.find(project_name, series.metric, series.unit, series.better));
    const auto then = judge(trend, proposed.find(project_name, series.metric, series.unit, series.better));
    const bool now_alerts = present.is_alerting(project_name, series.metric);
    const bool then_alerts = proposed.is_alerting(project_name, series.metric);
    count(now, now_alerts, since, result.present);
    count(then, then_alerts, since, result.proposed);
    // A beginning just before `since` under one policy and just after it under the other is one beginning.
    const auto reported_now = now_alerts ? reported_steps(now, 0) : std::vector<ReportedStep>();
    const auto reported_then = then_alerts ? reported_steps(then, 0) : std::vector<ReportedStep>();
    add_missing(reported_then, reported_now, since, series, trend, result.more);
    add_missing(reported_now, reported_then, since, series, trend, result.less);
  }
  keep_newest(result.more);
  keep_newest(result.less);
  return result;
}

}  // namespace perftrend::triage
