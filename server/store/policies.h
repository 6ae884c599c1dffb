#pragma once
// A project's own policies: a text of [[policy]] tables, versioned. What they mean is triage/policies.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

struct PolicyVersion {
  std::int64_t version = 0;  ///< from 1
  std::string toml, author, note;
  std::int64_t created_us = 0;
};

/// The one that holds; nullopt where the project never had one.
std::optional<PolicyVersion> newest_policy(db::Connection& connection, Id project);
/// Newest first.
std::vector<PolicyVersion> list_policies(db::Connection& connection, Id project, int limit);
/// The projects that have policies of their own.
std::set<Id> list_projects_with_policy(db::Connection& connection);
/// Stores `policy` under its version, which must be new.
void add_policy(db::Connection& connection, Id project, const PolicyVersion& policy);

}  // namespace perftrend::store
