// Nothing that was acknowledged is lost: the server is killed at random moments during concurrent uploads. The kills
// are spread over several tests, which CTest runs in parallel; a failed test names the seed that reproduces its
// moments.

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/paths.h"
#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

constexpr unsigned seeds = 10;
constexpr int kills_of_a_seed = 25;
constexpr int clients = 4;
constexpr std::size_t cases_of_a_run = 20;

std::string report(int client, int number) {
  std::string cases;
  for (std::size_t i = 0; i < cases_of_a_run; ++i) {
    cases += fmt::format(
        "<testcase classname='c' name='case {}'><properties><property name='prefill_ms' value='{} {} {}'/>"
        "</properties></testcase>",
        i, number + 1, number + 2, client + 1);
  }
  return fmt::format("<testsuites><testsuite name='s'>{}</testsuite></testsuites>", cases);
}

nlohmann::json get(httplib::Client& http, const std::string& path) {
  const auto answer = http.Get("/api/v1/projects/p" + path);
  EXPECT_TRUE(answer && answer->status == 200) << path;
  return answer && answer->status == 200 ? nlohmann::json::parse(answer->body) : nlohmann::json::object();
}

class CrashTest : public ::testing::TestWithParam<unsigned> {
 protected:
  /// Uploads until the server is killed. Records every acknowledged run by its commit.
  void upload_until_killed(int port, int round, int client) {
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

  /// Reads at least the newest `runs` runs, by their commits. Expects that each is there once and complete.
  static std::map<std::string, std::int64_t> read_complete_runs(int port, std::size_t runs) {
    httplib::Client http("127.0.0.1", port);
    http.set_keep_alive(true);
    std::map<std::string, std::int64_t> stored;
    for (std::string before; stored.size() < runs;) {
      const auto page = get(http, fmt::format("/runs?limit={}{}", std::min<std::size_t>(runs, 100), before));
      for (const auto& run : page["runs"]) {
        const std::string commit = run["commit"];
        EXPECT_TRUE(stored.emplace(commit, run["id"]).second) << commit << " is stored twice";
        const auto path = fmt::format("/runs/{}", run["id"].get<std::int64_t>());
        EXPECT_EQ(run["points"], cases_of_a_run) << commit;
        EXPECT_EQ(get(http, path + "/cases")["cases"].size(), cases_of_a_run) << commit;
        EXPECT_EQ(get(http, path + "/documents")["documents"].size(), 1U) << commit;
        const auto points = get(http, path + "/points");
        EXPECT_EQ(points["points"].size(), cases_of_a_run) << commit;
        for (const auto& point : points["points"])
          EXPECT_EQ(point["samples"].size(), 3U) << commit;
      }
      if (!page.contains("next")) break;
      before = "&before=" + page["next"].get<std::string>();
    }
    return stored;
  }

  void expect_all_acknowledged(const std::map<std::string, std::int64_t>& stored, const std::string& commits) const {
    for (const auto& [commit, id] : acknowledged_) {
      if (!commit.starts_with(commits)) continue;
      const auto found = stored.find(commit);
      ASSERT_TRUE(found != stored.end()) << commit << " was acknowledged but is lost";
      EXPECT_EQ(found->second, id);
    }
  }

  std::mutex mutex_;
  std::map<std::string, std::int64_t> acknowledged_;  // guarded by mutex_
  std::atomic<int> count_ = 0;
};

TEST_P(CrashTest, EveryAcknowledgedRunIsStoredOnceAndCompletely) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.db";
  std::mt19937 random(GetParam());
  std::uniform_int_distribution<int> more(1, 12);
  constexpr std::size_t runs_of_a_round_max = 12 + 2 * clients;  // including runs that were stored but not acknowledged
  for (int round = 0; round < kills_of_a_seed; ++round) {
    ServerProcess server(file);
    if (round > 0)
      expect_all_acknowledged(read_complete_runs(server.port(), runs_of_a_round_max), fmt::format("{}-", round - 1));
    const int kill_at = count_ + more(random);
    std::vector<std::thread> threads;
    threads.reserve(clients);
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] { upload_until_killed(server.port(), round, client); });
    }
    while (count_ < kill_at)
      std::this_thread::yield();
    server.kill();
    for (auto& thread : threads)
      thread.join();
    if (HasFailure()) return;
  }
  ASSERT_GE(acknowledged_.size(), static_cast<std::size_t>(kills_of_a_seed));

  ServerProcess server(file);
  const auto stored = read_complete_runs(server.port(), SIZE_MAX);
  expect_all_acknowledged(stored, "");
  httplib::Client http("127.0.0.1", server.port());
  const auto series = get(http, "/series")["series"];
  EXPECT_EQ(series.size(), cases_of_a_run);
  for (const auto& one : series)
    EXPECT_EQ(one["points"], stored.size());
  EXPECT_EQ(server.terminate(), 0);
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
  RecordProperty("acknowledged", std::to_string(acknowledged_.size()));
  RecordProperty("stored", std::to_string(stored.size()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, CrashTest, ::testing::Range(0U, seeds),
                         [](const auto& test) { return fmt::format("seed_{}", test.param); });

TEST(ServerLife, EndsOnSigtermAndSaysWhyItCannotStart) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.db";
  ServerProcess server(file);
  const auto program = std::filesystem::path(perftrend::tests::bin_dir()) / "perftrend-server";
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
