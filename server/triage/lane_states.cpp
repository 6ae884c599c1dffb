#include "server/triage/lane_states.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include "core/text/glob.h"
#include "server/store/policies.h"
#include "server/triage/project_policies.h"

namespace perftrend::triage {
namespace {

constexpr std::int64_t day_us = 86'400'000'000;

/// ASCII letters in lower case, as SQL compares patterns.
std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
  return lower;
}

std::optional<Rhythm> find_rhythm(const Policies& policies, std::string_view project, const store::Lane& lane,
                                  std::int64_t now_us) {
  const auto declared = policies.branch_rules().expect_every_us(project, lane.testbed, lane.branch);
  if (!declared) return learn_rhythm(lane.times, now_us);
  if (*declared == 0) return std::nullopt;
  return declared_rhythm(lane.times, *declared, now_us);
}

/// As LaneFilter::testbed and branch.
bool has_part(std::string_view name, std::string_view part) {
  if (part.empty()) return true;
  const bool is_pattern = part.find_first_of("*?") != std::string_view::npos;
  const auto pattern = lowered(part);
  return text::matches_glob(is_pattern ? pattern : "*" + pattern + "*", lowered(name));
}

/// `others_us`: the newest run of the other long-lived lanes.
bool has_ended(const LaneState& state, std::int64_t others_us, std::int64_t now_us) {
  const auto silent_us = now_us - state.lane.last_started_us;
  if (state.rhythm && state.rhythm->declared) return false;
  if (!state.rhythm) {
    const auto end_us = state.lane.last_started_us + silent_days_without_rhythm * day_us;
    return now_us > end_us && others_us > end_us;
  }
  const auto end_us = state.lane.last_started_us +
                      std::max<std::int64_t>(silent_periods * state.rhythm->period_us, silent_days * day_us);
  return state.rhythm->overdue && silent_us > 0 && now_us > end_us && others_us > end_us;
}

}  // namespace

bool LongLivedBranches::contains(std::string_view branch) const {
  if (branch == default_branch) return true;
  const auto lower = lowered(branch);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const bool is_name = pattern.find_first_of("*?") == std::string::npos;
    return is_name ? pattern == branch : text::matches_glob(lowered(pattern), lower);
  });
}

std::vector<std::string> LongLivedBranches::all() const {
  std::vector<std::string> all = {default_branch};
  all.insert(all.end(), patterns.begin(), patterns.end());
  return all;
}

LongLivedBranches find_long_lived(db::Connection& connection, const Policies& policies, Id project,
                                  std::string_view project_name) {
  const auto& rules = policies.branch_rules();
  const auto stated = rules.default_branch(project_name);
  return {stated ? *stated : store::find_default_branch(connection, project).name, rules.long_lived(project_name)};
}

std::int64_t short_lived_end_us(std::int64_t now_us) {
  return now_us - short_lived_days * day_us;
}

std::vector<LaneState> judge_long_lived(const Policies& policies, std::string_view project_name,
                                        std::vector<store::Lane> long_lived_lanes, std::int64_t now_us) {
  std::int64_t newest_us = INT64_MIN, second_us = INT64_MIN;
  for (const auto& lane : long_lived_lanes) {
    second_us = std::max(second_us, std::min(newest_us, lane.last_started_us));
    newest_us = std::max(newest_us, lane.last_started_us);
  }
  std::vector<LaneState> states;
  states.reserve(long_lived_lanes.size());
  for (auto& lane : long_lived_lanes) {
    auto& state = states.emplace_back();
    state.long_lived = true;
    state.ended_by_person = lane.ended_us.has_value();
    state.rhythm = find_rhythm(policies, project_name, lane, now_us);
    state.lane = std::move(lane);
    const auto others_us = state.lane.last_started_us == newest_us ? second_us : newest_us;
    state.ended = state.ended_by_person || has_ended(state, others_us, now_us);
    state.overdue = !state.ended && state.rhythm && state.rhythm->overdue;
  }
  const auto group = [](const LaneState& state) { return state.ended ? 2 : state.has_problem() ? 0 : 1; };
  std::stable_sort(states.begin(), states.end(), [&](const auto& a, const auto& b) { return group(a) < group(b); });
  return states;
}

LaneState judge_short_lived(store::Lane lane, std::int64_t now_us) {
  LaneState state;
  state.ended_by_person = lane.ended_us.has_value();
  state.ended = state.ended_by_person || lane.last_started_us < short_lived_end_us(now_us);
  state.lane = std::move(lane);
  return state;
}

LaneList list_lane_states(db::Connection& connection, const Policies& policies, Id project,
                          std::string_view project_name, std::int64_t now_us) {
  store::LaneFilter filter;
  filter.branches = find_long_lived(connection, policies, project, project_name).all();
  filter.limit = long_lived_lanes_max;
  filter.silent_before_us = short_lived_end_us(now_us);
  LaneList list;
  auto long_lived = store::list_lanes(connection, project, filter);
  list.total = long_lived.total;
  list.lanes = judge_long_lived(policies, project_name, std::move(long_lived.lanes), now_us);
  list.ended = std::count_if(list.lanes.begin(), list.lanes.end(), [](const auto& state) { return state.ended; });
  list.headline = summarize(list.lanes);
  if (list.lanes.size() > lanes_max) list.lanes.resize(lanes_max);
  filter.others = true;
  filter.ended = store::LaneFilter::Ended::yes;
  filter.limit = 0;
  const auto ended = store::list_lanes(connection, project, filter).total;
  filter.ended = store::LaneFilter::Ended::no;
  filter.limit = std::max(0, lanes_max - static_cast<int>(list.lanes.size()));
  auto short_lived = store::list_lanes(connection, project, filter);
  list.total += ended + short_lived.total;
  list.ended += ended;
  for (auto& lane : short_lived.lanes)
    list.lanes.push_back(judge_short_lived(std::move(lane), now_us));
  return list;
}

Headline summarize(const std::vector<LaneState>& lanes) {
  Headline headline;
  for (const auto& state : lanes) {
    if (!state.is_in_headline()) continue;
    ++headline.lanes;
    headline.failed_cases += state.lane.failed;
    headline.overdue_runs += state.overdue ? 1 : 0;
    headline.suspect_runs += state.lane.suspect.empty() ? 0 : 1;
  }
  return headline;
}

LaneList find_lane_states(db::Connection& connection, const Policies& policies, Id project,
                          std::string_view project_name, const LaneQuestion& question, std::int64_t now_us) {
  using Ended = store::LaneFilter::Ended;
  store::LaneFilter filter;
  filter.branches = find_long_lived(connection, policies, project, project_name).all();
  filter.limit = long_lived_lanes_max;
  filter.silent_before_us = short_lived_end_us(now_us);
  // Which long-lived lanes have ended depends on the others, so all of them are read.
  auto states = judge_long_lived(policies, project_name, store::list_lanes(connection, project, filter).lanes, now_us);
  std::erase_if(states, [&](const LaneState& state) {
    return !has_part(state.lane.testbed, question.testbed) || !has_part(state.lane.branch, question.branch) ||
           (question.ended != Ended::any && state.ended != (question.ended == Ended::yes));
  });
  const auto long_lived = static_cast<int>(states.size());
  LaneList list;
  const auto first = states.begin() + std::min(question.offset, long_lived);
  const auto last = states.begin() + std::min(question.offset + question.limit, long_lived);
  list.lanes.assign(std::move_iterator(first), std::move_iterator(last));
  filter.others = true;
  filter.testbed = question.testbed;
  filter.branch = question.branch;
  filter.ended = question.ended;
  filter.offset = std::max(0, question.offset - long_lived);
  filter.limit = question.limit - static_cast<int>(list.lanes.size());
  auto short_lived = store::list_lanes(connection, project, filter);
  list.total = long_lived + short_lived.total;
  for (auto& lane : short_lived.lanes)
    list.lanes.push_back(judge_short_lived(std::move(lane), now_us));
  list.ended = std::count_if(list.lanes.begin(), list.lanes.end(), [](const auto& state) { return state.ended; });
  return list;
}

std::map<Id, Headline> list_headlines(db::Connection& connection, const Policies& file,
                                      const std::vector<store::Project>& projects, std::int64_t now_us) {
  std::map<Id, std::vector<store::Lane>> lanes;
  for (auto& each : store::list_default_lanes(connection, file.branch_rules().all_long_lived()))
    lanes[each.project].push_back(std::move(each.lane));
  const auto with_own = store::list_projects_with_policy(connection);
  std::map<Id, Headline> headlines;
  for (const auto& project : projects) {
    const bool has_own = with_own.contains(project.id);
    if (has_own || file.branch_rules().default_branch(project.name)) {
      const auto policies = has_own ? policies_of(connection, file, project.id) : file;
      headlines[project.id] = list_lane_states(connection, policies, project.id, project.name, now_us).headline;
      continue;
    }
    const LongLivedBranches long_lived{project.default_branch.name, file.branch_rules().long_lived(project.name)};
    auto& of_project = lanes[project.id];
    std::erase_if(of_project, [&](const store::Lane& lane) { return !long_lived.contains(lane.branch); });
    headlines[project.id] = summarize(judge_long_lived(file, project.name, std::move(of_project), now_us));
  }
  return headlines;
}

}  // namespace perftrend::triage
