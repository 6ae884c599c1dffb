#include "server/triage/judged_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "server/store/policies.h"
#include "server/store/regressions.h"
#include "server/store/run_parts.h"
#include "server/store/run_rows.h"
#include "server/triage/environment_shifts.h"
#include "server/triage/project_policies.h"

namespace perftrend::triage {
namespace {

store::RunSeries series_of(const RunPoints& points, const store::ResolvedPoint& point) {
  const auto& metric_value = points.run.metrics[point.metric];
  const auto& where = points.run.coordinates;
  const std::string unit = point.other_unit.empty() ? std::string(metric_value.unit) : point.other_unit;
  return {{point.series, metric_value.key, metric_value.metric, unit, where.testbed, where.branch, point.better,
           where.purpose},
          point.case_id,
          point.points};
}

}  // namespace

bool is_finding(const detect::Judgement& judgement) {
  return judgement.verdict == Verdict::regressed || judgement.verdict == Verdict::improved ||
         judgement.rule == detect::Rule::environment_changed;
}

JudgeBasis read_basis(db::Connection& connection, Id project) {
  const auto policy = store::newest_policy(connection, project);
  return {policy ? policy->version : 0, store::quarantined_cases(connection, project),
          store::list_series_with_unresolved_record(connection, project),
          store::find_default_branch(connection, project).name};
}

/// No episode, no unresolved record, no quarantine, and no run flagged it.
bool JudgedRun::is_quiet(const JudgedSeries& each) const {
  const auto is_ok = [](const detect::JudgedInRun& j) { return !detect::is_judged(j) || j.verdict == Verdict::ok; };
  return each.episodes.empty() && each.steadiness.withdrawn == 0 &&
         !basis.quarantined.all.contains(each.series.case_id) &&
         !basis.with_unresolved_record.contains(each.series.key.id) &&
         (!each.requested || !is_finding(*each.requested)) &&
         std::all_of(each.recent.begin(), each.recent.end(), [&](const auto& of_run) { return is_ok(of_run.second); });
}

void JudgedRun::add(JudgedSeries each) {
  if (!is_quiet(each)) {
    if (each.requested && is_finding(*each.requested)) {
      each.explanation = detect::explain(*each.requested, each.policy, each.requested_value, each.series.key.unit);
    }
    return series.push_back(std::move(each));
  }
  if (each.requested && detect::is_judged(*each.requested)) quiet_requested.push_back(each.requested->p_value);
  for (const auto& [run, judgement] : each.recent)
    quiet_recent[run].push_back(judgement.p_value);
}

void JudgedRun::add(JudgedRun part) {
  std::move(part.series.begin(), part.series.end(), std::back_inserter(series));
  quiet_requested.insert(quiet_requested.end(), part.quiet_requested.begin(), part.quiet_requested.end());
  for (auto& [run, p_values] : part.quiet_recent) {
    auto& all = quiet_recent[run];
    all.insert(all.end(), p_values.begin(), p_values.end());
  }
}

namespace {

/// Adds a series of a branch, judged against its base; nullopt where the base does not have it.
void add_on_branch(JudgedRun& judged, JudgedSeries each, const std::optional<BranchJudgement>& judgement,
                   BranchCounts& counts) {
  ++counts.series;
  if (!judgement) {
    ++counts.without_base;
    return;
  }
  if (judgement->judgement.verdict == Verdict::too_few) ++counts.learning;
  if (judgement->by_flagged_level) ++counts.by_flagged_level;
  each.requested = judgement->judgement;
  judged.add(std::move(each));
}

/// Judges a point against the stored points of the base, in the unit of the branch; nullopt, and counted, where the
/// base measures another quantity.
std::optional<BranchJudgement> judge_against_stored(db::Connection& connection, const store::RunSeries& base,
                                                    const JudgedSeries& each, const BranchPoint& point,
                                                    BranchCounts& counts) {
  const auto& key = each.series.key;
  const auto factor = factor_from_base(base.key.unit, key.unit);
  if (!factor) {
    ++counts.other_quantity;
    counts.example =
        fmt::format("{} of {} in '{}' there and '{}' here", key.metric, key.key.name, base.key.unit, key.unit);
    return std::nullopt;
  }
  auto past = points::read_trend(connection, base.key.id, judged_window(base.points));
  rescale(past, *factor);
  return judge_against(past, each.policy, std::span(&point, 1)).front();
}

void judge_stored_on_branch(db::Connection& connection, const Policies& policies, std::string_view project_name,
                            const std::vector<store::RunSeries>& series, const BranchRun& run, JudgedRun& judged) {
  BranchCounts counts;
  int minimum_points = 0;
  for (const auto& of_run : series) {
    JudgedSeries each;
    each.series = of_run;
    each.policy = policies.find(project_name, of_run.key.metric, of_run.key.unit, of_run.key.better);
    each.alerting = policies.is_alerting(project_name, of_run.key.metric);
    minimum_points = std::max(minimum_points, each.policy.minimum_points);
    const auto trend = points::read_trend(connection, of_run.key.id, judged_window(of_run.points));
    const auto at = std::find(trend.run.rbegin(), trend.run.rend(), run.run);
    if (at == trend.run.rend()) continue;
    const auto index = static_cast<std::size_t>(trend.run.rend() - at) - 1;
    each.requested_value = trend.value[index];
    each.requested_at_us = trend.at_us[index];
    std::optional<BranchJudgement> judgement;
    if (const auto base = find_base_series(connection, of_run.key.id, judged.base->branch)) {
      const BranchPoint point = {observation(trend, index), judged.base->end};
      judgement = judge_against_stored(connection, *base, each, point, counts);
    }
    add_on_branch(judged, std::move(each), judgement, counts);
  }
  judged.unjudged = explain_unjudged(run, *judged.base, counts, minimum_points);
  judged.base->note += explain_flagged_levels(judged.base->branch, counts.by_flagged_level);
}

}  // namespace

JudgedRun judge_stored(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name,
                       const std::vector<store::RunSeries>& series, Id run) {
  JudgedRun judged;
  judged.basis = read_basis(connection, project);
  judged.basis.policy_version = policies.version();  // which may be a proposed one
  // After a correction, the step of an environment may no longer be there.
  judged.basis.with_unresolved_record.merge(store::list_series_with_noted_record(connection, project));
  const auto long_lived = find_long_lived(connection, policies, project, project_name);
  if (run != 0) judged.base = find_branch_base(connection, long_lived, project, run);
  if (judged.base) {
    BranchRun on_branch;
    on_branch.project = project;
    on_branch.run = run;
    if (!series.empty()) {
      on_branch.testbed = series.front().key.testbed;
      on_branch.branch = series.front().key.branch;
    }
    judge_stored_on_branch(connection, policies, project_name, series, on_branch, judged);
    return judged;
  }
  for (const auto& each : series) {
    if (run == 0 && long_lived.is_short_lived(each.key.branch)) continue;
    judged.add(judge_series(connection, policies, project_name, each, run));
  }
  return judged;
}

namespace {

/// The series of the base that a point of a new run is judged against.
std::optional<store::RunSeries> find_base_of(db::Connection& connection, const RunPoints& points,
                                             const store::ResolvedPoint& point, const std::string& base_branch,
                                             points::SeriesDirectory& directory) {
  const auto& [run, resolved] = points;
  const auto& where = run.coordinates;
  const auto& metric_value = run.metrics[point.metric];
  const Id configuration = resolved.configuration_of(metric_value);
  if (point.case_id == 0 || configuration == 0) return std::nullopt;
  const store::SeriesScope scope = {where.testbed, base_branch, configuration, where.purpose};
  const auto lane = directory.lane(scope.testbed, scope.branch, scope.configuration, scope.purpose);
  auto base = series_of(points, point);
  base.key.branch = base_branch;
  if (const auto* known = directory.find_series(point.case_id, metric_value.metric, lane)) {
    base.key.id = known->id;
    base.key.unit = known->unit;
    base.key.better = known->better;
    base.points = known->points;
    return base;
  }
  const auto row = store::find_series_row(connection, resolved.project.id, point.case_id, metric_value, scope);
  if (!row) return std::nullopt;
  directory.add_series(point.case_id, metric_value.metric, lane,
                       {row->id, row->points, row->unit, row->better, row->unit_by, row->better_by});
  base.key.id = row->id;
  base.key.unit = row->unit;
  base.key.better = row->better;
  base.points = row->points;
  return base;
}

JudgedRun judge_new_on_branch(db::Connection& connection, const Policies& policies, const RunPoints& points,
                              const BranchRun& branch_run, points::ProjectState& state, JudgedRun judged) {
  const auto& [run, resolved] = points;
  const Id environment = resolved.environment != 0 ? resolved.environment : pending_id;
  BranchCounts counts;
  int minimum_points = 0;
  for (std::size_t i = 0; i < resolved.points.size(); ++i) {
    const auto& point = resolved.points[i];
    const auto value =
        points::scaled(store::point_of(point.series, run.metrics[point.metric]).point.value, point.factor);
    JudgedSeries each;
    each.series = series_of(points, point);
    each.point = i;
    each.policy = policies.find(run.project, each.series.key.metric, each.series.key.unit, each.series.key.better);
    each.alerting = policies.is_alerting(run.project, each.series.key.metric);
    each.requested_value = value.median;
    each.requested_at_us = run.at_us;
    minimum_points = std::max(minimum_points, each.policy.minimum_points);
    std::optional<BranchJudgement> judgement;
    const auto base = find_base_of(connection, points, point, judged.base->branch, state.directory());
    if (base) {
      const detect::Observation observed = {.value = value.median,
                                            .mad = value.mad,
                                            .samples = static_cast<int>(value.samples),
                                            .suspect = !resolved.suspect(run).empty(),
                                            .environment = environment};
      const BranchPoint on_branch = {observed, judged.base->end};
      judgement = base->key.unit == each.series.key.unit
                      ? judge_against(connection, *base, each.policy, on_branch, state)
                      : judge_against_stored(connection, *base, each, on_branch, counts);
    }
    add_on_branch(judged, std::move(each), judgement, counts);
  }
  judged.unjudged = explain_unjudged(branch_run, *judged.base, counts, minimum_points);
  judged.base->note += explain_flagged_levels(judged.base->branch, counts.by_flagged_level);
  return judged;
}

}  // namespace

JudgedRun judge_new(db::Connection& connection, const Policies& file, const RunPoints& points,
                    points::ProjectState& state) {
  const auto& [run, resolved] = points;
  const auto policies = policies_of(connection, file, resolved.project.id);
  JudgedRun judged;
  judged.basis = read_basis(connection, resolved.project.id);
  const auto& where = run.coordinates;
  const BranchRun on_branch{resolved.project.id, 0,        where.testbed, where.branch, where.base_branch,
                            where.base_commit,   run.at_us};
  const auto long_lived = find_long_lived(connection, policies, resolved.project.id, run.project);
  judged.base = find_branch_base(connection, long_lived, on_branch);
  if (judged.base) return judge_new_on_branch(connection, policies, points, on_branch, state, std::move(judged));
  auto shifts = find_shifts_of_new_run(connection, run, resolved);
  if (shifts.changed) state.forget_histories();  // they may have been judged by other shifts
  const Id environment = resolved.environment != 0 ? resolved.environment : pending_id;
  for (std::size_t i = 0; i < resolved.points.size(); ++i) {
    const auto& point = resolved.points[i];
    const auto value =
        points::scaled(store::point_of(point.series, run.metrics[point.metric]).point.value, point.factor);
    auto key = series_of(points, point);
    const Id first_part = resolved.joined.first_part;
    const AddedPoint added = {.value = value,
                              .at_us = run.at_us,
                              .environment = environment,
                              .suspect = !resolved.suspect(run).empty(),
                              .restart = resolved.joined.restarted,
                              .run = first_part != 0 ? first_part : pending_id,
                              .shift = shifts.of(key.key)};
    const JudgeOptions options = {judged.basis.with_unresolved_record.contains(point.series),
                                  judged.basis.quarantined.all.contains(point.case_id)};
    auto series = judge_series_with(connection, policies, run.project, std::move(key), added, state, options);
    series.point = i;
    judged.add(std::move(series));
  }
  if (shifts.changed) judged.new_shifts = std::move(shifts.shifts);
  return judged;
}

bool save_environment_shifts(db::Connection& connection, const RunPoints& points, Id run, JudgedRun& judged) {
  if (!judged.new_shifts) return false;
  const auto& [of_run, resolved] = points;
  auto shifts = *std::exchange(judged.new_shifts, std::nullopt);
  shifts.environment = resolved.environment;
  if (shifts.first_run == pending_id) shifts.first_run = run;
  const auto& where = of_run.coordinates;
  const points::LaneName lane = {resolved.project.id, where.testbed, where.branch};
  const bool are_replaced = points::find_environment_shifts(connection, lane, shifts.environment).has_value();
  points::save_environment_shifts(connection, lane, shifts);
  return are_replaced || resolved.joined.first_part != 0 || shifts.first_run != run;
}

namespace {

/// The judgement of the parts of one run so far.
struct JudgedParts {
  std::string testbed, branch;
  std::vector<Id> parts;
  std::vector<Id> series;  ///< ascending
  JudgedRun judged;
};
/// By run. Other uploads of the same testbed and branch change the histories, so they drop the entry.
using JudgedPartsOfRuns = std::map<Id, JudgedParts>;

constexpr std::size_t remembered_runs_max = 8;
/// A larger report is hardly one of many parts, and remembering it costs memory.
constexpr std::size_t remembered_series_max = 50'000;

JudgedPartsOfRuns& remembered(points::ProjectState& state) {
  if (!state.derived()) state.derived() = std::make_shared<JudgedPartsOfRuns>();
  return *static_cast<JudgedPartsOfRuns*>(state.derived().get());
}

std::vector<Id> series_of(const store::ResolvedRun& resolved) {
  std::vector<Id> ids;
  ids.reserve(resolved.points.size());
  for (const auto& point : resolved.points)
    ids.push_back(point.series);
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool have_common(std::span<const Id> a, std::span<const Id> b) {
  return std::any_of(b.begin(), b.end(), [&](Id id) { return std::binary_search(a.begin(), a.end(), id); });
}

}  // namespace

JudgedRun judge_other_parts(db::Connection& connection, const Policies& file, const RunPoints& points,
                            points::ProjectState& state) {
  const auto& [run, resolved] = points;
  const auto measured = series_of(resolved);
  auto& parts = remembered(state)[resolved.joined.first_part];
  auto basis = read_basis(connection, resolved.project.id);
  if (parts.parts == resolved.joined.parts && !have_common(parts.series, measured) &&
      parts.judged.basis.policy_version == basis.policy_version &&
      parts.judged.basis.quarantined == basis.quarantined) {
    auto judged = std::move(parts.judged);
    judged.basis = std::move(basis);
    return judged;
  }
  parts = {run.coordinates.testbed, run.coordinates.branch, resolved.joined.parts, {}, {}};
  const auto policies = policies_of(connection, file, resolved.project.id);
  const Id first_part = resolved.joined.first_part;
  auto series = store::list_whole_run_series(connection, first_part);
  for (const auto& each : series)
    parts.series.push_back(each.key.id);
  std::erase_if(series, [&](const store::RunSeries& each) {
    return std::binary_search(measured.begin(), measured.end(), each.key.id);
  });
  const auto long_lived = find_long_lived(connection, policies, resolved.project.id, run.project);
  if (find_branch_base(connection, long_lived, resolved.project.id, first_part))
    return judge_stored(connection, policies, resolved.project.id, run.project, series, first_part);
  JudgedRun judged;
  judged.basis = std::move(basis);
  for (const auto& each : series)
    judged.add(judge_known_series(connection, policies, run.project, each, first_part, state));
  return judged;
}

void save_parts(points::ProjectState& state, const RunPoints& points, Id run, Id upload, JudgedRun whole) {
  const auto& where = points.run.coordinates;
  auto& all = remembered(state);
  auto series = series_of(points.resolved);
  if (const auto known = all.find(run); known != all.end()) {
    std::vector<Id> both;
    std::set_union(series.begin(), series.end(), known->second.series.begin(), known->second.series.end(),
                   std::back_inserter(both));
    series = std::move(both);
  }
  std::erase_if(all, [&](const auto& entry) {
    return entry.second.testbed == where.testbed && entry.second.branch == where.branch;
  });
  if (whole.quiet_requested.size() + whole.series.size() > remembered_series_max) return;
  while (all.size() >= remembered_runs_max)
    all.erase(all.begin());
  JudgedParts parts = {where.testbed, where.branch, points.resolved.joined.parts, std::move(series), std::move(whole)};
  parts.parts.push_back(upload);
  all.emplace(run, std::move(parts));
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
      set(episode.decided_run);
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
