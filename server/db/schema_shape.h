#pragma once
// Description of the tables, read from the database. Used to copy a database to the other engine, and by tests.

#include <string>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

struct TableShape {
  Columns to;  ///< name and columns, in their order
  std::vector<bool> not_null;
  std::vector<std::string> primary_key;
  bool identity = false;  ///< the primary key is one integer that the database assigns
};

/// Tables in the order of their creation, so that references point to earlier tables. Without schema_version.
std::vector<TableShape> read_shape(Connection& connection, Dialect dialect);

}  // namespace perftrend::db
