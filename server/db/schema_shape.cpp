#include "server/db/schema_shape.h"

#include <algorithm>
#include <utility>

namespace perftrend::db {
namespace {

// Rows of (table, column, type, not null, position in the primary key or 0), tables in the order of their creation.
constexpr std::string_view sqlite_columns =
    "SELECT t.name, c.name, lower(c.type), c.\"notnull\", c.pk FROM sqlite_schema t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.rowid, c.cid";
constexpr std::string_view postgres_columns =
    "SELECT t.relname::text, c.attname::text, format_type(c.atttypid, NULL), CASE WHEN c.attnotnull THEN 1 ELSE 0 END, "
    "coalesce(array_position(i.indkey::int2[], c.attnum) + 1, 0) FROM pg_class t "
    "JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped "
    "LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary "
    "WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace ORDER BY t.oid, c.attnum";

ColumnType type_of(std::string_view name) {
  if (name == "integer" || name == "bigint" || name == "int") return ColumnType::integer;
  if (name == "double precision" || name == "real") return ColumnType::real;
  if (name == "text") return ColumnType::text;
  if (name == "blob" || name == "bytea") return ColumnType::blob;
  throw std::logic_error("a column has the type " + std::string(name));
}

}  // namespace

std::vector<TableShape> read_shape(Connection& connection, Dialect dialect) {
  std::vector<TableShape> tables;
  std::vector<std::pair<std::int64_t, std::string>> key;  // of the current table: position and column
  const auto end_table = [&] {
    if (tables.empty()) return;
    std::sort(key.begin(), key.end());
    auto& table = tables.back();
    for (auto& [place, name] : key)
      table.primary_key.push_back(std::move(name));
    table.identity = table.primary_key.size() == 1 && table.primary_key.front() == "id";
    key.clear();
  };
  connection.query(dialect == Dialect::sqlite ? sqlite_columns : postgres_columns, {}, [&](const Row& row) {
    if (row.text(0) == "schema_version") return;
    if (tables.empty() || tables.back().to.table != row.text(0)) {
      end_table();
      tables.push_back({{row.string(0), {}}, {}, {}, false});
    }
    auto& table = tables.back();
    table.to.columns.push_back({row.string(1), type_of(row.text(2))});
    table.not_null.push_back(row.integer(3) == 1 || row.integer(4) > 0);
    if (row.integer(4) > 0) key.emplace_back(row.integer(4), row.string(1));
  });
  end_table();
  return tables;
}

}  // namespace perftrend::db
