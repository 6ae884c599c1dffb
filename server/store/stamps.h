#pragma once
// A project's stamp is another number after every change of its points, or of what they are judged by but the policies
// (environments and fitness of runs, units of series). What is kept in memory of a project holds as long as its stamp
// in the database does, whichever process wrote last, and whatever became of a transaction.

#include <cstdint>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// 0 of a project that never changed, or is not there.
std::int64_t find_stamp(db::Connection& connection, Id project);
/// Gives the project a new one, and returns it. Never one that it has had: they are drawn at random.
std::int64_t bump_revision(db::Connection& connection, Id project);
void touch_project_of_series(db::Connection& connection, Id series);

}  // namespace perftrend::store
