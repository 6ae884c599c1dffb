#include "server/triage/judge.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "server/store/regressions.h"

namespace perftrend::triage {
namespace {

constexpr std::string_view actor = "perftrend";

/// What detect found, in the words of the record. A person's acknowledgement outranks "confirmed". What perftrend
/// itself dismissed, because the first points did not stay, is taken up again when later ones do.
FindingState next_state(FindingState recorded, FindingState found) {
  const bool still_open = found == FindingState::suspected || found == FindingState::confirmed;
  if (recorded == FindingState::acknowledged && still_open) return FindingState::acknowledged;
  return found;
}

std::string_view reason(FindingState state) {
  switch (state) {
    case FindingState::suspected:
      return "a point beyond the band";
    case FindingState::confirmed:
      return "the next points stay on the new level";
    case FindingState::fixed:
      return "the level returned";
    case FindingState::dismissed:
      return "not confirmed: the next points did not stay";
    case FindingState::acknowledged:
      return "acknowledged";
  }
  return "";
}

bool is_open(FindingState state) {
  return state == FindingState::suspected || state == FindingState::confirmed || state == FindingState::acknowledged;
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

void keep_regressions(db::Connection& connection, Id project, Id series, const store::TrendColumns& trend,
                      const detect::History& history, const detect::Policy& policy, std::string_view unit,
                      std::int64_t now_us) {
  auto records = store::list_series_regressions(connection, series);
  if (records.empty() && history.episodes.empty()) return;

  // A stretch that was dismissed and taken up again has two episodes with one beginning; the later one tells.
  std::map<std::pair<std::size_t, bool>, const detect::Episode*> newest;
  for (const auto& episode : history.episodes)
    newest[{episode.first, episode.worse}] = &episode;
  for (const auto& [key, found] : newest) {
    const auto& episode = *found;
    const Id first_run = trend.run[episode.first];
    const auto known = std::find_if(records.begin(), records.end(), [&](const auto& record) {
      return record.first_run == first_run && record.worse == episode.worse;
    });
    // A stretch that came to nothing before anyone could have seen it leaves no record.
    if (known == records.end() && episode.state == FindingState::dismissed) continue;

    store::RegressionRecord record;
    std::optional<FindingState> state_before;
    if (known != records.end()) {
      record = *known;
      state_before = known->state;
      records.erase(known);
    }
    const auto& judged = history.points[episode.recognised_at];
    store::RegressionRecord updated = record;
    updated.project = project;
    updated.series = series;
    updated.first_run = first_run;
    updated.first_at_us = trend.at_us[episode.first];
    updated.last_good = trend.run[episode.last_good];
    updated.worse = episode.worse;
    updated.state = state_before ? next_state(*state_before, episode.state) : episode.state;
    updated.before = episode.before;
    updated.after = episode.after;
    updated.explanation = detect::explain(judged, policy, trend.value[episode.recognised_at], unit);
    const bool unchanged = state_before == updated.state && record.before == updated.before &&
                           record.after == updated.after && record.last_good == updated.last_good;
    if (!unchanged) store::save_regression(connection, updated, state_before, now_us, actor, reason(updated.state));
  }

  // What is left has no episode any more: a backfilled run or another policy took it back.
  const std::int64_t replayed_from_us = trend.at_us.empty() ? 0 : trend.at_us.front();
  for (auto& record : records) {
    if (!is_open(record.state) || record.first_at_us <= replayed_from_us) continue;
    const auto state_before = record.state;
    record.state = FindingState::dismissed;
    store::save_regression(connection, record, state_before, now_us, actor,
                           "withdrawn: judged again with other runs, the points no longer show it");
  }
}

}  // namespace perftrend::triage
