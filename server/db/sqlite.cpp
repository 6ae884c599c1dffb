#include "server/db/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "server/db/group_commit.h"
#include "server/db/migrate.h"
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

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const SqliteOptions& options, std::unique_ptr<FileLock> lock)
      : file_(options.file),
        lock_(std::move(lock)),
        writer_([file = options.file] { return std::make_unique<SqliteConnection>(file, SqliteMode::read_write); }) {}

  void write(const Work& work) override { writer_.write(work); }

  /// Changes nothing that matters, and still has to reach the disk.
  static void probe(Connection& connection) {
    connection.execute("UPDATE schema_version SET applied_us = applied_us + 0");
  }

  void read(const Work& work) override {
    auto connection = take_reader();
    connection->execute("BEGIN");
    try {
      work(*connection);
    } catch (...) {
      connection->execute("ROLLBACK");
      give_back(std::move(connection));
      throw;
    }
    connection->execute("COMMIT");
    give_back(std::move(connection));
  }

  [[nodiscard]] std::string why_not_ready() override {
    try {
      // After a failed commit only a write can tell that the world is well again; nobody may send one until we say so.
      if (!writer_.why_not_ready().empty()) write(probe);
      read([](Connection& connection) { connection.require_integer("SELECT count(*) FROM schema_version"); });
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

 private:
  std::unique_ptr<SqliteConnection> take_reader() {
    {
      const std::lock_guard guard(mutex_);
      if (!readers_.empty()) {
        auto connection = std::move(readers_.back());
        readers_.pop_back();
        return connection;
      }
    }
    return std::make_unique<SqliteConnection>(file_, SqliteMode::read_only);
  }

  void give_back(std::unique_ptr<SqliteConnection> connection) {
    const std::lock_guard guard(mutex_);
    readers_.push_back(std::move(connection));
  }

  // In this order: the last connection to close brings the write-ahead log into the file, and a reader may not.
  std::filesystem::path file_;
  std::unique_ptr<FileLock> lock_;
  GroupCommit writer_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;  // guarded by mutex_; as many as ever read at once
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
  migrate(connection, migrations("sqlite"));
}

}  // namespace

std::unique_ptr<Database> open_sqlite(const SqliteOptions& options) {
  auto lock = options.exclusive ? std::make_unique<FileLock>(options.file) : nullptr;
  check_and_migrate(options);
  return std::make_unique<SqliteDatabase>(options, std::move(lock));
}

}  // namespace perftrend::db
