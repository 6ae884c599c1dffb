#include "server/db/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "cmake/embedded.h"
#include "server/db/pack_points.h"
#include "server/db/postgres_text.h"

namespace perftrend::db {
namespace {

constexpr std::string_view folder = "sqlite/";
constexpr std::string_view extension = ".sql";
constexpr int version_of_blocks = 4;

void begin(Connection& connection, Engine engine) {
  connection.execute(engine == Engine::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
  if (engine == Engine::postgres) connection.execute(take_write_lock);
}

/// Runs `step` in a transaction that no other writer has beside it.
template <typename Step>
void in_transaction(Connection& connection, Engine engine, const Step& step) {
  begin(connection, engine);
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

void take_step(Connection& connection, const Migration& step) {
  connection.execute_script(step.sql);
  if (step.convert) step.convert(connection);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  connection.execute(
      "INSERT INTO schema_version (version, name, applied_us) VALUES ($1, $2, $3)",
      {step.version, step.name, std::int64_t{std::chrono::duration_cast<std::chrono::microseconds>(now).count()}});
}

}  // namespace

// "perf" in ASCII: any number that all servers agree on.
const std::string_view take_write_lock = "SELECT pg_advisory_xact_lock(1885696614)";

std::vector<Migration> migrations(Engine engine) {
  std::vector<Migration> steps;
  for (const auto& file : embedded::sql()) {
    std::string_view name = file.path;
    if (!name.starts_with(folder) || !name.ends_with(extension)) continue;
    name.remove_prefix(folder.size());
    name.remove_suffix(extension.size());
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    steps.push_back({version, std::string(name),
                     engine == Engine::sqlite ? std::string(file.bytes) : to_postgres_schema(file.bytes)});
    if (version == version_of_blocks) steps.back().convert = pack_points;
  }
  std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  return steps;
}

int schema_version(Connection& connection) {
  return static_cast<int>(connection.query_integer("SELECT max(version) FROM schema_version").value_or(0));
}

int migrate(Connection& connection, Engine engine, const std::vector<Migration>& steps) {
  in_transaction(connection, engine, [&] {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version "
        "(version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_us BIGINT NOT NULL)");
  });
  const int known = steps.empty() ? 0 : steps.back().version;
  const int present = schema_version(connection);
  if (present > known) {
    throw Unusable(fmt::format(
        "the database has schema version {}, this program knows {}: start a newer perftrend-server", present, known));
  }
  int taken = 0;
  for (const auto& step : steps) {
    if (step.version <= present) continue;
    in_transaction(connection, engine, [&] {
      if (schema_version(connection) >= step.version) return;  // another process took it meanwhile
      take_step(connection, step);
      ++taken;
    });
  }
  return taken;
}

}  // namespace perftrend::db
