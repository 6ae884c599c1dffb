#include "server/triage/run_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <span>

#include "core/detect/run.h"
#include "server/store/quarantine.h"
#include "server/triage/judge.h"
#include "server/triage/keep_regressions.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"

namespace perftrend::triage {
namespace {

/// The series of a run with the judgements of it and of the runs just before.
struct JudgedRun {
  std::vector<JudgedSeries> series;  ///< without those that are quiet
  /// Of quiet series nothing counts but that they were judged, and how far from a flag: their p-values in the run asked
  /// for, and in each of the newest runs. A report may bring hundreds of thousands of them.
  std::vector<double> quiet_asked;
  std::map<Id, std::vector<double>> quiet_recent;
  store::QuarantinedCases quarantined;
  std::set<Id> with_open_record;  ///< series that have an open regression
  std::int64_t policy_version = 0;

  [[nodiscard]] bool alerting(const JudgedSeries& each) const {
    return each.alerting && !quarantined.muted.contains(each.series.case_id);
  }
  void add(JudgedSeries each);

 private:
  [[nodiscard]] bool is_quiet(const JudgedSeries& each) const;
};

/// No episode, no open record and no quarantine wants to know more of it, and no run flagged it.
bool JudgedRun::is_quiet(const JudgedSeries& each) const {
  const auto is_ok = [](const detect::JudgedInRun& j) { return !detect::is_judged(j) || j.verdict == Verdict::ok; };
  return each.episodes.empty() && each.steadiness.withdrawn == 0 && !quarantined.all.contains(each.series.case_id) &&
         !with_open_record.contains(each.series.key.id) && (!each.asked || is_ok(*each.asked)) &&
         std::all_of(each.recent.begin(), each.recent.end(), [&](const auto& of_run) { return is_ok(of_run.second); });
}

void JudgedRun::add(JudgedSeries each) {
  if (!is_quiet(each)) return series.push_back(std::move(each));
  if (each.asked && detect::is_judged(*each.asked)) quiet_asked.push_back(each.asked->p_value);
  for (const auto& [run, judgement] : each.recent)
    quiet_recent[run].push_back(judgement.p_value);
}

JudgedRun begin_judging(db::Connection& connection, const Policies& policies, Id project) {
  JudgedRun judged;
  judged.quarantined = store::quarantined_cases(connection, project);
  judged.with_open_record = store::list_series_with_open_record(connection, project);
  judged.policy_version = policies.version();
  return judged;
}

JudgedRun judge_all(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name,
                    const std::vector<store::RunSeries>& series, Id run) {
  auto judged = begin_judging(connection, policies, project);
  for (const auto& each : series) {
    judged.add(judge_series(connection, policies, project_name, each, run));
  }
  return judged;
}

store::RunSeries series_of(const InsertedRun& known, const store::StoredPoint& point) {
  const auto& measure = known.measures[point.measure];
  return {{point.series, measure.key, measure.metric, measure.unit, std::string(known.testbed),
           std::string(known.branch), point.better},
          point.case_id,
          point.points};
}

/// The same for a run that was just stored.
JudgedRun judge_new(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name,
                    Id run, const InsertedRun& known) {
  NewPoint added;
  connection.query("SELECT id, at_us, environment_id, suspect FROM run WHERE id = $1", {run}, [&](const db::Row& row) {
    added.run = row.integer(0);
    added.at_us = row.integer(1);
    added.environment = row.integer(2);
    added.suspect = !row.text(3).empty();
  });
  auto judged = begin_judging(connection, policies, project);
  for (const auto& point : known.points) {
    const auto& measure = known.measures[point.measure];
    added.point = {measure.value, measure.min, measure.mad, static_cast<std::int64_t>(measure.samples.size())};
    const JudgeOptions needed = {judged.with_open_record.contains(point.series),
                                 judged.quarantined.all.contains(point.case_id)};
    judged.add(
        judge_grown_series(connection, policies, project_name, series_of(known, point), added, *known.kept, needed));
  }
  return judged;
}

/// One run seen across its series.
struct RunJudgement {
  std::vector<detect::JudgedInRun> judgements;
  std::vector<std::size_t> of_series;  ///< ascending indices of JudgedRun::series; quiet ones stand behind, without
  detect::RunFindings findings;
  std::set<std::size_t> expected_by_chance;  ///< indices of series

  void add(std::size_t series, const detect::JudgedInRun& judgement) {
    judgements.push_back(judgement);
    of_series.push_back(series);
  }
  void add_quiet(std::span<const double> p_values) {
    for (const double p_value : p_values) {
      auto& judgement = judgements.emplace_back();
      judgement.p_value = p_value;
      judgement.verdict = Verdict::ok;
      judgement.rule = detect::Rule::inside_band;
    }
  }
  /// nullptr where the run did not judge it, or found it quiet.
  [[nodiscard]] const detect::JudgedInRun* find(std::size_t series) const {
    const auto at = std::lower_bound(of_series.begin(), of_series.end(), series);
    if (at == of_series.end() || *at != series) return nullptr;
    return &judgements[static_cast<std::size_t>(at - of_series.begin())];
  }
  void conclude() {
    findings = detect::judge_run(judgements);
    for (const std::size_t index : findings.expected_by_chance)
      expected_by_chance.insert(of_series[index]);
  }
  [[nodiscard]] bool moved_along(const detect::JudgedInRun& judgement) const {
    return findings.common_shift &&
           judgement.verdict == (findings.common_shift_worse ? Verdict::regressed : Verdict::improved);
  }
  [[nodiscard]] std::optional<store::CommonShift> common_shift(Id run) const {
    if (!findings.common_shift) return std::nullopt;
    const auto moved = std::count_if(judgements.begin(), judgements.end(),
                                     [&](const detect::JudgedInRun& judgement) { return moved_along(judgement); });
    return store::CommonShift{run, findings.common_shift_worse, moved, static_cast<std::int64_t>(findings.judged),
                              findings.common_shift_effect};
  }
};

RunJudgement across_asked(const JudgedRun& judged) {
  RunJudgement across;
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    const auto& asked = judged.series[i].asked;
    if (asked && detect::is_judged(*asked)) across.add(i, *asked);
  }
  across.add_quiet(judged.quiet_asked);
  across.conclude();
  return across;
}

/// Those of the newest runs that raised an episode, each across the series at hand.
std::map<Id, RunJudgement> across_recent(const JudgedRun& judged) {
  std::set<Id> raised;
  for (const auto& series : judged.series) {
    for (const auto& episode : series.episodes)
      raised.insert(episode.recognised_runs.back());
  }
  std::map<Id, RunJudgement> runs;
  if (raised.empty()) return runs;
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    for (const auto& [run, judgement] : judged.series[i].recent) {
      if (raised.contains(run)) runs[run].add(i, judgement);
    }
  }
  for (auto& [run, across] : runs) {
    const auto quiet = judged.quiet_recent.find(run);
    if (quiet != judged.quiet_recent.end()) across.add_quiet(quiet->second);
    across.conclude();
  }
  return runs;
}

RunVerdict read_verdict(const JudgedRun& judged, const RunJudgement& across, Id run) {
  RunVerdict verdict;
  verdict.judged = across.findings.judged;
  verdict.expected_by_chance = across.findings.expected_by_chance.size();
  verdict.common_shift = across.common_shift(run);
  verdict.policy_version = judged.policy_version;
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    const auto& each = judged.series[i];
    if (!each.asked || (each.asked->verdict != Verdict::regressed && each.asked->verdict != Verdict::improved))
      continue;
    Finding finding;
    finding.series = each.series.key;
    finding.verdict = each.asked->verdict;
    finding.value = each.asked_value;
    finding.baseline = each.asked->centre;
    finding.effect = each.asked->effect;
    finding.explanation = detect::explain(*each.asked, each.policy, each.asked_value, each.series.key.unit);
    finding.judged = *each.asked;
    finding.policy = each.policy;
    finding.alerting = judged.alerting(each);
    finding.quarantined = judged.quarantined.all.contains(each.series.case_id);
    finding.expected_by_chance = across.expected_by_chance.contains(i);
    finding.part_of_common_shift = across.moved_along(*each.asked);
    verdict.findings.push_back(std::move(finding));
  }
  return verdict;
}

/// What the runs that raised the series' episodes say of them.
std::vector<EpisodeContext> contexts_of(const JudgedRun& judged, std::size_t series,
                                        const std::map<Id, RunJudgement>& runs) {
  std::vector<EpisodeContext> contexts;
  const auto& each = judged.series[series];
  for (const auto& episode : each.episodes) {
    EpisodeContext context;
    const auto raised = runs.find(episode.recognised_runs.back());
    if (raised != runs.end() && episode.kind == store::FindingKind::level) {
      const auto& across = raised->second;
      context.expected_by_chance =
          episode.state == FindingState::suspected && across.expected_by_chance.contains(series);
      const auto* judgement = across.find(series);
      if (judgement != nullptr && across.moved_along(*judgement)) context.common_shift_run = raised->first;
    }
    context.past = !store::is_open(episode.state) && episode.last_at_us < each.asked_at_us;
    contexts.push_back(context);
  }
  return contexts;
}

void keep_all(db::Connection& connection, Id project, const JudgedRun& judged, std::int64_t now_us) {
  const auto runs = across_recent(judged);
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    const auto& each = judged.series[i];
    if (each.episodes.empty() && !judged.with_open_record.contains(each.series.key.id)) continue;
    keep_regressions(connection, project, each, contexts_of(judged, i, runs), judged.alerting(each),
                     judged.policy_version, now_us);
  }
}

enum class Past { stays, is_judged_again };

/// Series that are no whole run say nothing of chance and of common moves: what is only suspected now waits for its
/// run.
void keep_known(db::Connection& connection, Id project, const JudgedRun& judged, Past past, std::int64_t now_us) {
  for (const auto& each : judged.series) {
    std::vector<EpisodeContext> contexts;
    for (const auto& episode : each.episodes) {
      const bool is_open = store::is_open(episode.state);
      contexts.push_back({episode.state == FindingState::suspected, std::nullopt, past == Past::stays && !is_open});
    }
    keep_regressions(connection, project, each, contexts, judged.alerting(each), judged.policy_version, now_us);
  }
}

}  // namespace

std::vector<Finding> RunVerdict::told() const {
  std::vector<Finding> told;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(told),
               [](const Finding& finding) { return finding.is_told(); });
  return told;
}

std::string explain(const store::CommonShift& common_shift) {
  return fmt::format(
      "Common shift: {} of {} judged series {} together, median {:+.3g} %. Look at what they share first: the machine "
      "or "
      "the engine.",
      common_shift.shifted, common_shift.judged, common_shift.worse ? "got worse" : "got better",
      100 * common_shift.effect);
}

RunVerdict find_verdict(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id run) {
  const auto policies = policies_of(connection, file, project);
  const auto judged =
      judge_all(connection, policies, project, project_name, store::list_run_series(connection, run), run);
  return read_verdict(judged, across_asked(judged), run);
}

RunVerdict save_verdict(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id run, std::int64_t now_us, const std::optional<InsertedRun>& known) {
  const auto policies = policies_of(connection, file, project);
  auto judged =
      known ? judge_new(connection, policies, project, project_name, run, *known)
            : judge_all(connection, policies, project, project_name, store::list_run_series(connection, run), run);
  update_quarantine(connection, project, judged.series, now_us);
  judged.quarantined = store::quarantined_cases(connection, project);
  const auto across = across_asked(judged);
  auto verdict = read_verdict(judged, across, run);
  store::save_common_shift(connection, project, run, verdict.common_shift);
  keep_all(connection, project, judged, now_us);
  age_out(connection, project, now_us);
  return verdict;
}

void judge_series_again(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id series, std::int64_t now_us) {
  const auto policies = policies_of(connection, file, project);
  const auto found = store::list_series_keys(connection, project, 0, series, 1);
  keep_known(connection, project, judge_all(connection, policies, project, project_name, found, 0),
             Past::is_judged_again, now_us);
}

JudgedAgain judge_open_again(db::Connection& connection, const Policies& policies, Id project,
                             std::string_view project_name, std::int64_t now_us) {
  std::vector<store::RunSeries> series;
  const auto open = [&] { return store::count_open_regressions(connection, project); };
  for (const Id id : store::list_series_in_question(connection, project)) {
    const auto found = store::list_series_keys(connection, project, 0, id, 1);
    series.insert(series.end(), found.begin(), found.end());
  }
  const auto before = open();
  keep_known(connection, project, judge_all(connection, policies, project, project_name, series, 0), Past::stays,
             now_us);
  return {static_cast<std::int64_t>(series.size()), before, open()};
}

}  // namespace perftrend::triage
