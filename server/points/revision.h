#pragma once
// Project revision: a random number that changes whenever the project's points change, or what they are judged by
// (environment and fitness of runs, units of series) except the policies. Data derived from the points is valid as long
// as the database holds the revision that it was derived from, whichever server process writes, and even where a
// transaction is rolled back.

#include <cstdint>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::points {

/// 0 for a project that never changed or does not exist.
std::int64_t find_revision(db::Connection& connection, Id project);
/// Gives the project a new revision and returns it. It never returns one that the project has had.
std::int64_t bump_revision(db::Connection& connection, Id project);
/// The same for the project of the series.
void bump_revision_of_series(db::Connection& connection, Id series);

}  // namespace perftrend::points
