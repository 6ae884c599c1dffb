#include "server/triage/run_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "core/detect/run.h"
#include "server/store/quarantine.h"
#include "server/store/run_parts.h"
#include "server/triage/branch_records.h"
#include "server/triage/judge.h"
#include "server/triage/judged_run.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"
#include "server/triage/save_regressions.h"

namespace perftrend::triage {
namespace {

/// One run seen across its series.
struct RunJudgement {
  std::vector<detect::JudgedInRun> judgements;
  std::vector<std::size_t>
      of_series;  ///< ascending indices of JudgedRun::series; quiet series follow in `judgements`, without an index
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
  /// nullptr where the run did not judge the series, or it is quiet.
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

RunJudgement across_requested(const JudgedRun& judged) {
  RunJudgement across;
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    const auto& requested = judged.series[i].requested;
    if (requested && detect::is_judged(*requested)) across.add(i, *requested);
  }
  across.add_quiet(judged.quiet_requested);
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

/// The state of the newest episode that the requested point is in. A better point that is in none belongs to the return
/// from a regression.
PointState state_of(const JudgedSeries& each) {
  if (each.requested->rule == detect::Rule::environment_changed) return PointState::noted;
  const bool is_worse = each.requested->verdict == Verdict::regressed;
  std::optional<FindingState> before;  // of the newest episode in the other direction
  for (auto episode = each.episodes.rbegin(); episode != each.episodes.rend(); ++episode) {
    if (episode->kind != store::FindingKind::level || episode->first_at_us > each.requested_at_us) continue;
    if (episode->worse == is_worse && each.requested_at_us <= episode->last_at_us) {
      if (episode->state == FindingState::suspected) return PointState::suspected;
      return episode->state == FindingState::closed ? PointState::closed : PointState::confirmed;
    }
    if (episode->worse != is_worse && !before) before = episode->state;
  }
  const bool has_returned = before == FindingState::fixed || each.requested->rule == detect::Rule::level_shift;
  return has_returned ? PointState::confirmed : PointState::suspected;
}

store::CommonShift::State shift_state(const std::vector<Finding>& findings, bool of_branch) {
  if (of_branch) return store::CommonShift::State::compared;
  std::size_t shifted = 0, confirmed = 0;
  for (const auto& finding : findings) {
    shifted += finding.part_of_common_shift ? 1 : 0;
    confirmed += finding.part_of_common_shift && finding.state == PointState::confirmed ? 1 : 0;
  }
  const bool is_confirmed = shifted > 0 && 2 * confirmed >= shifted;
  return is_confirmed ? store::CommonShift::State::confirmed : store::CommonShift::State::suspected;
}

RunVerdict read_verdict(const JudgedRun& judged, const RunJudgement& across, Id run) {
  RunVerdict verdict;
  verdict.judged = across.findings.judged;
  verdict.common_shift = across.common_shift(run);
  verdict.policy_version = judged.basis.policy_version;
  verdict.base = judged.base;
  verdict.unjudged = judged.unjudged;
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    const auto& each = judged.series[i];
    if (!each.requested || !is_finding(*each.requested)) continue;
    Finding finding;
    finding.series = each.series.key;
    finding.verdict = each.requested->verdict;
    finding.state = judged.base ? PointState::compared : state_of(each);
    finding.value = each.requested_value;
    finding.baseline = each.requested->centre;
    finding.effect = each.requested->effect;
    finding.explanation = each.explanation;
    finding.judged = *each.requested;
    finding.policy = each.policy;
    finding.alerting = judged.alerting(each);
    finding.quarantined = judged.basis.quarantined.all.contains(each.series.case_id);
    finding.expected_by_chance = across.expected_by_chance.contains(i) && finding.state != PointState::confirmed;
    verdict.expected_by_chance += finding.expected_by_chance ? 1 : 0;
    finding.part_of_common_shift = across.moved_along(*each.requested);
    verdict.findings.push_back(std::move(finding));
  }
  if (verdict.common_shift) verdict.common_shift->state = shift_state(verdict.findings, judged.base.has_value());
  return verdict;
}

/// Adds to the findings about environments what differs between the two.
void name_environment_changes(db::Connection& connection, const JudgedRun& judged, RunVerdict& verdict) {
  std::map<std::pair<Id, Id>, std::vector<std::string>> known;
  for (auto& finding : verdict.findings) {
    if (finding.judged.rule != detect::Rule::environment_changed) continue;
    const auto of = std::find_if(judged.series.begin(), judged.series.end(),
                                 [&](const JudgedSeries& each) { return each.series.key.id == finding.series.id; });
    const auto episode = std::find_if(of->episodes.rbegin(), of->episodes.rend(), [](const SeriesEpisode& each) {
      return each.kind == store::FindingKind::environment && each.last_good;
    });
    if (episode == of->episodes.rend()) continue;
    const std::pair runs(*episode->last_good, episode->first_run);
    auto [at, is_new] = known.try_emplace(runs);
    if (is_new) at->second = store::list_environment_changes(connection, runs.first, runs.second);
    if (!at->second.empty()) finding.explanation += fmt::format(" Changed: {}.", fmt::join(at->second, ", "));
  }
}

/// What the runs that raised the series' episodes say about them. `run` is the one that was judged as a whole.
std::vector<EpisodeContext> contexts_of(const JudgedRun& judged, std::size_t series,
                                        const std::map<Id, RunJudgement>& runs, Id run) {
  std::vector<EpisodeContext> contexts;
  const auto& each = judged.series[series];
  for (const auto& episode : each.episodes) {
    EpisodeContext context;
    const auto raised = runs.find(episode.recognised_runs.back());
    if (raised != runs.end() && episode.kind != store::FindingKind::drift) {
      const auto& across = raised->second;
      context.of_whole_run = raised->first == run;
      const bool is_undecided = episode.state == FindingState::suspected || episode.state == FindingState::noted;
      context.expected_by_chance = is_undecided && across.expected_by_chance.contains(series);
      const auto* judgement = across.find(series);
      if (judgement != nullptr && across.moved_along(*judgement)) context.common_shift_run = raised->first;
    }
    context.past = !store::is_unresolved(episode.state) && episode.last_at_us < each.requested_at_us;
    contexts.push_back(context);
  }
  return contexts;
}

/// Equal texts: the records need not be brought in line again.
std::string contexts_text(const std::vector<EpisodeContext>& contexts) {
  std::string text = ";";
  for (const auto& context : contexts) {
    text += fmt::format("{} {} {} {};", context.expected_by_chance, context.of_whole_run,
                        context.common_shift_run.value_or(0), context.past);
  }
  return text;
}

/// A series of an earlier part is saved again only where the later parts change what is said about it.
void save_all(db::Connection& connection, Id project, JudgedRun& judged, Id run, std::int64_t now_us) {
  const auto runs = across_recent(judged);
  for (std::size_t i = 0; i < judged.series.size(); ++i) {
    auto& each = judged.series[i];
    if (each.episodes.empty() && !judged.basis.with_unresolved_record.contains(each.series.key.id)) continue;
    const auto contexts = contexts_of(judged, i, runs, run);
    auto text = contexts_text(contexts);
    if (each.saved_contexts == text) continue;
    save_regressions(connection, project, each, contexts, judged.alerting(each), judged.basis.policy_version, now_us);
    each.saved_contexts = std::move(text);
  }
}

enum class Past { unchanged, judged_again };

/// For series outside a whole run: what is expected by chance or part of a common shift is unknown, so a new suspicion
/// waits for its next run.
void save_known(db::Connection& connection, Id project, const JudgedRun& judged, Past past, std::int64_t now_us) {
  for (const auto& each : judged.series) {
    std::vector<EpisodeContext> contexts;
    for (const auto& episode : each.episodes) {
      EpisodeContext context;
      context.expected_by_chance = episode.state == FindingState::suspected;
      context.past = past == Past::unchanged && !store::is_unresolved(episode.state);
      contexts.push_back(context);
    }
    save_regressions(connection, project, each, contexts, judged.alerting(each), judged.basis.policy_version, now_us);
  }
}

}  // namespace

std::vector<Finding> RunVerdict::reported() const {
  std::vector<Finding> reported;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(reported),
               [](const Finding& finding) { return finding.is_reported(); });
  return reported;
}

std::string explain(const store::CommonShift& common_shift) {
  return fmt::format(
      "Common shift: {} of {} judged series {} together, median {:+.3g} %. Look at what they share first: the machine "
      "or "
      "the engine.",
      common_shift.shifted, common_shift.judged, common_shift.worse ? "got worse" : "got better",
      100 * common_shift.effect);
}

std::string explain(const store::VanishedPage& vanished) {
  if (vanished.total == 0) return "";
  constexpr std::size_t named = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(named, vanished.series.size()); ++i) {
    const auto& series = vanished.series[i];
    names += fmt::format("{}{} of {}", i == 0 ? "" : ", ", series.metric, series.key.name);
    if (series.similar) names += fmt::format(" (perhaps {} now)", series.similar->name);
  }
  const auto more = vanished.total - static_cast<std::int64_t>(std::min(named, vanished.series.size()));
  return fmt::format(
      "{} series {} measured before and {} missing in the last {} complete runs: {}{}. If this is on purpose, end {}; "
      "if a case was renamed, join it with its former name.",
      vanished.total, vanished.total == 1 ? "was" : "were", vanished.total == 1 ? "is" : "are", store::vanished_after,
      names, more > 0 ? fmt::format(" and {} more", more) : "", vanished.total == 1 ? "it" : "them");
}

namespace {

/// The series of all parts of a run with the purpose trend; none of other runs, which are never judged.
std::vector<store::RunSeries> judged_series(db::Connection& connection, Id run) {
  auto series = store::list_whole_run_series(connection, run);
  std::erase_if(series, [](const store::RunSeries& each) { return each.key.purpose != Purpose::trend; });
  return series;
}

}  // namespace

RunVerdict find_verdict(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id run) {
  return find_verdict_by(connection, policies_of(connection, file, project), project, project_name, run);
}

RunVerdict find_verdict_by(db::Connection& connection, const Policies& policies, Id project,
                           std::string_view project_name, Id run) {
  const auto judged = judge_stored(connection, policies, project, project_name, judged_series(connection, run), run);
  auto verdict = preview_verdict(judged, run);
  name_environment_changes(connection, judged, verdict);
  return verdict;
}

RunVerdict preview_verdict(const JudgedRun& judged, Id run) {
  return read_verdict(judged, across_requested(judged), run);
}

RunVerdict judge_whole_run(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                           Id run, std::int64_t now_us) {
  const auto policies = policies_of(connection, file, project);
  auto judged = judge_stored(connection, policies, project, project_name, judged_series(connection, run), run);
  return save_verdict(connection, project, judged, run, now_us);
}

RunVerdict save_verdict(db::Connection& connection, Id project, JudgedRun& judged, Id run, std::int64_t now_us) {
  if (judged.base) return read_verdict(judged, across_requested(judged), run);
  update_quarantine(connection, project, judged.series, judged.basis.quarantined, now_us);
  const auto across = across_requested(judged);
  auto verdict = read_verdict(judged, across, run);
  name_environment_changes(connection, judged, verdict);
  if (verdict.common_shift) {
    store::save_common_shift(connection, project, *verdict.common_shift);
  } else {
    store::delete_common_shift(connection, run);  // an earlier part may have shown one
  }
  save_all(connection, project, judged, run, now_us);
  return verdict;
}

void judge_series_again(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        Id series, std::int64_t now_us) {
  judge_series_again(connection, file, project, project_name, std::span<const Id>(&series, 1), now_us);
}

void judge_series_again(db::Connection& connection, const Policies& file, Id project, std::string_view project_name,
                        std::span<const Id> series, std::int64_t now_us) {
  const auto policies = policies_of(connection, file, project);
  std::vector<store::RunSeries> found;
  for (const Id id : series) {
    const auto key = store::list_series_keys(connection, project, 0, id, 1);
    found.insert(found.end(), key.begin(), key.end());
  }
  save_known(connection, project, judge_stored(connection, policies, project, project_name, found, 0),
             Past::judged_again, now_us);
}

JudgedAgain judge_open_again(db::Connection& connection, const Policies& policies, Id project,
                             std::string_view project_name, std::int64_t now_us) {
  std::vector<store::RunSeries> series;
  const auto open = [&] { return store::count_open_regressions(connection, project); };
  const auto before = open();
  follow_branches(connection, policies, project, project_name, now_us);
  for (const Id id : store::list_series_in_question(connection, project)) {
    const auto found = store::list_series_keys(connection, project, 0, id, 1);
    series.insert(series.end(), found.begin(), found.end());
  }
  save_known(connection, project, judge_stored(connection, policies, project, project_name, series, 0), Past::unchanged,
             now_us);
  return {static_cast<std::int64_t>(series.size()), before, open()};
}

}  // namespace perftrend::triage
