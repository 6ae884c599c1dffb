#include "server/db/pack_points.h"

#include <cstddef>
#include <span>
#include <vector>

#include "server/points/points.h"

namespace perftrend::db {
namespace {

const Columns& block_columns() {
  static const Columns columns = {"point_block",
                                  {{"series_id", Kind::integer},
                                   {"first_at_us", Kind::integer},
                                   {"first_run", Kind::integer},
                                   {"last_at_us", Kind::integer},
                                   {"points", Kind::integer},
                                   {"packed", Kind::blob}}};
  return columns;
}

std::vector<blocks::Point> read_rows(Connection& connection, std::int64_t series) {
  std::vector<blocks::Point> points;
  connection.query(
      "SELECT at_us, run_id, value, minimum, mad, samples FROM point WHERE series_id = $1 ORDER BY at_us, run_id",
      {series}, [&](const Row& row) {
        const double value = row.real(2);
        const auto samples = row.integer(5);
        // Of one sample the minimum was not always kept.
        points.push_back(
            {row.integer(0), row.integer(1), {value, samples == 1 ? value : row.real(3), row.real(4), samples}});
      });
  return points;
}

}  // namespace

void pack_points(Connection& connection) {
  std::vector<std::int64_t> all;
  connection.query("SELECT id FROM series ORDER BY id", {}, [&](const Row& row) { all.push_back(row.integer(0)); });
  for (const auto series : all) {
    const auto made = blocks::pack_blocks(read_rows(connection, series));
    std::vector<Param> values;
    for (const auto& block : made) {
      values.insert(values.end(), {series, block.first_at_us, block.first_run, block.last_at_us,
                                   static_cast<std::int64_t>(block.points), std::as_bytes(std::span(block.packed))});
    }
    connection.append(block_columns(), values);
  }
  connection.execute_script("DROP TABLE point");
}

}  // namespace perftrend::db
