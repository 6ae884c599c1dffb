#pragma once
// SQLite through SQLiteCpp: the embedded default.

#include <filesystem>
#include <memory>
#include <string>

#include "server/db/sql.h"

namespace perftrend::db {

inline constexpr int checkpoint_pages_default = 1000;  // SQLite's own: 4 MB

struct SqliteOptions {
  std::filesystem::path file;
  /// Refuse a file that another server has open (a lock file beside it). Maintenance commands that may run beside a
  /// server leave it off.
  bool exclusive = false;
  /// Pages of the write-ahead log at which a commit brings it into the file; 0: never, another process does
  /// (Litestream).
  int checkpoint_pages = checkpoint_pages_default;
};

/// Opens, checks and migrates. Throws Unusable with one line that says what to do.
///
/// WAL and synchronous=FULL: what write() returned from survives a power cut. One thread owns the writing connection
/// and commits what has queued up meanwhile as one transaction; readers have connections of their own.
std::unique_ptr<Database> open_sqlite(const SqliteOptions& options);

}  // namespace perftrend::db
