#include "server/commands/restore_command.h"

#include <fmt/format.h>

#include "server/commands/copying.h"
#include "server/commands/exit_codes.h"
#include "server/db/migrate.h"
#include "server/db/open.h"
#include "server/db/sqlite_backup.h"
#include "server/db/sqlite_connection.h"

namespace perftrend {
namespace {

/// Called before a working database is replaced. Files that are not a perftrend database are refused by the restore.
void require_known_version(const std::filesystem::path& backup) {
  db::SqliteConnection connection(backup, db::SqliteMode::read_only);
  if (connection.require_integer("PRAGMA application_id") != db::application_id) return;
  const int version = db::schema_version(connection);
  const int known = db::migrations(db::Dialect::sqlite).back().version;
  if (version > known) {
    throw db::Unusable(
        fmt::format("{} has schema version {}, but this program knows versions up to {}: use a newer "
                    "perftrend-server",
                    backup.string(), version, known));
  }
}

}  // namespace

int run_restore(const RestoreOptions& options) {
  require_existing(options.from.string());
  if (db::is_postgres(options.database)) {
    const auto backup = db::open_database(options.from.string());
    const auto database = db::open_database(options.database);
    fmt::print("{} rows restored, compared one by one\n", copy_with_progress(*backup, *database));
    return exit_ok;
  }
  require_known_version(options.from);
  ProgressBar bar("copying", percent_total);
  db::restore_sqlite(options.from, options.database, options.replace, percent(bar));
  bar.clear();
  const auto database = db::open_database(options.database);  // migrates a backup of an older version
  fmt::print("{} is restored from {}\n", options.database, options.from.string());
  return exit_ok;
}

}  // namespace perftrend
