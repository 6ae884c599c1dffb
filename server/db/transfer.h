#pragma once
// Copy of a whole database into another one, of either engine.

#include <cstdint>
#include <functional>
#include <string>

#include "server/db/sql.h"

namespace perftrend::db {

/// Called with the number of further rows that are done, and the total.
using RowProgress = std::function<void(std::int64_t rows, std::int64_t total)>;

/// Copies all rows of one snapshot of `from` into `to` in one transaction, then compares both row by row; `progress`
/// counts each row twice. Returns the number of rows. Throws Unusable if `to` is not empty, std::runtime_error with the
/// first difference, and the errors of sql.h.
std::int64_t copy_database(Database& from, Database& to, const RowProgress& progress);

/// The first difference between the rows of both; empty if they are equal.
std::string first_difference(Database& a, Database& b);

}  // namespace perftrend::db
