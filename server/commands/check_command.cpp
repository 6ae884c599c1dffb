#include "server/commands/check_command.h"

#include <fmt/format.h>

#include <vector>

#include "server/commands/exit_codes.h"
#include "server/db/open.h"
#include "server/db/sqlite_backup.h"
#include "server/store/points.h"

namespace perftrend {
namespace {

/// What must be true of our rows, in addition to what the database engine checks.
std::vector<std::string> check_points(db::Database& database) {
  constexpr std::size_t findings_max = 100;
  std::vector<std::string> findings;
  database.read([&](db::Connection& connection) {
    auto counted = store::count_all_points(connection, findings);
    connection.query("SELECT id, points FROM series ORDER BY id", {}, [&](const db::Row& row) {
      const auto points = counted[row.integer(0)];
      if (points != row.integer(1) && findings.size() < findings_max) {
        findings.push_back(
            fmt::format("series {} should have {} points, but has {}", row.integer(0), row.integer(1), points));
      }
    });
  });
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
