#include "server/db/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "cmake/embedded.h"

namespace perftrend::db {

std::vector<Migration> migrations(std::string_view engine) {
  std::vector<Migration> steps;
  for (const auto& file : embedded::sql()) {
    const auto slash = file.path.find('/');
    if (slash == std::string_view::npos || file.path.substr(0, slash) != engine) continue;
    std::string_view name = file.path.substr(slash + 1);
    if (!name.ends_with(".sql")) continue;
    name.remove_suffix(4);
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    steps.push_back({version, name, file.bytes});
  }
  std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  return steps;
}

int schema_version(Connection& connection) {
  return static_cast<int>(connection.query_integer("SELECT max(version) FROM schema_version").value_or(0));
}

int migrate(Connection& connection, const std::vector<Migration>& steps) {
  connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_version "
      "(version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_us BIGINT NOT NULL)");
  const int known = steps.empty() ? 0 : steps.back().version;
  const int present = schema_version(connection);
  if (present > known) {
    throw Unusable(fmt::format(
        "the database has schema version {}, this program knows {}: start a newer perftrend-server", present, known));
  }
  int taken = 0;
  for (const auto& step : steps) {
    if (step.version <= present) continue;
    connection.execute("BEGIN");
    try {
      connection.execute_script(step.sql);
      const auto now =
          std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
              .count();
      connection.execute("INSERT INTO schema_version (version, name, applied_us) VALUES ($1, $2, $3)",
                         {step.version, step.name, std::int64_t{now}});
      connection.execute("COMMIT");
    } catch (...) {
      connection.execute("ROLLBACK");
      throw;
    }
    ++taken;
  }
  return taken;
}

}  // namespace perftrend::db
