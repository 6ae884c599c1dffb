#pragma once
// The audit trail: who did what to a regression, a quarantine or a policy, who corrected what, and when. Entries are
// never changed. Those of a deleted project are deleted with it; its deletion is an entry of the server.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// The actor of what happens without a person.
constexpr std::string_view own_name = "perftrend";

struct AuditEntry {
  Id id = 0;
  Id project = 0;  ///< 0: the whole server
  std::int64_t at_us = 0;
  std::string actor;                 ///< own_name or the name of a token
  std::string subject;               ///< "regression", "quarantine", "policy", "run", "series", "project", …
  Id subject_id = 0;                 ///< of a policy its version
  std::string action;                ///< "suspected", "acknowledged", "assigned", "entered", …
  std::string from_state, to_state;  ///< empty where it has no states, or had none before
  std::string note, link;
};

void add_audit(db::Connection& connection, const AuditEntry& entry);

struct AuditFilter {
  std::string subject;  ///< empty: any
  Id subject_id = 0;    ///< 0: any
  Id before = 0;        ///< entries with a smaller id; 0: from the newest
  int limit = 200;
};

/// Newest first. `project` 0: entries of the whole server.
std::vector<AuditEntry> list_audit(db::Connection& connection, Id project, const AuditFilter& filter);

}  // namespace perftrend::store
