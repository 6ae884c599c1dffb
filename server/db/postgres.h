#pragma once
// PostgreSQL (13 or newer) through libpqxx: for several servers over one database.

#include <memory>
#include <string>

#include "server/db/group_commit.h"
#include "server/db/sql.h"

namespace perftrend::db {

/// Connects, checks and migrates. Throws Unusable with one line that says what to do.
///
/// `uri` is libpq's (postgres://user@host1,host2/name?target_session_attrs=read-write). Servers write one after the
/// other: each transaction begins by taking a lock of the database, so that what was written for one writer holds for
/// all. Readers wait for none. A lost connection is made anew by the next use.
std::unique_ptr<Database> open_postgres(const std::string& uri);

/// How it writes, for tests of what happens when the connection is lost.
std::unique_ptr<WriteSession> open_postgres_writer(const std::string& uri);

}  // namespace perftrend::db
