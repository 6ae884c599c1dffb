#pragma once
// The one door to a database: execute, query, transactions. Store functions are written once over this file, in the SQL
// that SQLite and PostgreSQL share: $1… parameters, ON CONFLICT, RETURNING, BIGINT microseconds UTC, DOUBLE PRECISION.
//
// Errors: a database that cannot do its work now (disk full, locked, I/O error, connection lost) throws Unavailable;
// SQL that is wrong is a programmer's mistake and throws std::logic_error. Nothing here reports an input's fault.

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

/// The database cannot do its work now. The caller's transaction was rolled back; trying again later may succeed.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The database is there but is not one we may touch: foreign file, corrupt, a schema from the future, in use by
/// another server. Trying again does not help; the text says what would.
class Unusable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Engine { sqlite, postgres };

using Blob = std::span<const std::byte>;

/// One parameter. Text and blobs are borrowed for the duration of the call.
class Param {
 public:
  using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Blob>;
  Param(std::nullopt_t) {}
  Param(std::int64_t value) : value_(value) {}
  Param(int value) : value_(static_cast<std::int64_t>(value)) {}
  Param(bool) = delete;  // say 0 or 1: the two engines' booleans differ
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

/// One row of an answer; valid only inside the callback that received it, and so is the text it hands out.
/// Columns count from 0. Asking for another type than the column holds is a programmer's mistake.
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

enum class Kind { integer, real, text, blob };

/// Where rows are appended to: names are constants of the program.
struct Columns {
  struct Column {
    std::string name;
    Kind kind;
  };
  std::string table;
  std::vector<Column> columns;
};

/// INSERT INTO table (columns) VALUES ($1, …).
std::string insert_statement(const Columns& to);

/// A session with the database. Used by one thread at a time. Statements are prepared once and kept.
///
/// Text is UTF-8. PostgreSQL keeps neither NUL nor bytes that are no UTF-8 in a text: each becomes U+FFFD on its way
/// there. After a statement that threw, a transaction is good for nothing but its end (so PostgreSQL has it; SQLite
/// would go on).
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// Runs one statement that answers no rows; returns how many rows it changed.
  virtual std::int64_t execute(std::string_view sql, Params params) = 0;
  /// Runs one statement and hands each row of its answer to `on_row`, in order.
  virtual void query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) = 0;
  /// Runs a text of several statements without parameters (a migration).
  virtual void execute_script(std::string_view sql) = 0;
  /// Inserts many rows into `to`, as fast as the engine can; `values` are the fields row by row.
  virtual void append(const Columns& to, Params values) = 0;

  std::int64_t execute(std::string_view sql, std::initializer_list<Param> params = {}) {
    return execute(sql, Params(params.begin(), params.size()));
  }
  void query(std::string_view sql, std::initializer_list<Param> params, const std::function<void(const Row&)>& on_row) {
    query(sql, Params(params.begin(), params.size()), on_row);
  }
  /// The first row's first column, which must be an integer; nullopt where there is no row or it is NULL.
  std::optional<std::int64_t> query_integer(std::string_view sql, std::initializer_list<Param> params = {});
  /// The same, where a row must come (a count, an INSERT … RETURNING).
  std::int64_t require_integer(std::string_view sql, std::initializer_list<Param> params = {});
};

/// A database: one writer, many readers. All methods may be called from any thread.
class Database {
 public:
  using Work = std::function<void(Connection&)>;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  /// Runs `work` in a transaction and returns once it is durable. What `work` throws rolls back its own changes alone
  /// and is thrown on to the caller. Writes of several threads share one commit. `work` must not call write() again.
  virtual void write(const Work& work) = 0;
  /// Runs `work` over one consistent snapshot; it waits for no writer.
  virtual void read(const Work& work) = 0;
  /// Why writes are refused at the moment; empty when they are not.
  [[nodiscard]] virtual std::string why_not_ready() = 0;
  [[nodiscard]] virtual Engine engine() const = 0;
};

}  // namespace perftrend::db
