#include "server/db/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cmake/embedded.h"
#include "server/clock.h"
#include "server/db/postgres_text.h"

namespace perftrend::db {
namespace {

constexpr std::string_view folder = "sqlite/";
constexpr std::string_view extension = ".sql";

/// The second migration of builds before the first release. Their tables differ from those of version 1 here.
constexpr std::string_view pre_release_step = "0002_project_stamp";

void begin(Connection& connection, Dialect dialect) {
  connection.execute(dialect == Dialect::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
  if (dialect == Dialect::postgres) connection.execute(take_write_lock);
}

/// Runs `step` in a transaction; no other writer has one at the same time.
template <typename Step>
void in_transaction(Connection& connection, Dialect dialect, const Step& step) {
  begin(connection, dialect);
  try {
    step();
    connection.execute("COMMIT");
  } catch (...) {
    const auto error = std::current_exception();
    try {
      connection.execute("ROLLBACK");
    } catch (const std::exception&) {  // the connection is lost, and the transaction with it
    }
    std::rethrow_exception(error);
  }
}

void apply_step(Connection& connection, const Migration& step) {
  connection.execute_script(step.sql);
  connection.execute("INSERT INTO schema_version (version, name, applied_us) VALUES ($1, $2, $3)",
                     {step.version, step.name, now_us()});
}

/// Throws Unusable when this program cannot use the tables that are present.
void check_version(Connection& connection, int present, int known) {
  if (present > 1 &&
      connection.require_integer("SELECT count(*) FROM schema_version WHERE name = $1", {pre_release_step}) != 0) {
    throw Unusable(
        fmt::format("the database was written by a build before the first release (schema version {}), which this "
                    "program cannot read: give a new database and upload the reports again",
                    present));
  }
  if (present > known) {
    throw Unusable(fmt::format(
        "the database has schema version {}, but this program knows versions up to {}: use a newer perftrend-server",
        present, known));
  }
}

}  // namespace

// "perf" in ASCII: any number that all servers agree on.
const std::string_view take_write_lock = "SELECT pg_advisory_xact_lock(1885696614)";

std::vector<Migration> migrations(Dialect dialect) {
  std::vector<Migration> steps;
  for (const auto& file : embedded::sql()) {
    std::string_view name = file.path;
    if (!name.starts_with(folder) || !name.ends_with(extension)) continue;
    name.remove_prefix(folder.size());
    name.remove_suffix(extension.size());
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    steps.push_back({version, std::string(name),
                     dialect == Dialect::sqlite ? std::string(file.bytes) : to_postgres_schema(file.bytes)});
  }
  std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  return steps;
}

int schema_version(Connection& connection) {
  return static_cast<int>(connection.query_integer("SELECT max(version) FROM schema_version").value_or(0));
}

int migrate(Connection& connection, Dialect dialect, const std::vector<Migration>& steps) {
  in_transaction(connection, dialect, [&] {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version "
        "(version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_us BIGINT NOT NULL)");
  });
  const int known = steps.empty() ? 0 : steps.back().version;
  const int present = schema_version(connection);
  check_version(connection, present, known);
  int applied = 0;
  for (const auto& step : steps) {
    if (step.version <= present) continue;
    in_transaction(connection, dialect, [&] {
      if (schema_version(connection) >= step.version) return;  // another process has applied it meanwhile
      apply_step(connection, step);
      ++applied;
    });
  }
  return applied;
}

}  // namespace perftrend::db
