#include "server/triage/judged_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/store/policies.h"
#include "server/store/regressions.h"
#include "server/store/run_rows.h"
#include "server/triage/project_policies.h"

namespace perftrend::triage {
namespace {

store::RunSeries series_of(const RunPoints& points, const store::ResolvedPoint& point) {
  const auto& metric_value = points.run.metrics[point.metric];
  const auto& where = points.run.coordinates;
  return {{point.series, metric_value.key, metric_value.metric, metric_value.unit, where.testbed, where.branch,
           point.better},
          point.case_id,
          point.points};
}

}  // namespace

JudgeBasis read_basis(db::Connection& connection, Id project) {
  const auto policy = store::newest_policy(connection, project);
  return {policy ? policy->version : 0, store::quarantined_cases(connection, project),
          store::list_series_with_open_record(connection, project)};
}

/// No episode, no open record, no quarantine, and no run flagged it.
bool JudgedRun::is_quiet(const JudgedSeries& each) const {
  const auto is_ok = [](const detect::JudgedInRun& j) { return !detect::is_judged(j) || j.verdict == Verdict::ok; };
  return each.episodes.empty() && each.steadiness.withdrawn == 0 &&
         !basis.quarantined.all.contains(each.series.case_id) && !basis.with_open_record.contains(each.series.key.id) &&
         (!each.requested || is_ok(*each.requested)) &&
         std::all_of(each.recent.begin(), each.recent.end(), [&](const auto& of_run) { return is_ok(of_run.second); });
}

void JudgedRun::add(JudgedSeries each) {
  if (!is_quiet(each)) return series.push_back(std::move(each));
  if (each.requested && detect::is_judged(*each.requested)) quiet_requested.push_back(each.requested->p_value);
  for (const auto& [run, judgement] : each.recent)
    quiet_recent[run].push_back(judgement.p_value);
}

JudgedRun judge_stored(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name,
                       const std::vector<store::RunSeries>& series, Id run) {
  JudgedRun judged;
  judged.basis = read_basis(connection, project);
  judged.basis.policy_version = policies.version();  // which may be a proposed one
  for (const auto& each : series)
    judged.add(judge_series(connection, policies, project_name, each, run));
  return judged;
}

JudgedRun judge_new(db::Connection& connection, const Policies& file, const RunPoints& points,
                    points::ProjectState& state) {
  const auto& [run, resolved] = points;
  const auto policies = policies_of(connection, file, resolved.project.id);
  JudgedRun judged;
  judged.basis = read_basis(connection, resolved.project.id);
  const Id environment = resolved.environment != 0 ? resolved.environment : pending_id;
  for (std::size_t i = 0; i < resolved.points.size(); ++i) {
    const auto& point = resolved.points[i];
    const auto value = store::point_of(point.series, run.metrics[point.metric]).point.value;
    const AddedPoint added = {value, run.at_us, environment, !run.coordinates.suspect.empty()};
    const JudgeOptions options = {judged.basis.with_open_record.contains(point.series),
                                  judged.basis.quarantined.all.contains(point.case_id)};
    auto series = judge_series_with(connection, policies, run.project, series_of(points, point), added, state, options);
    series.point = i;
    judged.add(std::move(series));
  }
  return judged;
}

void set_ids(JudgedRun& judged, const store::ResolvedRun& resolved, Id run) {
  const auto set = [run](Id& id) {
    if (id == pending_id) id = run;
  };
  for (auto& each : judged.series) {
    const auto& point = resolved.points[each.point];
    each.series.key.id = point.series;
    each.series.case_id = point.case_id;
    for (auto& [of_run, judgement] : each.recent)
      set(of_run);
    for (auto& episode : each.episodes) {
      set(episode.first_run);
      if (episode.last_good) set(*episode.last_good);
      for (Id& recognised : episode.recognised_runs)
        set(recognised);
    }
    for (Id& clean : each.steadiness.clean_runs)
      set(clean);
  }
  if (auto quiet = judged.quiet_recent.extract(pending_id); !quiet.empty()) {
    quiet.key() = run;
    judged.quiet_recent.insert(std::move(quiet));
  }
}

void set_ids(points::ProjectState& state, const store::ResolvedRun& resolved, Id run, bool was_new) {
  if (was_new) return state.forget_histories();  // they have replayed pending_id as their environment
  for (const auto& point : resolved.points) {
    auto* const history = state.find(point.series);
    if (history == nullptr) continue;
    auto& runs = history->trend.run;
    const auto pending = std::find(runs.rbegin(), runs.rend(), pending_id);
    if (pending != runs.rend()) *pending = run;
  }
}

}  // namespace perftrend::triage
