#include "server/db/transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <variant>
#include <vector>

#include "server/db/postgres_text.h"
#include "server/db/schema_shape.h"

namespace perftrend::db {
namespace {

// Rows in memory at once. Rows with blobs may be large: a document has up to 64 MiB before compression.
constexpr int rows_a_chunk = 5000;
constexpr int rows_with_bytes_a_chunk = 100;

/// Owned copy of one field.
using Field = std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::byte>>;

Field read_field(const Row& row, int column, ColumnType type) {
  if (row.is_null(column)) return {};
  switch (type) {
    case ColumnType::integer:
      return row.integer(column);
    case ColumnType::real:
      return row.real(column);
    case ColumnType::text:
      return clean_text(row.text(column));  // as both engines store it
    case ColumnType::blob:
      const auto blob = row.blob(column);
      return std::vector(blob.begin(), blob.end());
  }
  std::abort();
}

Param as_param(const Field& field) {
  if (const auto* integer = std::get_if<std::int64_t>(&field)) return *integer;
  if (const auto* real = std::get_if<double>(&field)) return *real;
  if (const auto* text = std::get_if<std::string>(&field)) return *text;
  if (const auto* bytes = std::get_if<std::vector<std::byte>>(&field)) return Blob(*bytes);
  return std::nullopt;
}

/// Reads the rows of one table in chunks, in the order of the primary key.
class TableReader {
 public:
  TableReader(Connection& connection, const TableShape& table) : connection_(connection), table_(table) {
    std::string columns;
    std::string key;
    std::string placeholders;
    for (const auto& column : table.to.columns) {
      columns += (columns.empty() ? "" : ", ") + column.name;
      if (column.type == ColumnType::blob) limit_ = rows_with_bytes_a_chunk;
    }
    for (const auto& name : table.primary_key) {
      key += (key.empty() ? "" : ", ") + name;
      placeholders += fmt::format("{}${}", placeholders.empty() ? "" : ", ", key_columns_.size() + 1);
      const auto found = std::find_if(table.to.columns.begin(), table.to.columns.end(),
                                      [&](const auto& column) { return column.name == name; });
      key_columns_.push_back(static_cast<std::size_t>(found - table.to.columns.begin()));
    }
    first_ = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT {}", columns, table.to.table, key, limit_);
    next_ = fmt::format("SELECT {} FROM {} WHERE ({}) > ({}) ORDER BY {} LIMIT {}", columns, table.to.table, key,
                        placeholders, key, limit_);
  }

  /// The fields of the next rows; empty at the end.
  const std::vector<Field>& next_chunk() {
    std::vector<Field> last_key;
    std::vector<Param> params;
    const std::size_t width = table_.to.columns.size();
    if (!fields_.empty()) {
      for (const auto column : key_columns_)
        last_key.push_back(fields_[fields_.size() - width + column]);
      for (const auto& field : last_key)
        params.push_back(as_param(field));
    }
    fields_.clear();
    connection_.query(params.empty() ? first_ : next_, params, [&](const Row& row) {
      for (std::size_t i = 0; i < width; ++i)
        fields_.push_back(read_field(row, static_cast<int>(i), table_.to.columns[i].type));
    });
    return fields_;
  }

 private:
  Connection& connection_;
  const TableShape& table_;
  std::vector<std::size_t> key_columns_;
  int limit_ = rows_a_chunk;
  std::string first_, next_;
  std::vector<Field> fields_;
};

std::int64_t count_rows(Connection& connection, const std::vector<TableShape>& tables) {
  std::int64_t rows = 0;
  for (const auto& table : tables)
    rows += connection.require_integer("SELECT count(*) FROM " + table.to.table);
  return rows;
}

void copy_table(Connection& from, Connection& to, const TableShape& table,
                const std::function<void(std::size_t)>& done) {
  TableReader reader(from, table);
  for (;;) {
    const auto& fields = reader.next_chunk();
    if (fields.empty()) return;
    std::vector<Param> params;
    params.reserve(fields.size());
    for (const auto& field : fields)
      params.push_back(as_param(field));
    to.append(table.to, params);
    done(fields.size() / table.to.columns.size());
  }
}

std::string compare_table(Connection& a, Connection& b, const TableShape& table,
                          const std::function<void(std::size_t)>& done) {
  TableReader reader_a(a, table);
  TableReader reader_b(b, table);
  const std::size_t width = table.to.columns.size();
  for (;;) {
    const auto& fields_a = reader_a.next_chunk();
    const auto& fields_b = reader_b.next_chunk();
    const auto at = std::mismatch(fields_a.begin(), fields_a.end(), fields_b.begin(), fields_b.end());
    if (at.first != fields_a.end() || at.second != fields_b.end()) {
      const auto place = static_cast<std::size_t>(at.first - fields_a.begin());
      if (fields_a.size() != fields_b.size()) return fmt::format("{} has a different number of rows", table.to.table);
      return fmt::format("{} differs in {}", table.to.table, table.to.columns[place % width].name);
    }
    if (fields_a.empty()) return "";
    done(fields_a.size() / width);
  }
}

/// Sets the id counters of PostgreSQL, which inserts with explicit ids do not advance.
void move_counters(Connection& to, const std::vector<TableShape>& tables) {
  for (const auto& table : tables) {
    if (!table.identity) continue;
    to.query(
        fmt::format("SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0} HAVING max(id) IS NOT NULL",
                    table.to.table),
        {}, [](const Row&) {});
  }
}

}  // namespace

std::int64_t copy_database(Database& from, Database& to, const RowProgress& progress) {
  std::int64_t rows = 0;
  from.read([&](Connection& source) {
    const auto tables = read_shape(source, from.dialect());
    rows = count_rows(source, tables);
    const auto done = [&](std::size_t more) {
      if (progress) progress(static_cast<std::int64_t>(more), 2 * rows);
    };
    to.write([&](Connection& target) {
      if (count_rows(target, tables) != 0) throw Unusable("the target is not empty: give a new one");
      for (const auto& table : tables)
        copy_table(source, target, table, done);
      if (to.dialect() == Dialect::postgres) move_counters(target, tables);
    });
    to.read([&](Connection& target) {
      for (const auto& table : tables) {
        const auto difference = compare_table(source, target, table, done);
        if (!difference.empty()) throw std::runtime_error("the copy differs from its source: " + difference);
      }
    });
  });
  return rows;
}

std::string first_difference(Database& a, Database& b) {
  std::string difference;
  a.read([&](Connection& connection_a) {
    b.read([&](Connection& connection_b) {
      for (const auto& table : read_shape(connection_a, a.dialect())) {
        if (difference.empty()) difference = compare_table(connection_a, connection_b, table, [](std::size_t) {});
      }
    });
  });
  return difference;
}

}  // namespace perftrend::db
