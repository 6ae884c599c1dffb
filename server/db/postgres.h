#pragma once
// PostgreSQL (13 or newer) through libpqxx, for several servers with one database.

#include <memory>
#include <string>

#include "server/db/group_commit.h"
#include "server/db/sql.h"

namespace perftrend::db {

/// Connects, checks and migrates. Throws Unusable with a one-line message that says what to do.
///
/// `uri` is libpq's (postgres://user@host1,host2/name?target_session_attrs=read-write). Servers write
/// one after the other: each writing transaction takes a lock of the database first. Readers do not wait. The next use
/// replaces a lost connection.
std::unique_ptr<Database> open_postgres(const std::string& uri);

/// The writing session, for tests of lost connections.
std::unique_ptr<WriteSession> open_postgres_writer(const std::string& uri);

}  // namespace perftrend::db
