#pragma once

#include <thread>

#include "server/db/sql.h"

namespace perftrend {

/// Deletes the rest of projects whose deletion was interrupted: at the start, and once a day. In a thread of its own,
/// until the returned object is destroyed. Errors are logged.
std::jthread finish_deletions_daily(db::Database& database);

}  // namespace perftrend
