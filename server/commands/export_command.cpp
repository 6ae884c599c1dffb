#include "server/commands/export_command.h"

#include <fmt/format.h>

#include "server/commands/copying.h"
#include "server/commands/exit_codes.h"
#include "server/db/open.h"

namespace perftrend {

int run_export(const ExportOptions& options) {
  require_existing(options.database);
  const auto from = db::open_database(options.database);
  std::int64_t rows = 0;
  if (db::is_postgres(options.to)) {
    const auto to = db::open_database(options.to);
    rows = copy_with_progress(*from, *to);
  } else {
    rows = copy_into_file_with_progress(*from, options.to);
  }
  fmt::print("{} rows copied to {}, compared one by one\n", rows, db::printable_address(options.to));
  return exit_ok;
}

}  // namespace perftrend
