#include "server/commands/migrate_command.h"

#include <fmt/format.h>

#include "server/commands/copying.h"
#include "server/commands/exit_codes.h"
#include "server/db/migrate.h"
#include "server/db/open.h"

namespace perftrend {

int run_migrate(const MigrateOptions& options) {
  require_existing(options.database);
  const auto database = db::open_database(options.database, {.exclusive = true});
  int version = 0;
  database->read([&](db::Connection& connection) { version = db::schema_version(connection); });
  fmt::print("{} has schema version {}\n", db::printable_address(options.database), version);
  return exit_ok;
}

}  // namespace perftrend
