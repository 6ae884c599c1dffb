#include "server/db/sqlite_connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cassert>

namespace perftrend::db {
namespace {

// How long to wait for another writer (backup, maintenance) before the database is unavailable.
constexpr int busy_timeout_ms = 5000;

// Largest bound text that stays cached with its statement: names and keys, but not messages or warnings.
constexpr std::size_t cached_text_bytes_max = 4096;

/// NOMUTEX: one thread uses a session at a time, so SQLite does not have to lock for every field.
int open_flags(SqliteMode mode) {
  switch (mode) {
    case SqliteMode::read_write_create:
      return SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX;
    case SqliteMode::read_write:
      return SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX;
    case SqliteMode::read_only:
      return SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX;
  }
  std::abort();
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(SQLite::Statement& statement) : statement_(statement) {}
  [[nodiscard]] bool is_null(int column) const override { return statement_.isColumnNull(column); }
  [[nodiscard]] std::int64_t integer(int column) const override { return statement_.getColumn(column).getInt64(); }
  [[nodiscard]] double real(int column) const override { return statement_.getColumn(column).getDouble(); }
  [[nodiscard]] std::string_view text(int column) const override {
    const auto value = statement_.getColumn(column);
    const char* begin = value.getText();
    return {begin, static_cast<std::size_t>(value.getBytes())};
  }
  [[nodiscard]] Blob blob(int column) const override {
    const auto value = statement_.getColumn(column);
    const auto* begin = static_cast<const std::byte*>(value.getBlob());
    return {begin, static_cast<std::size_t>(value.getBytes())};
  }

 private:
  SQLite::Statement& statement_;
};

/// Resets a statement at the end of the scope; otherwise it would hold its read lock.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(SQLite::Statement& statement) : statement_(statement) {}
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;
  ~ResetAtEnd() { statement_.tryReset(); }

 private:
  SQLite::Statement& statement_;
};

SQLite::Database open_database(const std::filesystem::path& file, SqliteMode mode) {
  try {
    return SQLite::Database(file.string(), open_flags(mode), busy_timeout_ms);
  } catch (const SQLite::Exception& error) {
    throw Unusable(fmt::format("cannot open {}: {}", file.string(), error.what()));
  }
}

}  // namespace

void throw_sqlite_error(const SQLite::Exception& error, std::string_view doing) {
  const std::string text = fmt::format("{}: {}", doing, error.what());
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      throw Unavailable(text);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Unusable(text);
    default:
      throw std::logic_error(text);
  }
}

SqliteConnection::SqliteConnection(const std::filesystem::path& file, SqliteMode mode)
    : database_(open_database(file, mode)) {
  try {
    database_.exec("PRAGMA foreign_keys = ON");
    database_.exec("PRAGMA cache_size = -16384");  // KiB, for the upper levels of the trees of a large file
    database_.exec("PRAGMA temp_store = MEMORY");
    if (mode != SqliteMode::read_only) {
      database_.exec("PRAGMA journal_mode = WAL");
      database_.exec("PRAGMA synchronous = FULL");  // durable at every commit, not only at checkpoints
    }
  } catch (const SQLite::Exception& error) {
    if ((error.getErrorCode() & 0xff) == SQLITE_NOTADB) {
      throw Unusable(fmt::format("{} is not a SQLite database: give another --db", file.string()));
    }
    throw_sqlite_error(error, "opening " + file.string());
  }
}

SqliteConnection::Prepared& SqliteConnection::prepare(std::string_view sql) {
  if (auto found = statements_.find(sql); found != statements_.end()) return found->second;
  std::string key(sql);
  SQLite::Statement statement(database_, key);
  std::vector<int> index_of;
  for (int number = 1;; ++number) {
    const int index = statement.getIndex(fmt::format("${}", number).c_str());
    if (index == 0) break;
    index_of.push_back(index);
  }
  std::vector<std::string> texts(index_of.size());
  return statements_.emplace(std::move(key), Prepared{std::move(statement), std::move(index_of), std::move(texts)})
      .first->second;
}

void SqliteConnection::bind(Prepared& prepared, Params params) {
  if (params.size() != prepared.index_of.size()) {
    throw std::logic_error(fmt::format("{} parameters given, {} in: {}", params.size(), prepared.index_of.size(),
                                       prepared.statement.getQuery()));
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    const int index = prepared.index_of[i];
    auto& statement = prepared.statement;
    const auto& value = params[i].value();
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      statement.bind(index, *integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.bind(index, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      if (text->size() > cached_text_bytes_max) {
        statement.bind(index, std::string(*text));
      } else {
        prepared.texts[i].assign(*text);
        statement.bindNoCopy(index, prepared.texts[i]);
      }
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      // SQLite treats a null pointer as NULL, and an empty span may have one.
      static constexpr std::byte empty{};
      statement.bindNoCopy(index, blob->empty() ? &empty : blob->data(), static_cast<int>(blob->size()));
    } else {
      statement.bind(index);
    }
  }
}

std::int64_t SqliteConnection::execute(std::string_view sql, Params params) {
  try {
    Prepared& prepared = prepare(sql);
    const ResetAtEnd reset(prepared.statement);
    bind(prepared, params);
    while (prepared.statement.executeStep()) {
    }
    return database_.getChanges();
  } catch (const SQLite::Exception& error) {
    throw_sqlite_error(error, sql);
  }
}

void SqliteConnection::query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) {
  try {
    Prepared& prepared = prepare(sql);
    const ResetAtEnd reset(prepared.statement);
    bind(prepared, params);
    const SqliteRow row(prepared.statement);
    while (prepared.statement.executeStep())
      on_row(row);
  } catch (const SQLite::Exception& error) {
    throw_sqlite_error(error, sql);
  }
}

void SqliteConnection::execute_script(std::string_view sql) {
  try {
    database_.exec(std::string(sql));
  } catch (const SQLite::Exception& error) {
    throw_sqlite_error(error, "migration");
  }
}

void SqliteConnection::append(const Columns& to, Params values) {
  const std::string sql = insert_statement(to);
  const std::size_t width = to.columns.size();
  assert(values.size() % width == 0);
  try {
    Prepared& prepared = prepare(sql);
    for (; !values.empty(); values = values.subspan(width)) {
      const ResetAtEnd reset(prepared.statement);
      bind(prepared, values.first(width));
      prepared.statement.executeStep();
    }
  } catch (const SQLite::Exception& error) {
    throw_sqlite_error(error, sql);
  }
}

bool SqliteConnection::in_transaction() const {
  return sqlite3_get_autocommit(database_.getHandle()) == 0;
}

}  // namespace perftrend::db
