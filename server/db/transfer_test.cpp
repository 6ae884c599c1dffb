// Copies of databases: everything is in them, on either engine, while others write.

#include "server/db/transfer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/db/open.h"
#include "server/db/schema_shape.h"
#include "server/db/sqlite_backup.h"
#include "tests/support/database_under_test.h"
#include "tests/support/postgres_server.h"

namespace perftrend::db {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

/// `count` rows in every table, whose every column holds something that is its own; numbers are the row's, so that
/// references hold.
void fill(Database& database, int count) {
  database.write([&](Connection& connection) {
    for (const auto& table : read_shape(connection, database.dialect())) {
      for (int row = 1; row <= count; ++row) {
        const std::string text = fmt::format("{} é ' \\ {}", table.to.table, row);
        std::vector<Param> values;
        for (std::size_t i = 0; i < table.to.columns.size(); ++i) {
          const auto type = table.to.columns[i].type;
          if (!table.not_null[i] && row % 2 == 0) {
            values.emplace_back(std::nullopt);
          } else if (type == ColumnType::integer) {
            values.emplace_back(row);
          } else if (type == ColumnType::real) {
            values.emplace_back(row + 0.1);
          } else if (type == ColumnType::text) {
            values.emplace_back(text);
          } else {
            values.emplace_back(Blob(std::as_bytes(std::span(text))));
          }
        }
        connection.execute(insert_statement(table.to), values);
      }
    }
  });
}

class TransferTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] fs::path file(const std::string& name) const { return folder_ / name; }

  tests::DatabaseUnderTest sqlite_{Dialect::sqlite}, postgres_{Dialect::postgres}, back_{Dialect::sqlite};

 private:
  static fs::path make_folder() {
    std::string pattern = (fs::temp_directory_path() / "perftrend-transfer-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
  }
  fs::path folder_ = make_folder();
};

TEST_F(TransferTest, EverythingGoesToTheOtherEngineAndBack) {
  constexpr int rows = 300;  // more than a chunk of those with bytes
  const auto sqlite = sqlite_.open();
  const auto postgres = postgres_.open();
  const auto back = back_.open();
  fill(*sqlite, rows);
  std::int64_t done = 0;
  std::int64_t expected = 0;
  const auto copied = copy_database(*sqlite, *postgres, [&](std::int64_t more, std::int64_t total) {
    done += more;
    expected = total;
  });
  EXPECT_GT(copied, 10 * rows);
  EXPECT_EQ(done, 2 * copied);
  EXPECT_EQ(expected, 2 * copied);
  EXPECT_EQ(copy_database(*postgres, *back, {}), copied);
  EXPECT_EQ(first_difference(*sqlite, *back), "");
  // The next id is not one that was copied.
  for (auto* database : {postgres.get(), back.get()}) {
    database->write([](Connection& connection) {
      EXPECT_EQ(connection.require_integer("INSERT INTO project (name, created_us) VALUES ('new', 0) RETURNING id"),
                rows + 1);
    });
  }
  EXPECT_THAT(first_difference(*sqlite, *back), HasSubstr("project"));
}

TEST_F(TransferTest, ADifferenceIsFoundWhereverItIs) {
  const auto sqlite = sqlite_.open();
  fill(*sqlite, 3);
  struct Case {
    std::string sql, says;
  };
  const std::vector<Case> cases = {
      {"UPDATE run SET time_seconds = time_seconds + 1e-9 WHERE id = 2", "run differs in time_seconds"},
      {"UPDATE token SET name = name || ' ' WHERE id = 3", "token differs in name"},
      {"DELETE FROM sample WHERE run_id = 3", "sample has a different number of rows"},
  };
  for (const auto& [sql, says] : cases) {
    const auto file_copy = file("copy.db");
    const auto copy = open_database(file_copy);
    copy_database(*sqlite, *copy, {});
    copy->write([&sql = sql](Connection& connection) { connection.execute(sql); });
    EXPECT_THAT(first_difference(*sqlite, *copy), HasSubstr(says));
    fs::remove(file_copy);
    fs::remove(file_copy.string() + "-wal");
    fs::remove(file_copy.string() + "-shm");
  }
}

TEST_F(TransferTest, ATargetThatIsNotEmptyIsRefusedAndKept) {
  const auto sqlite = sqlite_.open();
  const auto postgres = postgres_.open();
  fill(*sqlite, 2);
  fill(*postgres, 1);
  EXPECT_THROW(copy_database(*sqlite, *postgres, {}), Unusable);
  postgres->read([](Connection& connection) { EXPECT_EQ(connection.require_integer("SELECT count(*) FROM run"), 1); });
}

TEST_F(TransferTest, ABackupIsTheDatabaseOfOneMomentAlthoughItIsWrittenTo) {
  const auto database = sqlite_.open();
  fill(*database, 500);
  int calls = 0;
  backup_sqlite(sqlite_.address(), file("backup.db"), [&](double done) {
    EXPECT_GE(done, 0);
    EXPECT_LE(done, 1);
    if (calls++ > 0) return;
    database->write([](Connection& connection) {
      connection.execute("INSERT INTO project (name, created_us) VALUES ('while it is copied', 0)");
    });
  });
  EXPECT_FALSE(fs::exists(file("backup.db.partial")));
  EXPECT_THAT(check_sqlite(file("backup.db")), IsEmpty());
  const auto backup = open_database(file("backup.db"));
  backup->read(
      [](Connection& connection) { EXPECT_EQ(connection.require_integer("SELECT count(*) FROM project"), 500); });
}

TEST_F(TransferTest, ARestoreBringsBackWhatWasAndKeepsWhatItReplaces) {
  {
    const auto database = sqlite_.open();
    fill(*database, 20);
  }
  backup_sqlite(sqlite_.address(), file("backup.db"), {});
  EXPECT_THROW(backup_sqlite(sqlite_.address(), file("backup.db"), {}), Unusable) << "a backup was overwritten";
  {
    const auto database = sqlite_.open();
    database->write([](Connection& connection) { connection.execute("DELETE FROM audit"); });
  }
  EXPECT_THROW(restore_sqlite(file("backup.db"), sqlite_.address(), false, {}), Unusable);
  {
    const auto server = open_database(sqlite_.address(), {.exclusive = true});
    EXPECT_THROW(restore_sqlite(file("backup.db"), sqlite_.address(), true, {}), Unusable);
  }
  restore_sqlite(file("backup.db"), sqlite_.address(), true, {});
  EXPECT_EQ(first_difference(*sqlite_.open(), *open_database(file("backup.db"))), "");
  open_database(sqlite_.address() + ".replaced")->read([](Connection& connection) {
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM audit"), 0);
  });
}

TEST_F(TransferTest, ADamagedBackupIsNotRestored) {
  {
    const auto database = sqlite_.open();
    fill(*database, 500);
  }
  backup_sqlite(sqlite_.address(), file("backup.db"), {});
  {
    std::fstream bytes(file("backup.db"), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(20L * 4096);
    bytes << std::string(3UL * 4096, '\x55');
  }
  std::ofstream(file("foreign.db")) << "no database";
  for (const auto* name : {"backup.db", "foreign.db", "absent.db"})
    EXPECT_THROW(restore_sqlite(file(name), file("new.db"), false, {}), Unusable) << name;
  EXPECT_FALSE(fs::exists(file("new.db")));
  EXPECT_FALSE(fs::exists(file("new.db.partial")));
}

}  // namespace
}  // namespace perftrend::db
