#pragma once
// The database that an address names.

#include <memory>
#include <string>

#include "server/db/sql.h"

namespace perftrend::db {

/// What `--db` takes: a PostgreSQL URI (postgres://… or postgresql://…), else a SQLite file. Throws Unusable, also for
/// an address of any other scheme.
///
/// `exclusive`: refuse a SQLite file that another server has open; PostgreSQL serves any number of servers.
std::unique_ptr<Database> open_database(const std::string& address, bool exclusive = false);

bool is_postgres(const std::string& address);
/// The address without a password, for people's eyes.
std::string printable_address(const std::string& address);

}  // namespace perftrend::db
