#include "server/store/audit.h"

namespace perftrend::store {

void add_audit(db::Connection& connection, const AuditEntry& entry) {
  connection.execute(
      "INSERT INTO audit (project_id, at_us, actor, subject, subject_id, action, from_state, to_state, note, link) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {entry.project == 0 ? std::nullopt : std::optional(entry.project), entry.at_us, entry.actor, entry.subject,
       entry.subject_id, entry.action, entry.from_state, entry.to_state, entry.note, entry.link});
}

std::vector<AuditEntry> list_audit(db::Connection& connection, Id project, const AuditFilter& filter) {
  const Id before = filter.before == 0 ? INT64_MAX : filter.before;
  std::vector<AuditEntry> entries;
  connection.query(
      "SELECT id, coalesce(project_id, 0), at_us, actor, subject, subject_id, action, from_state, to_state, note, link "
      "FROM audit "
      "WHERE coalesce(project_id, 0) = $1 AND ($2 = '' OR subject = $2) AND ($3 = 0 OR subject_id = $3) AND id < $4 "
      "ORDER BY id DESC LIMIT $5",
      {project, filter.subject, filter.subject_id, before, filter.limit}, [&](const db::Row& row) {
        entries.push_back({row.integer(0), row.integer(1), row.integer(2), row.string(3), row.string(4), row.integer(5),
                           row.string(6), row.string(7), row.string(8), row.string(9), row.string(10)});
      });
  return entries;
}

}  // namespace perftrend::store
