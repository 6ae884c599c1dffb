#pragma once
// SQLite through SQLiteCpp, the embedded default.

#include <filesystem>
#include <memory>
#include <string>

#include "server/db/sql.h"

namespace perftrend::db {

inline constexpr int checkpoint_pages_default = 1000;  // SQLite's own: 4 MB

struct SqliteOptions {
  std::filesystem::path file;
  /// Refuse a file that another server has open, by a lock file next to it. Commands that may run while a server is
  /// running leave it off.
  bool exclusive = false;
  /// WAL checkpoint threshold in pages; 0: no checkpoints, because another process makes them (Litestream).
  int checkpoint_pages = checkpoint_pages_default;
};

/// Opens, checks and migrates. Throws Unusable with a one-line message that says what to do.
///
/// WAL and synchronous=FULL: a write survives a power failure once write() has returned. One thread owns the writing
/// connection and commits queued writes as one transaction; readers have connections of their own.
std::unique_ptr<Database> open_sqlite(const SqliteOptions& options);

}  // namespace perftrend::db
