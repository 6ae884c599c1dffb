#pragma once
// Opens a database by its address.

#include <memory>
#include <string>

#include "server/db/sql.h"
#include "server/db/sqlite.h"

namespace perftrend::db {

/// Options for SQLite files (sqlite.h). PostgreSQL ignores them.
struct OpenOptions {
  bool exclusive = false;
  int checkpoint_pages = checkpoint_pages_default;
};

/// `address` is the value of `--db`: a PostgreSQL URI (postgres://… or postgresql://…), otherwise a SQLite file. Throws
/// Unusable, also for any other scheme.
std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options = {});

bool is_postgres(const std::string& address);
/// The address without its password, for messages.
std::string printable_address(const std::string& address);

}  // namespace perftrend::db
