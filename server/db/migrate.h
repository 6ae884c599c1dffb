#pragma once
// Schema versions. Steps are schema/sql/sqlite/NNNN_name.sql, embedded in the binary; forward only. PostgreSQL takes
// the same text in its own spelling (postgres_text.h).

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

struct Migration {
  int version = 0;
  std::string name;  ///< "0001_initial"
  std::string sql;
  /// What SQL cannot do, run behind `sql` in the same transaction; may be empty.
  std::function<void(Connection&)> convert = {};
};

/// The steps, ascending.
std::vector<Migration> migrations(Engine engine);

/// Brings the schema up to date, each step in a transaction of its own with its row in schema_version; several
/// processes may try at once. Returns how many steps were taken. Throws Unusable where the schema is newer than
/// `steps`.
int migrate(Connection& connection, Engine engine, const std::vector<Migration>& steps);

/// 0 where there is no schema yet.
int schema_version(Connection& connection);

/// For PostgreSQL, after BEGIN: waits until no other transaction of this database has it, and holds it to the end.
/// SQLite has BEGIN IMMEDIATE.
extern const std::string_view take_write_lock;

}  // namespace perftrend::db
