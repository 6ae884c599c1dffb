#pragma once
// The database that an address names.

#include <memory>
#include <string>

#include "server/db/sql.h"
#include "server/db/sqlite.h"

namespace perftrend::db {

/// Of a SQLite file (sqlite.h); PostgreSQL serves any number of servers and keeps its log itself.
struct OpenOptions {
  bool exclusive = false;
  int checkpoint_pages = checkpoint_pages_default;
};

/// What `--db` takes: a PostgreSQL URI (postgres://… or postgresql://…), else a SQLite file. Throws Unusable, also for
/// an address of any other scheme.
std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options = {});

bool is_postgres(const std::string& address);
/// The address without a password, for people's eyes.
std::string printable_address(const std::string& address);

}  // namespace perftrend::db
