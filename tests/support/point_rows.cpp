#include "tests/support/point_rows.h"

#include <stdexcept>
#include <vector>

#include "server/db/pack_points.h"
#include "server/points/points.h"

namespace perftrend::tests {
namespace {

const db::Columns& point_columns() {
  using db::Kind;
  static const db::Columns columns = {"point",
                                      {{"series_id", Kind::integer},
                                       {"at_us", Kind::integer},
                                       {"run_id", Kind::integer},
                                       {"value", Kind::real},
                                       {"minimum", Kind::real},
                                       {"mad", Kind::real},
                                       {"samples", Kind::integer}}};
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
    db::pack_points(connection);
  });
}

}  // namespace perftrend::tests
