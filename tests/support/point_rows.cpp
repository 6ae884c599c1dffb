#include "tests/support/point_rows.h"

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include "server/points/points.h"

namespace perftrend::tests {
namespace {

const db::Columns& point_columns() {
  using db::ColumnType;
  static const db::Columns columns = {"point",
                                      {{"series_id", ColumnType::integer},
                                       {"at_us", ColumnType::integer},
                                       {"run_id", ColumnType::integer},
                                       {"value", ColumnType::real},
                                       {"minimum", ColumnType::real},
                                       {"mad", ColumnType::real},
                                       {"samples", ColumnType::integer}}};
  return columns;
}

void add_row(std::vector<db::Param>& rows, Id series, const blocks::Point& point) {
  rows.insert(rows.end(), {series, point.at_us, point.run, point.measured.value, point.measured.minimum,
                           point.measured.mad, point.measured.samples});
}

/// In place of the packed rows.
void unpack_points(db::Connection& connection) {
  std::vector<db::Param> rows;
  connection.query("SELECT series_id, packed FROM point_block", {}, [&](const db::Row& row) {
    std::vector<blocks::Point> points;
    if (!blocks::unpack_block(row.blob(1), points)) throw std::runtime_error("a block is damaged");
    for (const auto& point : points)
      add_row(rows, row.integer(0), point);
  });
  connection.query("SELECT run_id, at_us, packed FROM run_points", {}, [&](const db::Row& row) {
    const auto points = blocks::unpack_run(row.blob(2));
    if (!points) throw std::runtime_error("points of a run are damaged");
    for (const auto& [series, measured] : *points)
      add_row(rows, series, {row.integer(1), row.integer(0), measured});
  });
  connection.execute_script(
      "CREATE TABLE point (series_id BIGINT NOT NULL, at_us BIGINT NOT NULL, run_id BIGINT NOT NULL, "
      "value DOUBLE PRECISION NOT NULL, minimum DOUBLE PRECISION NOT NULL, mad DOUBLE PRECISION NOT NULL, "
      "samples BIGINT NOT NULL, PRIMARY KEY (series_id, at_us, run_id)); "
      "DELETE FROM point_block; DELETE FROM run_points");
  connection.append(point_columns(), rows);
}

const db::Columns& block_columns() {
  using db::ColumnType;
  static const db::Columns columns = {"point_block",
                                      {{"series_id", ColumnType::integer},
                                       {"first_at_us", ColumnType::integer},
                                       {"first_run", ColumnType::integer},
                                       {"last_at_us", ColumnType::integer},
                                       {"points", ColumnType::integer},
                                       {"packed", ColumnType::blob}}};
  return columns;
}

std::vector<blocks::Point> read_rows(db::Connection& connection, Id series) {
  std::vector<blocks::Point> points;
  connection.query(
      "SELECT at_us, run_id, value, minimum, mad, samples FROM point WHERE series_id = $1 ORDER BY at_us, run_id",
      {series}, [&](const db::Row& row) {
        points.push_back({row.integer(0), row.integer(1), {row.real(2), row.real(3), row.real(4), row.integer(5)}});
      });
  return points;
}

/// Moves all rows of `point` into blocks and drops the table.
void pack_points(db::Connection& connection) {
  std::vector<Id> all;
  connection.query("SELECT id FROM series ORDER BY id", {}, [&](const db::Row& row) { all.push_back(row.integer(0)); });
  for (const auto series : all) {
    const auto packed = blocks::pack_blocks(read_rows(connection, series));
    std::vector<db::Param> values;
    for (const auto& block : packed) {
      values.insert(values.end(), {series, block.first_at_us, block.first_run, block.last_at_us,
                                   static_cast<std::int64_t>(block.points), std::as_bytes(std::span(block.packed))});
    }
    connection.append(block_columns(), values);
  }
  connection.execute_script("DROP TABLE point");
}

}  // namespace

void look_at_point_rows(db::Database& database, const std::function<void(db::Connection&)>& work) {
  struct Seen {};
  try {
    database.write([&](db::Connection& connection) {
      unpack_points(connection);
      work(connection);
      throw Seen();
    });
  } catch (const Seen&) {  // and rolled back
  }
}

void edit_point_rows(db::Database& database, const std::string& script) {
  database.write([&](db::Connection& connection) {
    unpack_points(connection);
    connection.execute_script(script);
    pack_points(connection);
  });
}

}  // namespace perftrend::tests
