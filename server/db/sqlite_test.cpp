#include "server/db/sqlite.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "server/db/group_commit.h"
#include "server/db/migrate.h"
#include "server/db/sqlite_connection.h"

namespace perftrend::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SqliteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("perftrend-db-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file(const std::string& name = "x.db") const { return folder_ / name; }

  static std::vector<std::int64_t> integers(Database& database, const std::string& sql) {
    std::vector<std::int64_t> found;
    database.read([&](Connection& connection) {
      connection.query(sql, {}, [&](const Row& row) { found.push_back(row.integer(0)); });
    });
    return found;
  }

  static void make_table(Database& database) {
    database.write([](Connection& connection) { connection.execute("CREATE TABLE t (a BIGINT)"); });
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(SqliteTest, MigratesAnEmptyFileOnceAndKeepsItsContent) {
  {
    const auto database = open_sqlite({.file = file()});
    make_table(*database);
    database->write([](Connection& connection) { connection.execute("INSERT INTO t VALUES ($1)", {7}); });
  }
  const auto again = open_sqlite({.file = file()});
  EXPECT_THAT(integers(*again, "SELECT a FROM t"), ElementsAre(7));
  EXPECT_EQ(integers(*again, "SELECT version FROM schema_version").size(), migrations("sqlite").size());
}

TEST_F(SqliteTest, AClosedDatabaseIsOneFile) {
  {
    const auto database = open_sqlite({.file = file(), .exclusive = true});
    make_table(*database);
    EXPECT_THAT(integers(*database, "SELECT a FROM t"), ElementsAre());
  }
  EXPECT_TRUE(std::filesystem::exists(file()));
  EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
}

TEST_F(SqliteTest, BindsParametersByTheirNumberNotByTheirPlace) {
  SqliteConnection connection(file(), SqliteMode::read_write_create);
  std::string text;
  connection.query("SELECT $2 || '-' || $1 || '-' || $2", {"a", "b"}, [&](const Row& row) { text = row.string(0); });
  EXPECT_EQ(text, "b-a-b");
  EXPECT_THROW(connection.execute("SELECT $1", {}), std::logic_error);
}

TEST_F(SqliteTest, KeepsEveryKindOfValue) {
  SqliteConnection connection(file(), SqliteMode::read_write_create);
  const std::string text("nul\0inside é", 13);
  const std::vector<std::byte> bytes = {std::byte{0}, std::byte{255}, std::byte{1}};
  connection.execute("CREATE TABLE v (i BIGINT, r DOUBLE PRECISION, t TEXT, b BLOB, n TEXT)");
  connection.execute("INSERT INTO v VALUES ($1, $2, $3, $4, $5)",
                     {INT64_MIN, 0.1, text, Blob(bytes), std::optional<std::int64_t>()});
  EXPECT_EQ(connection.require_integer("SELECT length($1)", {Blob()}), 0);  // empty is not NULL
  int rows = 0;
  connection.query("SELECT i, r, t, b, n FROM v", {}, [&](const Row& row) {
    ++rows;
    EXPECT_EQ(row.integer(0), INT64_MIN);
    EXPECT_EQ(row.real(1), 0.1);
    EXPECT_EQ(row.string(2), text);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), row.blob(3).begin(), row.blob(3).end()));
    EXPECT_TRUE(row.is_null(4));
    EXPECT_EQ(row.optional_real(4), std::nullopt);
  });
  EXPECT_EQ(rows, 1);
}

TEST_F(SqliteTest, AWriteThatThrowsRollsBackAlone) {
  const auto database = open_sqlite({.file = file()});
  make_table(*database);
  database->write([](Connection& connection) { connection.execute("INSERT INTO t VALUES (1)"); });
  EXPECT_THROW(database->write([](Connection& connection) {
    connection.execute("INSERT INTO t VALUES (2)");
    throw std::out_of_range("input at fault");
  }),
               std::out_of_range);
  database->write([](Connection& connection) { connection.execute("INSERT INTO t VALUES (3)"); });
  EXPECT_THAT(integers(*database, "SELECT a FROM t ORDER BY a"), ElementsAre(1, 3));
  EXPECT_EQ(database->why_not_ready(), "");
}

TEST_F(SqliteTest, AReaderSeesOneSnapshotAndWaitsForNoWriter) {
  const auto database = open_sqlite({.file = file()});
  make_table(*database);
  database->read([&](Connection& connection) {
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM t"), 0);
    database->write([](Connection& writer) { writer.execute("INSERT INTO t VALUES (1)"); });
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM t"), 0);
  });
  EXPECT_THAT(integers(*database, "SELECT a FROM t"), ElementsAre(1));
}

TEST_F(SqliteTest, ReadersCannotWrite) {
  const auto database = open_sqlite({.file = file()});
  make_table(*database);
  EXPECT_THROW(database->read([](Connection& connection) { connection.execute("INSERT INTO t VALUES (1)"); }),
               Unavailable);
  EXPECT_EQ(integers(*database, "SELECT count(*) FROM t").at(0), 0);
}

TEST_F(SqliteTest, ManyThreadsLoseNothing) {
  constexpr int threads = 8;
  constexpr int writes = 50;
  const auto database = open_sqlite({.file = file()});
  make_table(*database);
  std::vector<std::thread> writers;
  writers.reserve(threads);
  for (int thread = 0; thread < threads; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < writes; ++i) {
        database->write(
            [&](Connection& connection) { connection.execute("INSERT INTO t VALUES ($1)", {thread * writes + i}); });
      }
    });
  }
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(integers(*database, "SELECT count(DISTINCT a) FROM t").at(0), threads * writes);
}

TEST_F(SqliteTest, AWriteInsideAWriteIsAMistake) {
  const auto database = open_sqlite({.file = file()});
  EXPECT_THROW(database->write([&](Connection&) { database->write([](Connection&) {}); }), std::logic_error);
}

TEST_F(SqliteTest, RefusesWhatItMustNotTouch) {
  std::ofstream(file("text.db")) << std::string(4096, 'x');
  {
    SqliteConnection foreign(file("foreign.db"), SqliteMode::read_write_create);
    foreign.execute("CREATE TABLE theirs (a BIGINT)");
  }
  open_sqlite({.file = file("future.db")})->write([](Connection& connection) {
    connection.execute("INSERT INTO schema_version VALUES (9999, 'later', 0)");
  });
  const std::vector<std::pair<std::filesystem::path, std::string>> cases = {
      {file("text.db"), "not a SQLite database"},
      {file("foreign.db"), "of another program"},
      {file("future.db"), "start a newer perftrend-server"},
      {file("no/such/folder/x.db"), "cannot open"},
  };
  for (const auto& [path, cause] : cases) {
    try {
      open_sqlite({.file = path});
      ADD_FAILURE() << path << " was opened";
    } catch (const Unusable& error) {
      EXPECT_THAT(error.what(), HasSubstr(cause));
    }
  }
}

TEST_F(SqliteTest, RefusesACorruptFile) {
  {
    const auto database = open_sqlite({.file = file()});
    make_table(*database);
    database->write([](Connection& connection) {
      for (int i = 0; i < 5000; ++i)
        connection.execute("INSERT INTO t VALUES ($1)", {i});
    });
  }
  {
    std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(-3L * 4096, std::ios::end);
    bytes << std::string(2UL * 4096, '\xff');
  }
  try {
    open_sqlite({.file = file()});
    ADD_FAILURE() << "a corrupt file was opened";
  } catch (const Unusable& error) {
    EXPECT_THAT(error.what(), HasSubstr("corrupt"));
  }
}

TEST_F(SqliteTest, TheSecondServerOnAFileSaysSo) {
  const auto first = open_sqlite({.file = file(), .exclusive = true});
  try {
    open_sqlite({.file = file(), .exclusive = true});
    ADD_FAILURE() << "two servers have one file";
  } catch (const Unusable& error) {
    EXPECT_THAT(error.what(), HasSubstr("in use by another perftrend-server"));
  }
  EXPECT_NO_THROW(open_sqlite({.file = file()}));  // maintenance beside a server
}

/// A connection whose COMMIT fails when told to, in front of a real one.
class FailingCommit final : public Connection {
 public:
  FailingCommit(std::unique_ptr<Connection> inner, std::atomic<bool>& fail) : inner_(std::move(inner)), fail_(fail) {}
  using Connection::execute;
  using Connection::query;
  std::int64_t execute(std::string_view sql, Params params) override {
    if (sql == "COMMIT") ++commits;
    if (sql == "COMMIT" && fail_) throw Unavailable("disk I/O error");
    return inner_->execute(sql, params);
  }
  void query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) override {
    inner_->query(sql, params, on_row);
  }
  void execute_script(std::string_view sql) override { inner_->execute_script(sql); }
  static inline std::atomic<int> commits = 0;

 private:
  std::unique_ptr<Connection> inner_;
  std::atomic<bool>& fail_;
};

TEST_F(SqliteTest, AFailedCommitIsToldToEveryWriteOfItsGroupAndTheNextOneStartsAnew) {
  open_sqlite({.file = file()});
  std::atomic<bool> fail = false;
  int opened = 0;
  GroupCommit group([&] {
    ++opened;
    return std::make_unique<FailingCommit>(std::make_unique<SqliteConnection>(file(), SqliteMode::read_write), fail);
  });
  group.write([](Connection& connection) { connection.execute("CREATE TABLE t (a BIGINT)"); });
  fail = true;
  EXPECT_THROW(group.write([](Connection& connection) { connection.execute("INSERT INTO t VALUES (1)"); }),
               Unavailable);
  EXPECT_THAT(group.why_not_ready(), HasSubstr("disk I/O error"));
  fail = false;
  group.write([](Connection& connection) { connection.execute("INSERT INTO t VALUES (2)"); });
  EXPECT_EQ(group.why_not_ready(), "");
  EXPECT_EQ(opened, 2);
  const auto database = open_sqlite({.file = file()});
  EXPECT_THAT(integers(*database, "SELECT a FROM t"), ElementsAre(2));
}

TEST_F(SqliteTest, WritesThatWaitShareOneCommit) {
  open_sqlite({.file = file()});
  std::atomic<bool> fail = false;
  GroupCommit group([&] {
    return std::make_unique<FailingCommit>(std::make_unique<SqliteConnection>(file(), SqliteMode::read_write), fail);
  });
  group.write([](Connection& connection) { connection.execute("CREATE TABLE t (a BIGINT)"); });
  const int before = FailingCommit::commits;
  constexpr int waiting = 5;
  std::promise<void> go;
  std::latch first_runs(1);
  std::vector<std::future<void>> writes;
  writes.push_back(std::async(std::launch::async, [&] {
    group.write([&](Connection& connection) {
      connection.execute("INSERT INTO t VALUES (0)");
      first_runs.count_down();
      go.get_future().wait();
    });
  }));
  first_runs.wait();
  for (int i = 1; i <= waiting; ++i) {
    writes.push_back(std::async(std::launch::async, [&, i] {
      group.write([&](Connection& connection) { connection.execute("INSERT INTO t VALUES ($1)", {i}); });
    }));
  }
  while (group.waiting() < waiting)
    std::this_thread::yield();
  go.set_value();
  for (auto& write : writes)
    write.get();
  EXPECT_EQ(FailingCommit::commits - before, 2);
  EXPECT_EQ(integers(*open_sqlite({.file = file()}), "SELECT count(*) FROM t").at(0), waiting + 1);
}

}  // namespace
}  // namespace perftrend::db
