#include "server/triage/branch_records.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "server/store/audit.h"
#include "server/store/lane_records.h"
#include "server/store/lanes.h"
#include "server/store/projects.h"
#include "server/triage/lane_states.h"
#include "server/triage/life.h"
#include "server/triage/project_policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::triage {
namespace {

constexpr std::string_view not_long_lived = "branch_short_lived";
constexpr std::string_view ended_by_person = "lane_ended";
constexpr std::string_view ended_by_silence = "lane_silent";
constexpr std::array<std::string_view, 3> reasons = {not_long_lived, ended_by_person, ended_by_silence};

constexpr std::size_t series_in_a_transaction = 100;  // a restored series is replayed
constexpr int audit_entries_read = 20;

bool is_closed_with_its_lane(const store::RegressionRecord& record) {
  return record.state == FindingState::closed && record.decided_by == store::own_name &&
         std::find(reasons.begin(), reasons.end(), record.reason) != reasons.end();
}

/// Why the lanes of a project have no open records.
class LaneEnds {
 public:
  LaneEnds(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name,
           std::int64_t now_us)
      : long_lived_(find_long_lived(connection, policies, project, project_name)) {
    store::LaneFilter filter;
    filter.branches = long_lived_.all();
    filter.limit = long_lived_lanes_max;
    auto lanes = store::list_lanes(connection, project, filter).lanes;
    for (const auto& state : judge_long_lived(policies, project_name, std::move(lanes), now_us)) {
      if (!state.ended) continue;
      auto& ended = state.ended_by_person ? by_person_ : by_silence_;
      ended.emplace(state.lane.testbed, state.lane.branch);
    }
  }

  /// Empty: its records may be open.
  [[nodiscard]] std::string_view reason(const store::LaneRecords& lane) const {
    if (long_lived_.is_short_lived(lane.branch)) return not_long_lived;
    const std::pair key(lane.testbed, lane.branch);
    return by_person_.contains(key) ? ended_by_person : by_silence_.contains(key) ? ended_by_silence : "";
  }

 private:
  LongLivedBranches long_lived_;
  std::set<std::pair<std::string, std::string>> by_person_, by_silence_;
};

std::int64_t close_records(db::Connection& connection, Id series, std::string_view reason, std::int64_t now_us) {
  std::int64_t closed = 0;
  for (auto record : store::list_series_regressions(connection, series)) {
    if (!store::is_unresolved(record.state)) continue;
    const auto before = record.state;
    record.state = FindingState::closed;
    record.reason = reason;
    record.decided_by = store::own_name;
    store::save_regression(connection, record, before, now_us, describe_reason(reason));
    ++closed;
  }
  return closed;
}

void restore_records(db::Connection& connection, Id series, std::int64_t now_us) {
  for (const auto& record : store::list_series_regressions(connection, series)) {
    if (!is_closed_with_its_lane(record)) continue;
    const auto restored = before_closing(connection, record);
    store::save_regression(connection, restored, restored.state, now_us, "");
    store::add_audit(connection,
                     {0, record.project, now_us, std::string(store::own_name), "regression", record.id,
                      std::string(store::state_name(restored.state)), std::string(store::state_name(record.state)),
                      std::string(store::state_name(restored.state)), "its testbed and branch are judged again", ""});
  }
}

}  // namespace

store::RegressionRecord before_closing(db::Connection& connection, store::RegressionRecord record) {
  const bool is_withdrawn = record.state == FindingState::closed && record.reason == "withdrawn";
  if (!is_withdrawn && !is_closed_with_its_lane(record)) return record;
  store::AuditFilter filter;
  filter.subject = "regression";
  filter.subject_id = record.id;
  filter.limit = audit_entries_read;
  const auto entries = store::list_audit(connection, record.project, filter);
  const auto closing = std::find_if(entries.begin(), entries.end(), [](const store::AuditEntry& entry) {
    return entry.to_state == store::state_name(FindingState::closed);
  });
  record.state = FindingState::suspected;
  record.reason = store::state_name(record.state);
  if (closing == entries.end()) return record;
  for (const auto state : {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged}) {
    if (closing->from_state == store::state_name(state)) record.state = state;
  }
  const auto setting = std::find_if(std::next(closing), entries.end(), [&](const store::AuditEntry& entry) {
    return entry.to_state == closing->from_state;
  });
  if (setting != entries.end()) record.decided_by = setting->actor;
  const bool reopened = record.state == FindingState::confirmed && record.held_run.has_value();
  record.reason = reopened ? "reopened" : store::state_name(record.state);
  return record;
}

FollowedBranches follow_branches(db::Connection& connection, const Policies& policies, Id project,
                                 std::string_view project_name, std::int64_t now_us, std::size_t series_max) {
  FollowedBranches followed;
  const auto records = store::list_lane_records(connection, project, reasons);
  if (records.empty()) return followed;
  const LaneEnds ends(connection, policies, project, project_name, now_us);
  std::size_t changed = 0;
  for (const auto& each : records) {
    const auto reason = ends.reason(each);
    if (reason.empty() ? !each.any_closed : !each.any_unresolved) continue;
    if (changed++ == series_max) {
      followed.more = true;
      break;
    }
    if (reason.empty()) {
      restore_records(connection, each.series, now_us);
      followed.restored.push_back(each.series);
    } else {
      followed.closed += close_records(connection, each.series, reason, now_us);
    }
  }
  return followed;
}

std::int64_t follow_all_branches(db::Database& database, const Policies& file, std::int64_t now_us) {
  std::vector<store::Project> projects;
  database.read([&](db::Connection& connection) {
    const auto with_records = store::list_projects_with_lane_records(connection, reasons);
    for (auto& project : store::list_projects(connection)) {
      if (std::binary_search(with_records.begin(), with_records.end(), project.id))
        projects.push_back(std::move(project));
    }
  });
  std::int64_t changed = 0;
  for (const auto& project : projects) {
    for (bool more = true; more;) {
      database.write([&](db::Connection& connection) {
        const auto policies = policies_of(connection, file, project.id);
        const auto followed =
            follow_branches(connection, policies, project.id, project.name, now_us, series_in_a_transaction);
        judge_series_again(connection, file, project.id, project.name, followed.restored, now_us);
        changed += followed.closed + static_cast<std::int64_t>(followed.restored.size());
        more = followed.more;
      });
    }
  }
  return changed;
}

}  // namespace perftrend::triage
