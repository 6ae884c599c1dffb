#pragma once
// Migrations of the schema, forward only: schema/sql/sqlite/NNNN_name.sql, embedded in the binary. PostgreSQL runs the
// same text, translated by postgres_text.h.

#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

struct Migration {
  int version = 0;
  std::string name;  ///< "0001_initial"
  std::string sql;
};

/// All migrations of this program, ascending by version.
std::vector<Migration> migrations(Dialect dialect);

/// Applies the steps that the database does not have yet and returns their number. Each step runs in its own
/// transaction together with its row in schema_version. Several processes may do this at once. Throws Unusable when the
/// schema is newer than `steps` or older than the first release.
int migrate(Connection& connection, Dialect dialect, const std::vector<Migration>& steps);

/// The version of the newest applied migration; 0 without one.
int schema_version(Connection& connection);

/// Statement for PostgreSQL, after BEGIN: takes the lock of the only writer, waits for it if necessary, and holds it to
/// the end of the transaction. SQLite has BEGIN IMMEDIATE instead.
extern const std::string_view take_write_lock;

}  // namespace perftrend::db
