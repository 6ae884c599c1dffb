#include "server/commands/check_command.h"

#include <fmt/format.h>

#include <vector>

#include "server/commands/exit_codes.h"
#include "server/db/open.h"
#include "server/db/sqlite_backup.h"
#include "server/points/points.h"

namespace perftrend {
namespace {

/// What the database engine cannot check.
std::vector<std::string> check_points(db::Database& database) {
  std::vector<std::string> findings;
  database.read([&](db::Connection& connection) { findings = points::check(connection); });
  return findings;
}

}  // namespace

int run_check(const CheckOptions& options) {
  std::vector<std::string> findings;
  if (!db::is_postgres(options.database)) findings = db::check_sqlite(options.database);
  if (findings.empty()) {
    const auto database = db::open_database(options.database);
    findings = check_points(*database);
  }
  for (const auto& finding : findings)
    fmt::print("{}\n", finding);
  if (findings.empty()) fmt::print("{}: no damage found\n", db::printable_address(options.database));
  return findings.empty() ? exit_ok : exit_failed;
}

}  // namespace perftrend
