#include "server/db/sqlite.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <system_error>
#include <utility>

#include "server/db/file_lock.h"
#include "server/db/group_commit.h"
#include "server/db/migrate.h"
#include "server/db/reader_pool.h"
#include "server/db/sqlite_connection.h"

namespace perftrend::db {
namespace {

// Largest file that is checked at start; the check of a larger one would delay it (`perftrend-server check` does it).
constexpr std::uintmax_t checked_at_start_bytes_max = 64U << 20U;

/// Writing session. It keeps its connection after a failed commit, because its WAL index does not contain the frames of
/// that commit. A new connection could find them in the file and treat them as committed.
class SqliteWriteSession final : public WriteSession {
 public:
  SqliteWriteSession(const std::filesystem::path& file, int checkpoint_pages)
      : connection_(file, SqliteMode::read_write) {
    connection_.query(fmt::format("PRAGMA wal_autocheckpoint = {}", checkpoint_pages), {}, [](const Row&) {});
  }

  Connection& begin() override {
    connection_.execute("BEGIN IMMEDIATE");
    return connection_;
  }
  void abandon() noexcept override {
    try {
      if (connection_.in_transaction()) connection_.execute("ROLLBACK");
    } catch (const std::exception& error) {
      spdlog::error("a rollback failed: {}", error.what());  // the next BEGIN will fail and report why
    }
  }
  void commit() override { connection_.execute("COMMIT"); }
  /// A commit that threw is not committed. A small commit that reaches the disk overwrites its frames in the WAL, so
  /// that a crash cannot bring it back.
  CommitOutcome settle() override {
    abandon();
    begin().execute(probing_write);
    commit();
    return CommitOutcome::rolled_back;
  }

 private:
  SqliteConnection connection_;
};

/// Callers of a failed commit are refused at once: a disk that failed does not recover within seconds.
constexpr GroupCommitOptions sqlite_commits = {.doubt_max = std::chrono::milliseconds(0),
                                               .retry_wait = std::chrono::milliseconds(250)};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const SqliteOptions& options, std::unique_ptr<FileLock> lock)
      : lock_(std::move(lock)),
        writer_(std::make_unique<SqliteWriteSession>(options.file, options.checkpoint_pages), sqlite_commits),
        readers_([file = options.file] { return std::make_unique<SqliteConnection>(file, SqliteMode::read_only); },
                 "BEGIN") {}

  void write(const Work& work) override { writer_.write(work); }
  void read(const Work& work) override { readers_.read(work); }
  [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }

  [[nodiscard]] std::string why_not_ready() override { return probe_readiness(*this, writer_); }

 private:
  // In this order: the connection that is closed last checkpoints the WAL, which a reader is not allowed to.
  std::unique_ptr<FileLock> lock_;
  GroupCommit writer_;
  ReaderPool readers_;
};

/// True if the file is empty. Throws Unusable if it belongs to another program.
bool check_is_ours(Connection& connection, const std::filesystem::path& file) {
  if (connection.require_integer("PRAGMA application_id") == application_id) return false;
  if (connection.require_integer("SELECT count(*) FROM sqlite_schema") != 0) {
    throw Unusable(fmt::format("{} is a SQLite database of another program: give another --db", file.string()));
  }
  return true;
}

void check_and_migrate(const SqliteOptions& options) {
  SqliteConnection connection(options.file, SqliteMode::read_write_create);
  const bool is_new = check_is_ours(connection, options.file);
  std::string verdict = "ok";
  std::error_code no_size;
  if (std::filesystem::file_size(options.file, no_size) <= checked_at_start_bytes_max)
    connection.query("PRAGMA quick_check(1)", {}, [&](const Row& row) { verdict = row.string(0); });
  if (verdict != "ok") {
    const auto first_line = verdict.substr(0, verdict.find('\n'));
    throw Unusable(fmt::format("{} is corrupt ({}): restore a backup, or save the readable part (docs/operations.md)",
                               options.file.string(), first_line));
  }
  if (is_new) connection.execute_script(fmt::format("PRAGMA application_id = {}", application_id));
  migrate(connection, Dialect::sqlite, migrations(Dialect::sqlite));
}

}  // namespace

std::unique_ptr<Database> open_sqlite(const SqliteOptions& options) {
  auto lock = options.exclusive ? std::make_unique<FileLock>(options.file) : nullptr;
  check_and_migrate(options);
  return std::make_unique<SqliteDatabase>(options, std::move(lock));
}

}  // namespace perftrend::db
