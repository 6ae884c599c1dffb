#pragma once
// Cases in quarantine and those that were. At most one stay of a case lasts at a time.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// One stay of one case.
struct Quarantine {
  Id id = 0;
  Id project = 0, case_id = 0;
  CaseKey key;
  std::string source;  ///< how it entered: "scenario", "hand" or "noise"
  std::string reason, owner;
  std::int64_t entered_us = 0;
  Id entered_run = 0;  ///< the project's newest run then; 0: it had none
  std::string entered_by;
  std::optional<std::int64_t> expires_us;  ///< after it there are warnings; nothing else happens
  std::int64_t clean_runs_required = 0;    ///< clean nights in a row that let it leave
  std::optional<std::int64_t> left_us;     ///< nullopt: it is in quarantine
  std::string left_by, left_reason;
};

/// The id of the project's newest upload; 0: it has none.
Id newest_run_id(db::Connection& connection, Id project);

/// Whether no run of the same testbed and branch stands after it in the trend.
bool is_newest_of_lane(db::Connection& connection, Id run);

/// nullopt where the project has no such case.
std::optional<Id> find_case(db::Connection& connection, Id project, const CaseKey& key);

/// Inserts (id 0) or updates; returns its id.
Id save_quarantine(db::Connection& connection, const Quarantine& quarantine);

/// Newest first; `now_only`: those that last.
std::vector<Quarantine> list_quarantine(db::Connection& connection, Id project, bool now_only, int limit);
std::optional<Quarantine> find_quarantine(db::Connection& connection, Id project, Id id);
/// The stay of this case that lasts.
std::optional<Quarantine> find_stay(db::Connection& connection, Id case_id);
/// The newest stay of this case, whether it lasts or not.
std::optional<Quarantine> find_newest_stay(db::Connection& connection, Id case_id);
/// Ids of the cases of a project that are in quarantine, and of those of them whose findings alert nobody: all but
/// those that a scenario put there. Its quarantine keeps timing from failing CI, and the findings are what it is for.
struct QuarantinedCases {
  std::set<Id> all, muted;
  friend bool operator==(const QuarantinedCases&, const QuarantinedCases&) = default;
};
QuarantinedCases quarantined_cases(db::Connection& connection, Id project);
bool is_muting(const Quarantine& stay);

/// Says of a case's open regressions whether they alert.
void set_alerting(db::Connection& connection, Id case_id, bool alerting);

}  // namespace perftrend::store
