#include "server/db/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "server/db/group_commit.h"
#include "server/db/migrate.h"
#include "server/db/reader_pool.h"
#include "server/db/sqlite_connection.h"

namespace perftrend::db {
namespace {

// "perf" in ASCII: written into the file's header, so that a foreign SQLite file is told from ours.
constexpr std::int64_t application_id = 0x70657266;

// A start checks a file up to this size whole; for a larger one it would delay it (`PRAGMA integrity_check` does it by
// hand).
constexpr std::uintmax_t checked_at_start_bytes_max = 64U << 20U;

/// Holds FILE.lock while it lives; the kernel lets go of it when the process dies, however it dies.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file) {
    const std::string path = file.string() + ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
      throw Unusable(fmt::format("cannot create {}: {}", path, std::generic_category().message(errno)));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor_);
      throw Unusable(
          fmt::format("{} is in use by another perftrend-server: stop it, or give another --db", file.string()));
    }
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { ::close(descriptor_); }

 private:
  int descriptor_ = -1;
};

/// The connection is kept over a failed commit: its index of the write-ahead log does not know the frames of that
/// commit, while a new connection could find them in the file and take them for committed.
class SqliteWriteSession final : public WriteSession {
 public:
  explicit SqliteWriteSession(const std::filesystem::path& file) : connection_(file, SqliteMode::read_write) {}

  Connection& begin() override {
    connection_.execute("BEGIN IMMEDIATE");
    return connection_;
  }
  void abandon() noexcept override {
    try {
      if (connection_.in_transaction()) connection_.execute("ROLLBACK");
    } catch (const std::exception& error) {
      spdlog::error("a rollback failed: {}", error.what());  // the next BEGIN will fail, and say why
    }
  }
  void commit() override { connection_.execute("COMMIT"); }
  /// A commit that threw was not made. A small one that reaches the disk overwrites what the log holds of it, so that
  /// not even a crash can bring it back.
  Outcome settle() override {
    abandon();
    begin().execute("UPDATE schema_version SET applied_us = applied_us + 0");
    commit();
    return Outcome::rolled_back;
  }

 private:
  SqliteConnection connection_;
};

/// Callers of a failed commit are refused at once: what failed here is a disk, and a disk takes its time.
constexpr GroupCommitOptions sqlite_commits = {.doubt_max = std::chrono::milliseconds(0),
                                               .retry_wait = std::chrono::milliseconds(1000)};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const SqliteOptions& options, std::unique_ptr<FileLock> lock)
      : lock_(std::move(lock)),
        writer_(std::make_unique<SqliteWriteSession>(options.file), sqlite_commits),
        readers_([file = options.file] { return std::make_unique<SqliteConnection>(file, SqliteMode::read_only); },
                 "BEGIN") {}

  void write(const Work& work) override { writer_.write(work); }
  void read(const Work& work) override { readers_.read(work); }
  [[nodiscard]] Engine engine() const override { return Engine::sqlite; }

  [[nodiscard]] std::string why_not_ready() override { return probe_readiness(*this, writer_); }

 private:
  // In this order: the last connection to close brings the write-ahead log into the file, and a reader may not.
  std::unique_ptr<FileLock> lock_;
  GroupCommit writer_;
  ReaderPool readers_;
};

void check_and_migrate(const SqliteOptions& options) {
  SqliteConnection connection(options.file, SqliteMode::read_write_create);
  const auto id = connection.require_integer("PRAGMA application_id");
  const auto tables = connection.require_integer("SELECT count(*) FROM sqlite_schema");
  if (id != application_id && tables != 0) {
    throw Unusable(fmt::format("{} is a SQLite database of another program: give another --db", options.file.string()));
  }
  std::string verdict = "ok";
  std::error_code no_size;
  if (std::filesystem::file_size(options.file, no_size) <= checked_at_start_bytes_max)
    connection.query("PRAGMA quick_check(1)", {}, [&](const Row& row) { verdict = row.string(0); });
  if (verdict != "ok") {
    throw Unusable(fmt::format("{} is corrupt ({}): restore a backup, or recover it with `sqlite3 {} .recover`",
                               options.file.string(), verdict, options.file.string()));
  }
  if (id != application_id) connection.execute_script(fmt::format("PRAGMA application_id = {}", application_id));
  migrate(connection, Engine::sqlite, migrations(Engine::sqlite));
}

}  // namespace

std::unique_ptr<Database> open_sqlite(const SqliteOptions& options) {
  auto lock = options.exclusive ? std::make_unique<FileLock>(options.file) : nullptr;
  check_and_migrate(options);
  return std::make_unique<SqliteDatabase>(options, std::move(lock));
}

}  // namespace perftrend::db
