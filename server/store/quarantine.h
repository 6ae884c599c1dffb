#pragma once
// Quarantine entries of cases, current and past. A case has at most one current entry.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// One quarantine entry of one case.
struct QuarantineEntry {
  Id id = 0;
  Id project = 0, case_id = 0;
  CaseKey key;
  std::string source;  ///< how it entered: "scenario", "hand" or "noise"
  std::string reason, owner;
  std::int64_t entered_us = 0;
  Id entered_run = 0;  ///< the project's newest run then; 0: it had none
  std::string entered_by;
  std::optional<Id> stated_run;            ///< of source scenario: the newest run whose report stated it
  std::optional<std::int64_t> expires_us;  ///< later runs get a warning; nothing else happens
  std::int64_t clean_runs_required = 0;    ///< consecutive clean runs after which it leaves
  std::optional<std::int64_t> left_us;     ///< nullopt: it is in quarantine
  std::string left_by, left_reason;
};

/// The id of the project's newest upload; 0: it has none.
Id newest_run_id(db::Connection& connection, Id project);

/// Whether it is the newest run of its testbed, branch and purpose by time, without excluded ones.
bool is_newest_of_lane(db::Connection& connection, Id run);

/// Whether both runs are of one testbed and branch; true where `other` was deleted.
bool is_of_lane_of(db::Connection& connection, Id run, Id other);

/// nullopt where the project has no such case.
std::optional<Id> find_case(db::Connection& connection, Id project, const CaseKey& key);

/// Inserts (id 0) or updates; returns its id.
Id save_quarantine(db::Connection& connection, const QuarantineEntry& quarantine);

/// Newest first; `now_only`: only current entries.
std::vector<QuarantineEntry> list_quarantine(db::Connection& connection, Id project, bool now_only, int limit);
std::optional<QuarantineEntry> find_quarantine(db::Connection& connection, Id project, Id id);
/// The current entry of this case.
std::optional<QuarantineEntry> find_current_entry(db::Connection& connection, Id case_id);
/// The newest entry of this case, current or past.
std::optional<QuarantineEntry> find_newest_entry(db::Connection& connection, Id case_id);
/// Ids of the cases of a project that are in quarantine, and of those whose findings do not alert: all but those that a
/// scenario put there. A scenario's quarantine only keeps timing from failing CI.
struct QuarantinedCases {
  std::set<Id> all, muted;
  friend bool operator==(const QuarantinedCases&, const QuarantinedCases&) = default;
};
QuarantinedCases quarantined_cases(db::Connection& connection, Id project);
bool is_muting(const QuarantineEntry& entry);

/// Sets whether a case's open regressions alert.
void set_alerting(db::Connection& connection, Id case_id, bool alerting);

}  // namespace perftrend::store
