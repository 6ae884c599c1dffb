#pragma once
// Everything of one database into another, of whichever engine.

#include <cstdint>
#include <functional>
#include <string>

#include "server/db/sql.h"

namespace perftrend::db {

/// Told how many more rows are done; `total` is known before the first.
using RowProgress = std::function<void(std::int64_t rows, std::int64_t total)>;

/// Copies all rows of one moment of `from` into `to`, which must be empty (Unusable where it is not), in one
/// transaction, then reads both and compares them row by row: each row counts twice for `progress`. Returns how many
/// rows they are. Throws std::runtime_error with the first difference; both servers' errors as sql.h says.
std::int64_t copy_database(Database& from, Database& to, const RowProgress& progress);

/// The first difference between the rows of both; empty where there is none.
std::string first_difference(Database& a, Database& b);

}  // namespace perftrend::db
