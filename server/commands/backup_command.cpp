#include "server/commands/backup_command.h"

#include <fmt/format.h>

#include <filesystem>

#include "server/commands/copying.h"
#include "server/commands/exit_codes.h"
#include "server/db/open.h"
#include "server/db/sqlite_backup.h"

namespace perftrend {

int run_backup(const BackupOptions& options) {
  if (db::is_postgres(options.to)) return fail(exit_usage, "--to must be the path of a SQLite file");
  if (db::is_postgres(options.database)) {
    const auto database = db::open_database(options.database);
    const auto rows = copy_into_file_with_progress(*database, options.to);
    fmt::print("{} rows copied to {}, compared one by one\n", rows, options.to);
    return exit_ok;
  }
  require_existing(options.database);
  ProgressBar bar("copying", percent_total);
  db::backup_sqlite(options.database, options.to, percent(bar));
  bar.clear();
  fmt::print("{} is a checked copy of {} ({} bytes)\n", options.to, options.database,
             std::filesystem::file_size(options.to));
  return exit_ok;
}

}  // namespace perftrend
