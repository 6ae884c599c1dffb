#include "server/db/sqlite_backup.h"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <system_error>

#include "server/db/file_lock.h"
#include "server/db/migrate.h"
#include "server/db/sqlite_connection.h"

namespace perftrend::db {
namespace {

namespace fs = std::filesystem;

constexpr int pages_a_step = 4096;  // 16 MiB between two reports of progress
constexpr int findings_max = 100;   // further findings are not listed

void refuse_where_it_exists(const fs::path& file, std::string_view what_to_do) {
  if (fs::exists(file)) throw Unusable(fmt::format("{} already exists: {}", file.string(), what_to_do));
}

void sync_folder(const fs::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // this file system does not sync folders
  ::fsync(descriptor);
  ::close(descriptor);
}

void rename_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw Unavailable(fmt::format("cannot rename {} to {}: {}", from.string(), to.string(), error.message()));
}

/// Temporary file that is removed at the end of its lifetime, together with the files that SQLite adds.
class PartialFile {
 public:
  explicit PartialFile(fs::path file) : file_(std::move(file)) { remove(); }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() { remove(); }
  [[nodiscard]] const fs::path& path() const { return file_; }

 private:
  void remove() const {
    std::error_code ignored;
    for (const auto* tail : {"", "-wal", "-shm", "-journal"})
      fs::remove(file_.string() + tail, ignored);
  }
  fs::path file_;
};

void copy_pages(const fs::path& from, const fs::path& to, const BackupProgress& progress) {
  SqliteConnection source(from, SqliteMode::read_only);
  if (source.require_integer("PRAGMA application_id") != application_id)
    throw Unusable(fmt::format("{} is not a perftrend database", from.string()));
  // One snapshot for all steps: otherwise each commit of a server would restart the copy.
  source.execute("BEGIN");
  source.require_integer("SELECT count(*) FROM schema_version");
  SQLite::Database target(to.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  target.exec("PRAGMA synchronous = FULL");
  SQLite::Backup backup(target, source.handle());
  while (backup.executeStep(pages_a_step) != SQLITE_DONE) {
    const int total = backup.getTotalPageCount();
    if (progress && total > 0) progress(1.0 - static_cast<double>(backup.getRemainingPageCount()) / total);
  }
  if (progress) progress(1.0);
}

void copy_checked(const fs::path& from, const fs::path& to, const BackupProgress& progress) {
  try {
    copy_pages(from, to, progress);
  } catch (const SQLite::Exception& error) {
    throw_sqlite_error(error, "copying to " + to.string());
  }
  const auto findings = check_sqlite(to);
  if (!findings.empty()) throw Unusable(fmt::format("{} is corrupt: {}", from.string(), findings.front()));
}

}  // namespace

void backup_sqlite(const fs::path& from, const fs::path& to, const BackupProgress& progress) {
  refuse_where_it_exists(to, "give another name");
  const PartialFile partial(to.string() + ".partial");
  copy_checked(from, partial.path(), progress);
  rename_file(partial.path(), to);
  sync_folder(to);
}

void restore_sqlite(const fs::path& backup, const fs::path& database, bool replace, const BackupProgress& progress) {
  const FileLock lock(database);
  const fs::path replaced = database.string() + ".replaced";
  const bool occupied = fs::exists(database);
  if (occupied && !replace) refuse_where_it_exists(database, "use --replace to rename it to FILE.replaced");
  if (occupied) refuse_where_it_exists(replaced, "an earlier restore replaced this file; move it away");
  const PartialFile partial(database.string() + ".partial");
  copy_checked(backup, partial.path(), progress);
  if (occupied) {
    // Closing the last connection checkpoints the WAL, so that one file contains everything.
    try {
      const SqliteConnection last(database, SqliteMode::read_write);
    } catch (const std::runtime_error&) {  // it may be damaged: then it is renamed together with its WAL
    }
    for (const auto* tail : {"", "-wal", "-shm"}) {
      if (fs::exists(database.string() + tail)) rename_file(database.string() + tail, replaced.string() + tail);
    }
  }
  rename_file(partial.path(), database);
  sync_folder(database);
}

std::vector<std::string> check_sqlite(const fs::path& file) {
  if (!fs::exists(file)) throw Unusable(fmt::format("{} does not exist", file.string()));
  SqliteConnection connection(file, SqliteMode::read_write);
  if (connection.require_integer("PRAGMA application_id") != application_id)
    throw Unusable(fmt::format("{} is not a perftrend database", file.string()));
  std::vector<std::string> findings;
  connection.query(fmt::format("PRAGMA integrity_check({})", findings_max), {}, [&](const Row& row) {
    if (row.text(0) != "ok") findings.push_back(row.string(0));
  });
  connection.query("PRAGMA foreign_key_check", {}, [&](const Row& row) {
    if (findings.size() < findings_max)
      findings.push_back(fmt::format("a row of {} refers to a missing row of {}", row.text(0), row.text(2)));
  });
  return findings;
}

}  // namespace perftrend::db
