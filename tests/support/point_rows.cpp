#include "tests/support/point_rows.h"

#include <limits>
#include <map>
#include <stdexcept>
#include <vector>

#include "server/points/blocks.h"
#include "server/points/packing.h"

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

void add_row(std::vector<db::Param>& rows, Id series, const points::Point& point) {
  rows.insert(rows.end(), {series, point.at_us, point.run, point.value.median, point.value.minimum, point.value.mad,
                           point.value.samples});
}

/// Replaces the packed rows by the table.
void unpack_points(db::Connection& connection) {
  std::vector<db::Param> rows;
  connection.query("SELECT series_id, packed FROM point_block", {}, [&](const db::Row& row) {
    std::vector<points::Point> points;
    if (!points::unpack_block(row.blob(1), points)) throw std::runtime_error("a block is damaged");
    for (const auto& point : points)
      add_row(rows, row.integer(0), point);
  });
  connection.query("SELECT run_id, at_us, packed FROM run_points", {}, [&](const db::Row& row) {
    const auto points = points::unpack_run(row.blob(2));
    if (!points) throw std::runtime_error("points of a run are damaged");
    for (const auto& [series, value] : *points)
      add_row(rows, series, {row.integer(1), row.integer(0), value});
  });
  connection.execute_script(
      "CREATE TABLE point (series_id BIGINT NOT NULL, at_us BIGINT NOT NULL, run_id BIGINT NOT NULL, "
      "value DOUBLE PRECISION NOT NULL, minimum DOUBLE PRECISION NOT NULL, mad DOUBLE PRECISION NOT NULL, "
      "samples BIGINT NOT NULL, PRIMARY KEY (series_id, at_us, run_id)); "
      "DELETE FROM point_block; DELETE FROM run_points");
  connection.append(point_columns(), rows);
}

/// Replaces the table by blocks.
void pack_points(db::Connection& connection) {
  std::map<Id, std::vector<points::Point>> of_series;
  connection.query("SELECT series_id, at_us, run_id, value, minimum, mad, samples FROM point ORDER BY at_us, run_id",
                   {}, [&](const db::Row& row) {
                     of_series[row.integer(0)].push_back(
                         {row.integer(1), row.integer(2), {row.real(3), row.real(4), row.real(5), row.integer(6)}});
                   });
  for (auto& [series, points] : of_series) {
    points::change_blocks(connection, series, std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::int64_t>::max(),
                          [&all = points](std::vector<points::Point>& stored) {
                            stored = std::move(all);
                            return true;
                          });
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
