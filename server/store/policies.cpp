#include "server/store/policies.h"

namespace perftrend::store {

std::vector<PolicyVersion> list_policies(db::Connection& connection, Id project, int limit) {
  std::vector<PolicyVersion> versions;
  connection.query(
      "SELECT version, toml, author, note, created_us FROM policy WHERE project_id = $1 ORDER BY version DESC LIMIT $2",
      {project, limit}, [&](const db::Row& row) {
        versions.push_back({row.integer(0), row.string(1), row.string(2), row.string(3), row.integer(4)});
      });
  return versions;
}

std::optional<PolicyVersion> newest_policy(db::Connection& connection, Id project) {
  auto versions = list_policies(connection, project, 1);
  if (versions.empty()) return std::nullopt;
  return std::move(versions.front());
}

std::set<Id> list_projects_with_policy(db::Connection& connection) {
  std::set<Id> projects;
  connection.query("SELECT DISTINCT project_id FROM policy", {},
                   [&](const db::Row& row) { projects.insert(row.integer(0)); });
  return projects;
}

void add_policy(db::Connection& connection, Id project, const PolicyVersion& policy) {
  connection.execute(
      "INSERT INTO policy (project_id, version, toml, author, note, created_us) VALUES ($1, $2, $3, $4, $5, $6)",
      {project, policy.version, policy.toml, policy.author, policy.note, policy.created_us});
}

}  // namespace perftrend::store
