// Nothing acknowledged is lost: the server is killed at random moments under concurrent upload.

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "tests/server_process.h"

namespace perftrend::tests {
namespace {

constexpr int kills = 25;
constexpr int clients = 4;
constexpr int cases_of_a_run = 20;

std::string report(int client, int number) {
  std::string cases;
  for (int i = 0; i < cases_of_a_run; ++i) {
    cases += fmt::format(
        "<testcase classname='c' name='case {}'><properties><property name='prefill_ms' value='{} {} {}'/>"
        "</properties></testcase>",
        i, number + 1, number + 2, client + 1);
  }
  return fmt::format("<testsuites><testsuite name='s'>{}</testsuite></testsuites>", cases);
}

class CrashTest : public ::testing::Test {
 protected:
  /// Uploads until the server is gone; notes every run that was acknowledged, by its commit.
  void upload_until_gone(int port, int round, int client) {
    httplib::Client http("127.0.0.1", port);
    http.set_keep_alive(true);
    for (int number = 0;; ++number) {
      const std::string commit = fmt::format("{}-{}-{}", round, client, number);
      const auto answer =
          http.Post("/api/v1/projects/p/runs?commit=" + commit, report(client, number), "application/xml");
      if (!answer) return;
      ASSERT_EQ(answer->status, 201) << answer->body;
      const std::lock_guard lock(mutex_);
      acknowledged_[commit] = nlohmann::json::parse(answer->body)["id"];
      ++count_;
    }
  }

  std::mutex mutex_;
  std::map<std::string, std::int64_t> acknowledged_;  // guarded by mutex_
  std::atomic<int> count_ = 0;
};

TEST_F(CrashTest, EveryAcknowledgedRunIsThereOnceAndWholeAfterAKill) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.db";
  std::mt19937 random(20261123);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same kills every time
  std::uniform_int_distribution<int> more(1, 12);
  for (int round = 0; round < kills; ++round) {
    ServerProcess server(file);
    const int kill_at = count_ + more(random);
    std::vector<std::thread> threads;
    threads.reserve(clients);
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] { upload_until_gone(server.port(), round, client); });
    }
    while (count_ < kill_at)
      std::this_thread::yield();
    server.kill();
    for (auto& thread : threads)
      thread.join();
  }
  ASSERT_GE(acknowledged_.size(), static_cast<std::size_t>(kills));

  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
  std::map<std::string, std::int64_t> stored;
  SQLite::Statement runs(database,
                         "SELECT commit_id, id, (SELECT count(*) FROM run_case WHERE run_id = run.id), "
                         "(SELECT count(*) FROM point WHERE run_id = run.id), "
                         "(SELECT count(*) FROM sample WHERE run_id = run.id), "
                         "(SELECT count(*) FROM document WHERE run_id = run.id), points FROM run");
  while (runs.executeStep()) {
    const std::string commit = runs.getColumn(0).getString();
    EXPECT_TRUE(stored.emplace(commit, runs.getColumn(1).getInt64()).second) << commit << " is there twice";
    for (const int column : {2, 3, 4, 6})
      EXPECT_EQ(runs.getColumn(column).getInt(), cases_of_a_run) << commit;
    EXPECT_EQ(runs.getColumn(5).getInt(), 1) << commit;
  }
  for (const auto& [commit, id] : acknowledged_) {
    ASSERT_TRUE(stored.contains(commit)) << commit << " was acknowledged and is lost";
    EXPECT_EQ(stored[commit], id);
  }
  EXPECT_EQ(database.execAndGet("SELECT sum(points) - (SELECT count(*) FROM point) FROM series").getInt(), 0);
}

TEST(ServerLife, EndsByItselfOnTermAndSaysWhyItCannotStart) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.db";
  ServerProcess server(file);
  const auto program = std::filesystem::path(PERFTREND_BIN_DIR) / "perftrend-server";
  const auto serve = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"serve"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_command(program, all);
  };
  const auto busy_port = fmt::format("127.0.0.1:{}", server.port());
  struct Case {
    std::vector<std::string> arguments;
    int exit_code;
    std::string says;
  };
  const std::vector<Case> cases = {
      {{"--db", file.string(), "--listen", "127.0.0.1:0"}, 3, "in use by another perftrend-server"},
      {{"--db", (folder.path() / "y.db").string(), "--listen", busy_port}, 4, "cannot listen on"},
      {{"--db", (folder.path() / "y.db").string(), "--listen", "0.0.0.0:0"}, 4, "token create"},
      {{"--db", (folder.path() / "y.db").string(), "--listen", "nonsense"}, 2, "HOST:PORT"},
      {{"--db", "/no/such/folder/x.db", "--listen", "127.0.0.1:0"}, 3, "cannot"},
      {{"--policies", "/no/such/file", "--listen", "127.0.0.1:0"}, 2, "cannot read"},
      {{"--unknown"}, 2, "unknown"},
  };
  for (const auto& refused : cases) {
    const auto result = serve(refused.arguments);
    EXPECT_EQ(result.exit_code, refused.exit_code) << result.errors;
    EXPECT_NE(result.errors.find(refused.says), std::string::npos) << result.errors;
  }
  EXPECT_EQ(server.terminate(), 0);
}

}  // namespace
}  // namespace perftrend::tests
