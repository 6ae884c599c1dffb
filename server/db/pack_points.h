#pragma once
// The step from a row for each point to blocks of them (schema version 4).

#include "server/db/sql.h"

namespace perftrend::db {

/// Brings all rows of the table `point` into `point_block` and drops it. Run in the transaction of the migration; holds
/// the points of one series in memory. Throws what the connection throws.
void pack_points(Connection& connection);

}  // namespace perftrend::db
