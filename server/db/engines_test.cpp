// The promises of sql.h, for both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "server/db/migrate.h"
#include "server/db/open.h"
#include "server/db/schema_shape.h"
#include "tests/support/database_under_test.h"

namespace perftrend::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

std::vector<std::int64_t> integers(Database& database, std::string_view sql) {
  std::vector<std::int64_t> found;
  database.read([&](Connection& connection) {
    connection.query(sql, {}, [&](const Row& row) { found.push_back(row.integer(0)); });
  });
  return found;
}

class EngineTest : public ::testing::TestWithParam<Dialect> {
 protected:
  void make_table() {
    database_->write([](Connection& connection) { connection.execute("CREATE TABLE t (a BIGINT)"); });
  }
  std::vector<std::int64_t> rows() { return integers(*database_, "SELECT a FROM t ORDER BY a"); }
  [[nodiscard]] std::string_view blob_type() const { return GetParam() == Dialect::sqlite ? "BLOB" : "BYTEA"; }

  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<Database> database_ = under_test_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, EngineTest, tests::both_dialects(), tests::dialect_name);

TEST_P(EngineTest, IsMigratedOnceAndKeepsItsContent) {
  make_table();
  database_->write([](Connection& connection) { connection.execute("INSERT INTO t VALUES ($1)", {7}); });
  database_.reset();
  database_ = under_test_.open();
  EXPECT_THAT(rows(), ElementsAre(7));
  EXPECT_EQ(integers(*database_, "SELECT version FROM schema_version").size(), migrations(GetParam()).size());
  EXPECT_EQ(database_->dialect(), GetParam());
}

TEST_P(EngineTest, RefusesASchemaOfTheFuture) {
  database_->write(
      [](Connection& connection) { connection.execute("INSERT INTO schema_version VALUES (9999, 'later', 0)"); });
  database_.reset();
  try {
    database_ = under_test_.open();
    ADD_FAILURE() << "opened";
  } catch (const Unusable& error) {
    EXPECT_THAT(error.what(), HasSubstr("use a newer perftrend-server"));
  }
}

TEST_P(EngineTest, RefusesASchemaFromBeforeTheFirstRelease) {
  database_->write([](Connection& connection) {
    connection.execute("INSERT INTO schema_version VALUES (2, '0002_project_stamp', 0), (4, '0004_point_blocks', 0)");
  });
  database_.reset();
  try {
    database_ = under_test_.open();
    ADD_FAILURE() << "opened";
  } catch (const Unusable& error) {
    EXPECT_THAT(error.what(), HasSubstr("before the first release (schema version 4)"));
    EXPECT_THAT(error.what(), HasSubstr("give a new database and upload the reports again"));
  }
}

TEST_P(EngineTest, AppliesEachStepOnceAndInOrder) {
  const std::vector<Migration> first = {{8000, "8000_table", "CREATE TABLE steps (a BIGINT)"},
                                        {8001, "8001_row", "INSERT INTO steps VALUES (1)"}};
  std::vector<Migration> more = first;
  more.push_back({8002, "8002_rows", "UPDATE steps SET a = a * 10; INSERT INTO steps VALUES (2)"});
  database_->write([&](Connection& connection) {
    connection.execute("COMMIT");  // migrate() begins its own
    EXPECT_EQ(migrate(connection, GetParam(), first), 2);
    EXPECT_EQ(migrate(connection, GetParam(), first), 0);
    EXPECT_EQ(migrate(connection, GetParam(), more), 1);
    EXPECT_EQ(schema_version(connection), 8002);
    EXPECT_THROW(migrate(connection, GetParam(), first), Unusable) << "an older program";
    connection.execute("BEGIN");
  });
  EXPECT_THAT(integers(*database_, "SELECT a FROM steps ORDER BY a"), ElementsAre(2, 10));
  EXPECT_THAT(integers(*database_, "SELECT version FROM schema_version WHERE applied_us > 0 ORDER BY version"),
              ElementsAre(1, 8000, 8001, 8002));
}

TEST_P(EngineTest, AStepThatFailsLeavesNothingOfItself) {
  const std::vector<Migration> steps = {{8000, "good", "CREATE TABLE good (a BIGINT)"},
                                        {8001, "bad", "CREATE TABLE half (a BIGINT); CREATE TABLE good (a BIGINT)"}};
  database_->write([&](Connection& connection) {
    connection.execute("COMMIT");  // migrate() begins its own
    EXPECT_THROW(migrate(connection, GetParam(), steps), std::exception);
    EXPECT_EQ(schema_version(connection), 8000);
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM good"), 0);
    EXPECT_THROW(connection.require_integer("SELECT count(*) FROM half"), std::logic_error);
    connection.execute("BEGIN");
  });
}

TEST_P(EngineTest, SeveralMayMigrateAtOnce) {
  const tests::DatabaseUnderTest empty(GetParam());
  std::vector<std::thread> threads;
  std::atomic<int> opened = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      try {
        EXPECT_TRUE(empty.open());
        ++opened;
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(opened, 4);
}

TEST_P(EngineTest, BindsParametersByTheirNumberNotByTheirPlace) {
  database_->read([](Connection& connection) {
    std::string text;
    connection.query("SELECT $2 || '-' || $1 || '-$1-' || $2 -- $9", {"a", "b"},
                     [&](const Row& row) { text = row.string(0); });
    EXPECT_EQ(text, "b-a-$1-b");
    EXPECT_EQ(connection.require_integer("SELECT 1 WHERE $1 = 0 OR $1 = 5000000000", {5000000000}), 1);
  });
}

TEST_P(EngineTest, TooFewParametersAreAMistake) {
  EXPECT_THROW(database_->read([](Connection& connection) { connection.execute("SELECT $1, $2", {1}); }),
               std::logic_error);
  EXPECT_THROW(database_->read([](Connection& connection) { connection.execute("SELECT nothing FROM nowhere"); }),
               std::logic_error);
}

TEST_P(EngineTest, KeepsEveryKindOfValue) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::string text = "é ' \" \\ {,} \n$1";
  const std::vector<std::byte> bytes = {std::byte{0}, std::byte{255}, std::byte{'\\'}};
  database_->write([&](Connection& connection) {
    connection.execute(fmt::format("CREATE TABLE v (i BIGINT, r DOUBLE PRECISION, t TEXT, b {}, n TEXT)", blob_type()));
    const Columns to = {"v",
                        {{"i", ColumnType::integer},
                         {"r", ColumnType::real},
                         {"t", ColumnType::text},
                         {"b", ColumnType::blob},
                         {"n", ColumnType::text}}};
    connection.execute(insert_statement(to), {INT64_MIN, 0.1, text, Blob(bytes), std::optional<std::int64_t>()});
    const std::vector<Param> more = {INT64_MAX, -infinity, text, Blob(bytes), std::nullopt,  //
                                     0,         5e-324,    "",   Blob(),      ""};
    connection.append(to, more);
  });
  std::vector<double> reals;
  database_->read([&](Connection& connection) {
    connection.query("SELECT i, r, t, b, n FROM v WHERE t <> '' ORDER BY i", {}, [&](const Row& row) {
      reals.push_back(row.real(1));
      EXPECT_EQ(row.string(2), text);
      EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), row.blob(3).begin(), row.blob(3).end()));
      EXPECT_TRUE(row.is_null(4));
      EXPECT_EQ(row.optional_real(4), std::nullopt);
    });
    connection.query("SELECT i, r, t, b, n FROM v WHERE t = ''", {}, [&](const Row& row) {
      EXPECT_EQ(row.real(1), 5e-324);
      EXPECT_TRUE(row.blob(3).empty());
      EXPECT_FALSE(row.is_null(3));
      EXPECT_FALSE(row.is_null(4));
    });
  });
  EXPECT_THAT(reals, ElementsAre(0.1, -infinity));
  EXPECT_THAT(integers(*database_, "SELECT i FROM v ORDER BY i"), ElementsAre(INT64_MIN, 0, INT64_MAX));
}

TEST_P(EngineTest, AppendsMoreRowsThanOneStatementTakes) {
  make_table();
  constexpr int rows_count = 5001;
  database_->write([](Connection& connection) {
    std::vector<Param> values;
    for (int i = 0; i < rows_count; ++i)
      values.emplace_back(i);
    connection.append({"t", {{"a", ColumnType::integer}}}, values);
    connection.append({"t", {{"a", ColumnType::integer}}}, {});
  });
  EXPECT_EQ(integers(*database_, "SELECT count(DISTINCT a) FROM t").at(0), rows_count);
}

TEST_P(EngineTest, TextIsOrderedByItsBytes) {
  std::vector<std::string> names;
  database_->write([&](Connection& connection) {
    for (const char* name : {"b", "a", "B", "_", "é", "Z", "a b"})
      connection.execute("INSERT INTO project (name, created_us) VALUES ($1, 0)", {name});
    connection.query("SELECT name FROM project ORDER BY name", {},
                     [&](const Row& row) { names.push_back(row.string(0)); });
  });
  EXPECT_THAT(names, ElementsAre("B", "Z", "_", "a", "a b", "b", "é"));
}

TEST_P(EngineTest, AWriteThatThrowsRollsBackAlone) {
  make_table();
  database_->write([](Connection& connection) { connection.execute("INSERT INTO t VALUES (1)"); });
  EXPECT_THROW(database_->write([](Connection& connection) {
    connection.execute("INSERT INTO t VALUES (2)");
    throw std::out_of_range("input at fault");
  }),
               std::out_of_range);
  EXPECT_THROW(database_->write([](Connection& connection) {
    connection.execute("INSERT INTO t VALUES (3)");
    connection.execute("INSERT INTO nowhere VALUES (3)");
  }),
               std::logic_error);
  database_->write([](Connection& connection) { connection.execute("INSERT INTO t VALUES (4)"); });
  EXPECT_THAT(rows(), ElementsAre(1, 4));
  EXPECT_EQ(database_->why_not_ready(), "");
}

TEST_P(EngineTest, AReaderSeesOneSnapshotAndWaitsForNoWriter) {
  make_table();
  database_->read([&](Connection& connection) {
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM t"), 0);
    database_->write([](Connection& writer) { writer.execute("INSERT INTO t VALUES (1)"); });
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM t"), 0);
  });
  EXPECT_THAT(rows(), ElementsAre(1));
}

TEST_P(EngineTest, ReadersCannotWrite) {
  make_table();
  EXPECT_THROW(database_->read([](Connection& connection) { connection.execute("INSERT INTO t VALUES (1)"); }),
               Unavailable);
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_P(EngineTest, ManyThreadsLoseNothing) {
  constexpr int threads = 8;
  constexpr int writes = 50;
  make_table();
  std::vector<std::thread> writers;
  writers.reserve(threads);
  for (int thread = 0; thread < threads; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < writes; ++i) {
        database_->write(
            [&](Connection& connection) { connection.execute("INSERT INTO t VALUES ($1)", {thread * writes + i}); });
      }
    });
  }
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(integers(*database_, "SELECT count(DISTINCT a) FROM t").at(0), threads * writes);
}

/// What holds within one write holds although another process (here: another Database) writes too.
TEST_P(EngineTest, WritersOfSeveralServersTakeTurns) {
  make_table();
  constexpr int writes = 100;
  const auto other = under_test_.open();
  const auto count_up = [](Database& database) {
    for (int i = 0; i < writes; ++i) {
      database.write([](Connection& connection) {
        const auto next = connection.require_integer("SELECT coalesce(max(a), 0) + 1 FROM t");
        connection.execute("INSERT INTO t VALUES ($1)", {next});
      });
    }
  };
  std::thread second([&] { count_up(*other); });
  count_up(*database_);
  second.join();
  EXPECT_THAT(integers(*database_, "SELECT count(DISTINCT a) - max(a) + count(*) FROM t"), ElementsAre(2 * writes));
}

TEST_P(EngineTest, AWriteInsideAWriteIsAMistake) {
  EXPECT_THROW(database_->write([&](Connection&) { database_->write([](Connection&) {}); }), std::logic_error);
}

// ---------------------------------------------------------------------------------------------------------- parity

std::set<std::string> texts(Connection& connection, std::string_view sql) {
  std::set<std::string> found;
  connection.query(sql, {}, [&](const Row& row) { found.insert(row.string(0)); });
  return found;
}

/// "table(columns) unique where" of every index that is not a primary key.
std::set<std::string> indexes(Connection& connection, Dialect dialect) {
  return texts(
      connection,
      dialect == Dialect::sqlite
          ? "SELECT t.name || '(' || (SELECT group_concat(c.name) FROM (SELECT name FROM pragma_index_info(i.name) "
            "ORDER BY seqno) c) || ')' || CASE WHEN i.\"unique\" = 1 THEN ' unique' ELSE '' END || "
            "CASE WHEN i.partial = 1 THEN ' where' ELSE '' END "
            "FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin <> 'pk'"
          : "SELECT t.relname || '(' || (SELECT string_agg(a.attname::text, ',' ORDER BY k.place) "
            "FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place) "
            "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' || "
            "CASE WHEN i.indisunique THEN ' unique' ELSE '' END || "
            "CASE WHEN i.indpred IS NOT NULL THEN ' where' ELSE '' END "
            "FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid "
            "WHERE t.relnamespace = current_schema()::regnamespace AND NOT i.indisprimary");
}

/// "table(column) -> table(column)".
std::set<std::string> references(Connection& connection, Dialect dialect) {
  return texts(connection,
               dialect == Dialect::sqlite
                   ? "SELECT t.name || '(' || f.\"from\" || ') -> ' || f.\"table\" || '(' || f.\"to\" || ')' "
                     "FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'"
                   : "SELECT conrelid::regclass || '(' || (SELECT attname FROM pg_attribute WHERE attrelid = conrelid "
                     "AND attnum = conkey[1]) || ') -> ' || confrelid::regclass || '(' || (SELECT attname FROM "
                     "pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1]) || ')' FROM pg_constraint "
                     "WHERE contype = 'f'");
}

struct Described {
  std::vector<std::string> tables;  ///< "table column type not_null key_position"
  std::set<std::string> indexes, references;
};

Described describe(Dialect dialect) {
  const tests::DatabaseUnderTest under_test(dialect);
  const auto database = under_test.open();
  Described described;
  database->read([&](Connection& connection) {
    for (const auto& table : read_shape(connection, dialect)) {
      for (std::size_t i = 0; i < table.to.columns.size(); ++i) {
        const auto& column = table.to.columns[i];
        const auto key = std::find(table.primary_key.begin(), table.primary_key.end(), column.name);
        described.tables.push_back(fmt::format(
            "{} {} type {} not_null {} key {} identity {}", table.to.table, column.name, static_cast<int>(column.type),
            static_cast<bool>(table.not_null[i]), key - table.primary_key.begin(), table.identity));
      }
    }
    described.indexes = indexes(connection, dialect);
    described.references = references(connection, dialect);
  });
  return described;
}

TEST(Parity, BothSchemasAreTheSame) {
  const auto sqlite = describe(Dialect::sqlite);
  const auto postgres = describe(Dialect::postgres);
  EXPECT_EQ(sqlite.tables, postgres.tables);
  EXPECT_EQ(sqlite.indexes, postgres.indexes);
  EXPECT_EQ(sqlite.references, postgres.references);
  EXPECT_THAT(sqlite.tables, ::testing::Contains(HasSubstr("point_block series_id type 0 not_null true key 0")));
  EXPECT_THAT(sqlite.indexes, ::testing::Contains("run(project_id,identity) unique"));
  EXPECT_THAT(sqlite.references, ::testing::Contains("point_block(series_id) -> series(id)"));
}

TEST(Address, OfAnotherKindIsRefused) {
  for (const auto* address : {"mysql://host/name", "http://host", "", "postgres://127.0.0.1:1/absent"})
    EXPECT_THROW(open_database(address), Unusable) << address;
}

}  // namespace
}  // namespace perftrend::db
