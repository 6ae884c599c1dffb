#include "server/triage/save_regressions.h"

#include <algorithm>
#include <functional>
#include <string>

#include "server/store/audit.h"
#include "server/store/corrections.h"
#include "server/triage/branch_records.h"
#include "server/triage/life.h"

namespace perftrend::triage {
namespace {

using store::RegressionRecord;

bool same_stretch(const RegressionRecord& record, const SeriesEpisode& episode, std::int64_t replayed_from_us) {
  if (episode.kind == store::FindingKind::drift) {
    // The beginning of a drift longer than the replayed stretch moves along with it.
    return store::is_unresolved(record.state) || record.first_at_us >= episode.first_at_us ||
           episode.first_at_us <= replayed_from_us;
  }
  return record.first_at_us > episode.last_good_at_us && record.first_at_us <= episode.last_at_us;
}

/// For each episode the index of its record, or none. What was raised by the same run is the same; else what begins
/// with the same run; else what lies in the same stretch: a stretch may turn out to begin earlier, or, when a run comes
/// in late, at another run. Last, a record that began at a run that is excluded now: the runs before it were excluded
/// first, and are included again first.
std::vector<std::optional<std::size_t>> match(db::Connection& connection, const std::vector<RegressionRecord>& records,
                                              const JudgedSeries& judged) {
  std::vector<std::optional<std::size_t>> matched(judged.episodes.size());
  std::vector<bool> taken(records.size(), false);
  using Likeness = std::function<bool(const RegressionRecord&, const SeriesEpisode&)>;
  const std::vector<Likeness> likenesses = {
      [](const RegressionRecord& r, const SeriesEpisode& e) {
        return std::find(e.recognised_runs.begin(), e.recognised_runs.end(), r.recognised_run) !=
               e.recognised_runs.end();
      },
      [](const RegressionRecord& r, const SeriesEpisode& e) { return r.first_run == e.first_run; },
      [&](const RegressionRecord& r, const SeriesEpisode& e) { return same_stretch(r, e, judged.replayed_from_us); },
      [&](const RegressionRecord& r, const SeriesEpisode& e) {
        return e.kind == store::FindingKind::level && r.first_at_us > e.last_at_us &&
               store::is_excluded(connection, r.first_run);
      }};
  for (const auto& alike : likenesses) {
    for (std::size_t e = judged.episodes.size(); e-- > 0;) {
      const auto& episode = judged.episodes[e];
      for (std::size_t r = records.size(); r-- > 0 && !matched[e];) {
        const auto& record = records[r];
        if (taken[r] || record.kind != episode.kind || record.worse != episode.worse || !alike(record, episode))
          continue;
        matched[e] = r;
        taken[r] = true;
      }
    }
  }
  return matched;
}

bool same_numbers(const RegressionRecord& a, const RegressionRecord& b) {
  return a.before == b.before && a.after == b.after && a.last_good == b.last_good && a.first_run == b.first_run &&
         a.alerting == b.alerting && a.policy_version == b.policy_version && a.common_shift_run == b.common_shift_run;
}

class RecordUpdater {
 public:
  RecordUpdater(db::Connection& connection, Id project, const JudgedSeries& judged, bool alerting,
                std::int64_t policy_version, std::int64_t now_us)
      : connection_(connection),
        project_(project),
        judged_(judged),
        alerting_(alerting),
        policy_version_(policy_version),
        now_us_(now_us) {}

  void save(const SeriesEpisode& episode, const EpisodeContext& context, const RegressionRecord* known) const {
    // A stretch that was closed before it was recorded gets no record, nor does one that is expected by chance.
    if (known == nullptr && (episode.state == FindingState::closed || context.expected_by_chance)) return;
    // Another policy may judge the past differently. No one can act on that, so closed records stay as they are.
    // With more parts of the run, a finding of an earlier part may turn out to be expected by chance.
    if (known != nullptr && context.expected_by_chance && context.of_whole_run) {
      if (known->state == FindingState::suspected) close(*known, FindingState::closed, "expected_by_chance");
      return;
    }
    if (context.past && (known == nullptr || !store::is_unresolved(known->state))) return;
    RegressionRecord updated = known != nullptr ? *known : RegressionRecord{};
    updated.project = project_;
    updated.series = judged_.series.key.id;
    updated.kind = episode.kind;
    updated.first_run = episode.first_run;
    updated.first_at_us = episode.first_at_us;
    updated.last_good = episode.last_good;
    updated.worse = episode.worse;
    updated.before = episode.before;
    updated.after = episode.after;
    updated.alerting = alerting_;
    updated.policy_version = policy_version_;
    if (context.common_shift_run || context.of_whole_run) updated.common_shift_run = context.common_shift_run;
    if (known == nullptr || episode.kind != store::FindingKind::drift) {
      updated.recognised_run = episode.recognised_runs.back();
      updated.detection_delay_points = episode.detection_delay_points;
    }
    updated.explanation = episode.explanation;
    const auto before = known != nullptr ? before_closing(connection_, *known) : updated;
    updated.state = known != nullptr ? next_state(before, episode.state, episode.decided_run) : episode.state;
    const bool moved_on = known == nullptr || known->state != updated.state;
    if (moved_on) {
      const bool is_restored = known != nullptr && updated.state == before.state;
      updated.reason = is_restored ? before.reason : episode.reason;
      updated.decided_by = store::own_name;
    }
    if (!store::is_open(updated.state)) updated.held_run.reset();
    if (!moved_on && same_numbers(*known, updated)) return;
    store::save_regression(connection_, updated, known != nullptr ? std::optional(known->state) : std::nullopt, now_us_,
                           describe_reason(updated.reason));
  }

  /// For a record that no episode shows any longer.
  void withdraw(RegressionRecord record) const {
    const bool drift = record.kind == store::FindingKind::drift;
    if (!drift && record.first_at_us <= judged_.replayed_from_us) return;
    close(std::move(record), drift ? FindingState::fixed : FindingState::closed, drift ? "drift_ended" : "withdrawn");
  }

 private:
  void close(RegressionRecord record, FindingState state, std::string_view reason) const {
    if ((!store::is_unresolved(record.state) && record.state != FindingState::noted) || record.held_run) return;
    const auto before = record.state;
    record.state = state;
    record.reason = reason;
    record.decided_by = store::own_name;
    store::save_regression(connection_, record, before, now_us_, describe_reason(record.reason));
  }

  db::Connection& connection_;
  Id project_;
  const JudgedSeries& judged_;
  bool alerting_;
  std::int64_t policy_version_;
  std::int64_t now_us_;
};

}  // namespace

void save_regressions(db::Connection& connection, Id project, const JudgedSeries& judged,
                      const std::vector<EpisodeContext>& contexts, bool alerting, std::int64_t policy_version,
                      std::int64_t now_us) {
  const auto records = store::list_series_regressions(connection, judged.series.key.id);
  if (records.empty() && judged.episodes.empty()) return;
  const RecordUpdater updater(connection, project, judged, alerting, policy_version, now_us);
  const auto matched = match(connection, records, judged);
  std::vector<bool> found(records.size(), false);
  for (std::size_t e = 0; e < judged.episodes.size(); ++e) {
    if (matched[e]) found[*matched[e]] = true;
    updater.save(judged.episodes[e], contexts[e], matched[e] ? &records[*matched[e]] : nullptr);
  }
  for (std::size_t r = 0; r < records.size(); ++r) {
    if (!found[r]) updater.withdraw(records[r]);
  }
}

}  // namespace perftrend::triage
