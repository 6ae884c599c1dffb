#include "server/db/pack_points.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "server/db/migrate.h"
#include "server/db/open.h"
#include "server/points/points.h"
#include "tests/support/database_under_test.h"

namespace perftrend::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PackPointsTest : public ::testing::TestWithParam<Engine> {
 protected:
  /// The schema as it was when each point had a row.
  void go_back(Connection& connection) {
    const auto steps = migrations(GetParam());
    connection.execute_script(
        "DROP TABLE run_points; DROP TABLE point_block; DELETE FROM schema_version WHERE version >= 4");
    for (const auto& step : steps) {
      if (step.version != 1) continue;
      const auto begin = step.sql.find("CREATE TABLE point (");
      connection.execute_script(step.sql.substr(begin, step.sql.find(';', begin) - begin));
    }
    connection.execute("INSERT INTO project (id, name, created_us) VALUES (1, 'p', 0)");
    connection.execute("INSERT INTO environment (id, project_id, sha256, parts_json) VALUES (1, 1, 'x', '{}')");
    connection.execute("INSERT INTO test_case (id, project_id, suite, classname, name) VALUES (1, 1, '', '', 'c')");
    for (const int run : {1, 2, 3}) {
      connection.execute(
          "INSERT INTO run (id, project_id, environment_id, testbed, branch, commit_id, ci_url, at_us, started_us, "
          "received_us, identity, content_sha256, suspect, cases, passed, failed, errored, skipped, notrun, "
          "properties, points, time_seconds, warnings_json) VALUES ($1, 1, 1, 't', 'b', 'c', '', 5, 5, 5, $2, $2, '', "
          "0, 0, 0, 0, 0, 0, 0, 0, 0, '[]')",
          {run, fmt::format("run {}", run)});
      connection.execute(
          "INSERT INTO series (id, project_id, case_id, metric, testbed, branch, unit, better_lower, points) "
          "VALUES ($1, 1, 1, $2, 't', 'b', 'ms', 1, 0)",
          {run, fmt::format("m{}", run)});
    }
  }
  static void add_point(Connection& connection, std::int64_t series, std::int64_t at_us, std::int64_t run, double value,
                        double minimum, double mad, std::int64_t samples) {
    connection.execute("INSERT INTO point VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       {series, at_us, run, value, minimum, mad, samples});
  }
  std::vector<blocks::Point> points_of(Connection& connection, std::int64_t series) {
    std::vector<blocks::Point> points;
    connection.query("SELECT packed FROM point_block WHERE series_id = $1 ORDER BY first_at_us, first_run", {series},
                     [&](const Row& row) { EXPECT_TRUE(blocks::unpack_block(row.blob(0), points)); });
    return points;
  }

  tests::DatabaseUnderTest under_test_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Engines, PackPointsTest, tests::both_engines(), tests::engine_name);

TEST_P(PackPointsTest, EveryPointOfAnOlderSchemaComesAlong) {
  std::vector<blocks::Point> many;
  under_test_.open()->write([&](Connection& connection) {
    go_back(connection);
    add_point(connection, 1, 5, 2, 10.5, 0, 0, 1);  // as the third version left the minimum of one sample
    add_point(connection, 1, 5, 1, 11.5, 11.5, 0, 1);
    add_point(connection, 1, -7, 3, 1.0 / 3, 0.25, 0.0625, 5);
    for (int i = 0; i < 500; ++i) {
      many.push_back({i * 1000, 1 + i % 3, {std::sqrt(i), std::sqrt(i) / 2, 0.1 * i, 2 + i % 3}});
      const auto& [value, minimum, mad, samples] = many.back().measured;
      add_point(connection, 2, many.back().at_us, many.back().run, value, minimum, mad, samples);
    }
  });
  under_test_.open()->read([&](Connection& connection) {
    EXPECT_THAT(points_of(connection, 1),
                ElementsAre(blocks::Point{-7, 3, {1.0 / 3, 0.25, 0.0625, 5}}, blocks::Point{5, 1, {11.5, 11.5, 0, 1}},
                            blocks::Point{5, 2, {10.5, 10.5, 0, 1}}));
    EXPECT_EQ(points_of(connection, 2), many);
    EXPECT_THAT(points_of(connection, 3), IsEmpty());
    EXPECT_EQ(connection.require_integer("SELECT sum(points) FROM point_block"), 503);
    EXPECT_EQ(schema_version(connection), migrations(GetParam()).back().version);
  });
}

}  // namespace
}  // namespace perftrend::db
