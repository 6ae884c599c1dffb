#pragma once
// Interface to a database: execute, query, transactions. Store functions are written once against this file, in the SQL
// that SQLite and PostgreSQL share: $1… parameters, ON CONFLICT, RETURNING, BIGINT microseconds UTC, DOUBLE PRECISION.
//
// Errors: a database that cannot work now (disk full, locked, I/O error, connection lost) throws Unavailable. Wrong SQL
// is a programming error and throws std::logic_error. Invalid input is not reported here.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace perftrend::db {

/// The database cannot work now. The transaction was rolled back; trying again later may succeed.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The database exists but must not be used: it belongs to another program, is corrupt, has a newer schema, or is in
/// use by another server. Trying again does not help; the message says what does.
class Unusable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The engine of a Database, for code where the SQL or the features of the engines differ.
enum class Dialect { sqlite, postgres };

using Blob = std::span<const std::byte>;

/// One parameter of a statement. Text and blobs are borrowed for the duration of the call.
class Param {
 public:
  using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Blob>;
  Param(std::nullopt_t) {}
  Param(std::int64_t value) : value_(value) {}
  Param(int value) : value_(static_cast<std::int64_t>(value)) {}
  Param(bool) = delete;  // use 0 or 1: the booleans of the two engines differ
  Param(double value) : value_(value) {}
  Param(std::string_view value) : value_(value) {}
  Param(const std::string& value) : value_(std::string_view(value)) {}
  Param(const char* value) : value_(std::string_view(value)) {}
  Param(Blob value) : value_(value) {}
  template <typename T>
  Param(const std::optional<T>& value) {
    if (value) value_ = Param(*value).value_;
  }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  Value value_;
};

using Params = std::span<const Param>;

/// One row of a result. The row and its text are valid only inside the callback that receives it. Columns count from 0.
/// Reading a type other than that of the column is a programming error.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double real(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual Blob blob(int column) const = 0;

  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }
  [[nodiscard]] std::optional<double> optional_real(int column) const {
    return is_null(column) ? std::nullopt : std::optional(real(column));
  }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
};

enum class ColumnType { integer, real, text, blob };

/// Table and columns to which rows are appended. The names are constants of the program.
struct Columns {
  struct Column {
    std::string name;
    ColumnType type;
  };
  std::string table;
  std::vector<Column> columns;
};

/// INSERT INTO table (columns) VALUES ($1, …).
std::string insert_statement(const Columns& to);

/// Session with the database. Not thread-safe. Statements are prepared once and cached.
///
/// Text is UTF-8. PostgreSQL accepts neither NUL nor invalid UTF-8 in a text; each such byte is stored as U+FFFD. After
/// a statement that threw, the transaction can only be rolled back (PostgreSQL requires it, SQLite does not).
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// Runs one statement without a result; returns the number of changed rows.
  virtual std::int64_t execute(std::string_view sql, Params params) = 0;
  /// Runs one statement and calls `on_row` for each row of its result, in order.
  virtual void query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) = 0;
  /// Runs several statements without parameters (a migration).
  virtual void execute_script(std::string_view sql) = 0;
  /// Inserts many rows into `to` in the fastest way of the engine. `values` are the fields, row by row.
  virtual void append(const Columns& to, Params values) = 0;

  std::int64_t execute(std::string_view sql, std::initializer_list<Param> params = {}) {
    return execute(sql, Params(params.begin(), params.size()));
  }
  void query(std::string_view sql, std::initializer_list<Param> params, const std::function<void(const Row&)>& on_row) {
    query(sql, Params(params.begin(), params.size()), on_row);
  }
  /// First column of the first row, an integer; nullopt without a row, or where the column is NULL.
  std::optional<std::int64_t> query_integer(std::string_view sql, std::initializer_list<Param> params = {});
  /// The same for statements that always have a row (a count, an INSERT … RETURNING).
  std::int64_t require_integer(std::string_view sql, std::initializer_list<Param> params = {});
};

/// A database with one writer and many readers. Thread-safe.
class Database {
 public:
  using Work = std::function<void(Connection&)>;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  /// Runs `work` in a transaction and returns when it is durable. If `work` throws, only its own changes are rolled
  /// back, and the caller gets the exception. Writes of several threads share one commit. `work` must not call write().
  virtual void write(const Work& work) = 0;
  /// Runs `work` on one consistent snapshot. It does not wait for writers.
  virtual void read(const Work& work) = 0;
  /// Why writes are refused at the moment; empty if they are accepted.
  [[nodiscard]] virtual std::string why_not_ready() = 0;
  [[nodiscard]] virtual Dialect dialect() const = 0;
};

}  // namespace perftrend::db
