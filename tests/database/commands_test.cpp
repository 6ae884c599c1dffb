// The database commands, as an operator calls them.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/db/open.h"
#include "server/db/transfer.h"
#include "tests/support/paths.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

using ::testing::HasSubstr;

constexpr auto report =
    "<testsuites><testsuite name='s'><testcase classname='c' name='a'><properties><property name='prefill_ms' "
    "value='1 2 3'/></properties></testcase></testsuite></testsuites>";

class DatabaseCommandsTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.path() / name; }

  static CommandResult call(const std::vector<std::string>& arguments) {
    return run_command(std::filesystem::path(perftrend::tests::bin_dir()) / "perftrend-server", arguments);
  }
  static void expect(int exit_code, const std::string& says, const std::vector<std::string>& arguments) {
    const auto result = call(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.output << result.errors;
    EXPECT_THAT(result.output + result.errors, HasSubstr(says));
  }
  static void upload(int port, const std::string& commit) {
    httplib::Client http("127.0.0.1", port);
    const auto answer = http.Post("/api/v1/projects/p/runs?commit=" + commit, report, "application/xml");
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 201) << answer->body;
  }
  static std::size_t runs(const std::string& address) {
    std::int64_t count = 0;
    db::open_database(address)->read(
        [&](db::Connection& connection) { count = connection.require_integer("SELECT count(*) FROM run"); });
    return static_cast<std::size_t>(count);
  }

  const TemporaryFolder folder_;
};

TEST_F(DatabaseCommandsTest, ABackupOfAServerAtWorkHoldsWhatWasAnsweredBeforeIt) {
  ServerProcess server(file("x.db"));
  std::atomic<int> uploaded = 0;
  std::atomic<bool> stop = false;
  std::thread client([&] {
    while (!stop)
      upload(server.port(), std::to_string(++uploaded));
  });
  while (uploaded < 5)
    std::this_thread::yield();
  const int before = uploaded - 1;  // the last of them may be on its way
  expect(0, "is a checked copy of", {"backup", "--db", file("x.db"), "--to", file("backup.db")});
  stop = true;
  client.join();
  const auto held = static_cast<int>(runs(file("backup.db")));
  EXPECT_GE(held, before);
  EXPECT_LE(held, uploaded);
  expect(3, "in use by another", {"restore", "--db", file("x.db"), "--from", file("backup.db"), "--replace"});
  EXPECT_EQ(server.terminate(), 0);
  expect(0, "is restored from", {"restore", "--db", file("x.db"), "--from", file("backup.db"), "--replace"});
  EXPECT_EQ(db::first_difference(*db::open_database(file("x.db")), *db::open_database(file("backup.db"))), "");
  EXPECT_EQ(static_cast<int>(runs(file("x.db.replaced"))), uploaded);
  expect(0, "no damage found", {"check", "--db", file("x.db")});
}

TEST_F(DatabaseCommandsTest, EverythingMovesToPostgresAndBack) {
  {
    ServerProcess server(file("x.db"));
    for (int run = 0; run < 12; ++run)
      upload(server.port(), std::to_string(run));
    EXPECT_EQ(server.terminate(), 0);
  }
  const auto postgres = PostgresServer::shared().create_database();
  expect(0, "compared one by one", {"export", "--db", file("x.db"), "--to", postgres});
  expect(3, "not empty", {"export", "--db", file("x.db"), "--to", postgres});
  expect(0, "no damage found", {"check", "--db", postgres});
  {
    ServerProcess server(postgres);
    upload(server.port(), "one more");
    EXPECT_EQ(server.terminate(), 0);
  }
  expect(0, "compared one by one", {"backup", "--db", postgres, "--to", file("back.db")});
  EXPECT_EQ(runs(file("back.db")), 13U);
  const auto other = PostgresServer::shared().create_database();
  expect(0, "restored", {"restore", "--db", other, "--from", file("back.db")});
  EXPECT_EQ(db::first_difference(*db::open_database(postgres), *db::open_database(other)), "");
}

TEST_F(DatabaseCommandsTest, PruningSaysFirstWhatItWouldDo) {
  {
    ServerProcess server(file("x.db"));
    httplib::Client http("127.0.0.1", server.port());
    for (const auto* when : {"2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"}) {
      const auto answer =
          http.Post(std::string("/api/v1/projects/p/runs?started_at=") + when, report, "application/xml");
      ASSERT_TRUE(answer);
      ASSERT_EQ(answer->status, 201) << answer->body;
    }
    EXPECT_EQ(server.terminate(), 0);
  }
  std::ofstream(file("keep.toml")) << "[[retention]]\ndocuments_days = 30\n";
  std::ofstream(file("wrong.toml")) << "[[retention]]\ndocument_days = 30\n";
  const std::vector<std::string> prune = {"prune", "--db", file("x.db"), "--retention", file("keep.toml")};
  auto dry = prune;
  dry.emplace_back("--dry-run");
  expect(0, "would be deleted: 2 documents", dry);
  expect(0, "would be deleted: 2 documents", dry);
  expect(0, "deleted: 2 documents", prune);
  expect(0, "deleted: 0 documents", prune);
  expect(2, "unknown key 'document_days'", {"prune", "--db", file("x.db"), "--retention", file("wrong.toml")});
}

TEST_F(DatabaseCommandsTest, AServerPrunesByItselfAtItsStart) {
  {
    ServerProcess server(file("x.db"));
    httplib::Client http("127.0.0.1", server.port());
    EXPECT_EQ(http.Post("/api/v1/projects/p/runs?started_at=2020-01-01T00:00:00Z", report, "application/xml")->status,
              201);
    upload(server.port(), "today");
    EXPECT_EQ(server.terminate(), 0);
  }
  std::ofstream(file("keep.toml")) << "[[retention]]\ndocuments_days = 30\nsamples_days = 30\n";
  ServerProcess server(file("x.db"), {"--retention", file("keep.toml")});
  httplib::Client http("127.0.0.1", server.port());
  while (http.Get("/api/v1/projects/p/runs/1/junit")->status == 200)
    std::this_thread::yield();
  EXPECT_EQ(http.Get("/api/v1/projects/p/runs/1/junit")->status, 404);
  EXPECT_EQ(http.Get("/api/v1/projects/p/runs/2/junit")->body, report) << "it is of today";
  EXPECT_EQ(nlohmann::json::parse(http.Get("/api/v1/projects/p/runs/1/points")->body)["points"].size(), 1U)
      << "points are kept";
  EXPECT_EQ(server.terminate(), 0);
  expect(0, "no damage found", {"check", "--db", file("x.db")});
}

/// What Litestream does: it has tables of its own in the file, holds a reader's lock so that no other process can empty
/// the log, and brings the log into the file itself when it has read it.
TEST_F(DatabaseCommandsTest, AProcessThatStreamsTheLogIsTheOnlyOneToEmptyIt) {
  const auto log = [&] { return std::filesystem::file_size(file("x.db-wal")); };
  constexpr std::uintmax_t emptied_by_the_server_bytes = 6U << 20U;  // its own 1,000 pages, and space for one group
  ServerProcess server(file("x.db"), {"--checkpoint-pages", "0"});
  upload(server.port(), "first");
  SQLite::Database streaming(file("x.db"), SQLite::OPEN_READWRITE, 5000);
  streaming.exec("PRAGMA wal_autocheckpoint = 0");
  streaming.exec("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)");
  streaming.exec("CREATE TABLE _litestream_lock (id INTEGER)");
  int uploaded = 1;
  for (int round = 0; round < 2; ++round) {
    streaming.exec("BEGIN; SELECT count(*) FROM _litestream_seq");
    const auto before = std::filesystem::file_size(file("x.db"));
    while (log() < emptied_by_the_server_bytes)
      upload(server.port(), std::to_string(++uploaded));
    EXPECT_EQ(std::filesystem::file_size(file("x.db")), before) << "no one checkpointed the WAL";
    streaming.exec("ROLLBACK");
    streaming.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    EXPECT_GT(std::filesystem::file_size(file("x.db")), before);
    upload(server.port(), std::to_string(++uploaded));
  }
  expect(0, "is a checked copy of", {"backup", "--db", file("x.db"), "--to", file("backup.db")});
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_EQ(runs(file("backup.db")), static_cast<std::size_t>(uploaded));
  expect(0, "no damage found", {"check", "--db", file("x.db")});
}

TEST_F(DatabaseCommandsTest, WhatCannotBeUsedIsSaidInOneLine) {
  std::ofstream(file("text.db")) << std::string(5000, 'x');
  db::open_database(file("future.db"))->write([](db::Connection& connection) {
    connection.execute("INSERT INTO schema_version VALUES (9999, 'later', 0)");
  });
  struct Case {
    std::vector<std::string> arguments;
    std::string says;
  };
  const std::string absent = file("absent.db");
  const std::vector<Case> cases = {
      {{"migrate", "--db", absent}, "does not exist"},
      {{"check", "--db", absent}, "does not exist"},
      {{"backup", "--db", absent, "--to", file("b.db")}, "does not exist"},
      {{"restore", "--db", file("r.db"), "--from", absent}, "does not exist"},
      {{"restore", "--db", file("r.db"), "--from", file("future.db")}, "use a newer perftrend-server"},
      {{"restore", "--db", file("r.db"), "--from", file("text.db")}, "not a SQLite database"},
      {{"export", "--db", absent, "--to", file("b.db")}, "does not exist"},
      {{"migrate", "--db", file("text.db")}, "not a SQLite database"},
      {{"migrate", "--db", file("future.db")}, "use a newer perftrend-server"},
      {{"migrate", "--db", "mysql://host/name"}, "give a SQLite file or postgres://"},
      {{"migrate", "--db", "postgres://u:secret@127.0.0.1:1/name"}, "cannot reach postgres://u:***@127.0.0.1:1/name"},
      {{"serve", "--listen", "127.0.0.1:0", "--db", file("no/such/x.db")}, "cannot"},
  };
  for (const auto& [arguments, says] : cases) {
    const auto result = call(arguments);
    EXPECT_EQ(result.exit_code, 3) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(says));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_THAT(result.errors, ::testing::Not(HasSubstr("secret")));
  }
  EXPECT_FALSE(std::filesystem::exists(absent));
  EXPECT_FALSE(std::filesystem::exists(file("r.db")));
}

TEST_F(DatabaseCommandsTest, ABackupThatThisProgramDoesNotKnowReplacesNothing) {
  db::open_database(file("future.db"))->write([](db::Connection& connection) {
    connection.execute("INSERT INTO schema_version VALUES (9999, 'later', 0)");
  });
  db::open_database(file("x.db"));
  expect(3, "use a newer", {"restore", "--db", file("x.db"), "--from", file("future.db"), "--replace"});
  EXPECT_FALSE(std::filesystem::exists(file("x.db.replaced")));
  expect(0, "no damage found", {"check", "--db", file("x.db")});
}

}  // namespace
}  // namespace perftrend::tests
