#pragma once
// Schema versions. Steps are schema/sql/<engine>/NNNN_name.sql, embedded in the binary; forward only.

#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

struct Migration {
  int version = 0;
  std::string_view name;  ///< "0001_initial"
  std::string_view sql;
};

/// The steps for "sqlite", ascending.
std::vector<Migration> migrations(std::string_view engine);

/// Brings the schema up to date, each step in a transaction of its own with its row in schema_version.
/// Returns how many steps were taken. Throws Unusable where the schema is newer than `steps`.
int migrate(Connection& connection, const std::vector<Migration>& steps);

/// 0 where there is no schema yet.
int schema_version(Connection& connection);

}  // namespace perftrend::db
