#include "server/commands/database_commands.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/commands/exit_codes.h"
#include "server/commands/progress_bar.h"
#include "server/db/migrate.h"
#include "server/db/open.h"
#include "server/db/sqlite_backup.h"
#include "server/db/sqlite_connection.h"
#include "server/db/transfer.h"
#include "server/jobs/retention_file.h"
#include "server/jobs/scheduled_backup.h"
#include "server/store/points.h"

namespace perftrend {
namespace {

constexpr std::size_t parts_of_a_copy = 100;

int complain(int code, const std::string& text) {
  fmt::print(stderr, "perftrend-server: {}\n", text);
  return code;
}

int schema_version_of(db::Database& database) {
  int version = 0;
  database.read([&](db::Connection& connection) { version = db::schema_version(connection); });
  return version;
}

/// Only `serve` and `import` make a database where there is none.
void must_exist(const std::string& address) {
  const bool is_file = address.find("://") == std::string::npos;
  if (is_file && !std::filesystem::exists(address)) throw db::Unusable(fmt::format("{} does not exist", address));
}

/// Asked before a backup stands where a database was that worked. What is no database of ours restore itself refuses.
void must_not_be_newer(const std::filesystem::path& backup) {
  db::SqliteConnection connection(backup, db::SqliteMode::read_only);
  if (connection.require_integer("PRAGMA application_id") != db::application_id) return;
  const int version = db::schema_version(connection);
  const int known = db::migrations(db::Dialect::sqlite).back().version;
  if (version > known) {
    throw db::Unusable(fmt::format("{} has schema version {}, this program knows {}: start a newer perftrend-server",
                                   backup.string(), version, known));
  }
}

/// Steps a bar of 100 parts.
db::BackupProgress percent(ProgressBar& bar) {
  return [&bar, shown = std::size_t{0}](double done) mutable {
    for (const auto wanted = static_cast<std::size_t>(done * parts_of_a_copy); shown < wanted; ++shown)
      bar.step();
  };
}

/// Shown from the first rows on, when it is known how many they are.
class RowBar {
 public:
  db::RowProgress progress() {
    return [this](std::int64_t more, std::int64_t total) {
      if (!bar_) bar_.emplace("copying and comparing", static_cast<std::size_t>(total));
      for (std::int64_t i = 0; i < more; ++i)
        bar_->step();
    };
  }
  void clear() {
    if (bar_) bar_->clear();
  }

 private:
  std::optional<ProgressBar> bar_;
};

std::int64_t copy_with_progress(db::Database& from, db::Database& to) {
  RowBar bar;
  const auto rows = db::copy_database(from, to, bar.progress());
  bar.clear();
  return rows;
}

std::int64_t copy_into_file_with_progress(db::Database& from, const std::filesystem::path& to) {
  RowBar bar;
  const auto rows = copy_into_file(from, to, bar.progress());
  bar.clear();
  return rows;
}

/// What must hold of our rows, beyond what the engine itself checks.
std::vector<std::string> check_points(db::Database& database) {
  constexpr std::size_t findings_max = 100;
  std::vector<std::string> findings;
  database.read([&](db::Connection& connection) {
    auto counted = store::count_all_points(connection, findings);
    connection.query("SELECT id, points FROM series ORDER BY id", {}, [&](const db::Row& row) {
      const auto points = counted[row.integer(0)];
      if (points != row.integer(1) && findings.size() < findings_max)
        findings.push_back(fmt::format("series {} says {} points and has {}", row.integer(0), row.integer(1), points));
    });
  });
  return findings;
}

}  // namespace

int run_migrate(const DatabaseOptions& options) {
  must_exist(options.database);
  const auto database = db::open_database(options.database, {.exclusive = true});
  fmt::print("{} has schema version {}\n", db::printable_address(options.database), schema_version_of(*database));
  return exit_ok;
}

int run_backup(const DatabaseOptions& options) {
  if (db::is_postgres(options.to)) return complain(exit_usage, "--to: a backup is a SQLite file");
  if (db::is_postgres(options.database)) {
    const auto database = db::open_database(options.database);
    const auto rows = copy_into_file_with_progress(*database, options.to);
    fmt::print("{} rows are in {}, compared one by one\n", rows, options.to);
    return exit_ok;
  }
  must_exist(options.database);
  ProgressBar bar("copying", parts_of_a_copy);
  db::backup_sqlite(options.database, options.to, percent(bar));
  bar.clear();
  fmt::print("{} is a checked copy of {} ({} bytes)\n", options.to, options.database,
             std::filesystem::file_size(options.to));
  return exit_ok;
}

int run_restore(const DatabaseOptions& options) {
  must_exist(options.from.string());
  if (db::is_postgres(options.database)) {
    const auto backup = db::open_database(options.from.string());
    const auto database = db::open_database(options.database);
    fmt::print("{} rows restored, compared one by one\n", copy_with_progress(*backup, *database));
    return exit_ok;
  }
  must_not_be_newer(options.from);
  ProgressBar bar("copying", parts_of_a_copy);
  db::restore_sqlite(options.from, options.database, options.replace, percent(bar));
  bar.clear();
  const auto database = db::open_database(options.database);  // migrates a backup of an older version
  fmt::print("{} is restored from {}\n", options.database, options.from.string());
  return exit_ok;
}

int run_check(const DatabaseOptions& options) {
  std::vector<std::string> findings;
  if (!db::is_postgres(options.database)) findings = db::check_sqlite(options.database);
  if (findings.empty()) {
    const auto database = db::open_database(options.database);
    findings = check_points(*database);
  }
  for (const auto& finding : findings)
    fmt::print("{}\n", finding);
  if (findings.empty()) fmt::print("{}: no fault found\n", db::printable_address(options.database));
  return findings.empty() ? exit_ok : exit_failed;
}

int run_export(const DatabaseOptions& options) {
  must_exist(options.database);
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

int run_prune(const DatabaseOptions& options) {
  const auto rules = read_retention_file(options.retention);
  if (!rules) return complain(exit_usage, rules.error());
  must_exist(options.database);
  const auto database = db::open_database(options.database);
  const auto pruned = store::prune(*database, *rules, times::now_us(), options.dry_run);
  fmt::print("{}: {} documents ({} bytes), {} samples ({} bytes), {} points\n",
             options.dry_run ? "would be dropped" : "dropped", pruned.documents, pruned.document_bytes, pruned.samples,
             pruned.sample_bytes, pruned.points);
  return exit_ok;
}

}  // namespace perftrend
