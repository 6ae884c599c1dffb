#pragma once
// The tables as the database itself describes them: what is copied from one engine to the other, and what tests
// compare.

#include <string>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

struct TableShape {
  Columns to;  ///< name and columns, in their order
  std::vector<bool> not_null;
  std::vector<std::string> primary_key;
  bool identity = false;  ///< its primary key is one integer that the database gives
};

/// In the order they were made, which is one in which references point backwards. Without schema_version.
std::vector<TableShape> read_shape(Connection& connection, Engine engine);

}  // namespace perftrend::db
