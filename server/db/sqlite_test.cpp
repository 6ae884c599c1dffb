#include "server/db/sqlite.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

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

TEST_F(SqliteTest, AClosedDatabaseIsOneFile) {
  {
    const auto database = open_sqlite({.file = file(), .exclusive = true});
    make_table(*database);
    EXPECT_THAT(integers(*database, "SELECT a FROM t"), ElementsAre());
  }
  EXPECT_TRUE(std::filesystem::exists(file()));
  EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
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
      {file("future.db"), "use a newer perftrend-server"},
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
  EXPECT_NO_THROW(open_sqlite({.file = file()}));  // maintenance while a server runs
}

}  // namespace
}  // namespace perftrend::db
