// Two servers over a PostgreSQL with a synchronous standby: the primary dies during uploads, the standby takes over,
// and the servers find it by themselves. No acknowledged run is lost, and none is stored twice.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <thread>
#include <vector>

#include "tests/support/postgres_server.h"
#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

constexpr int clients_count = 4;
constexpr int runs_of_a_client = 12;
constexpr int cases_of_a_run = 8;
constexpr std::size_t acknowledged_before_the_crash = 10;
/// None of what is waited for takes seconds; a machine that does other things may need them.
constexpr std::chrono::seconds patience{120};
constexpr std::chrono::milliseconds back_off{50};

std::string report(int number) {
  std::string cases;
  for (int i = 0; i < cases_of_a_run; ++i)
    cases += fmt::format("<testcase classname='c' name='case {}' time='{}'/>", i, number + 1);
  return fmt::format("<testsuites><testsuite name='s'>{}</testsuite></testsuites>", cases);
}

/// What the clients know, and when they learnt it.
class Acknowledged {
 public:
  void add(const std::string& commit, std::int64_t id) {
    const std::lock_guard lock(mutex_);
    ids_[commit] = id;
    changed_.notify_all();
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return ids_.size() >= count; });
  }
  /// A client that was refused tries again a little later.
  void back_off_a_little() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, back_off);
  }
  std::map<std::string, std::int64_t> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::int64_t> ids_;
};

class FailoverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    standby_ = PostgresServer::standby_of(primary_);
    // From now on a commit is done when the standby has it too.
    primary_.crash();
    primary_.start({"synchronous_standby_names=*"});
    primary_.create_database();  // returns when the standby follows
    ASSERT_EQ(ask(primary_, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"), 1);
    const std::string address = primary_.address_with(*standby_, database);
    for (auto& server : servers_)
      server = std::make_unique<ServerProcess>(address);
  }

  httplib::Result post(std::size_t server, const std::string& commit, int number) {
    httplib::Client http("127.0.0.1", servers_.at(server)->port());
    http.set_read_timeout(60);
    return http.Post("/api/v1/projects/p/runs?commit=" + commit, report(number), "application/xml");
  }

  /// Sends the report until it is accepted, as a client does that is asked to retry.
  void upload(std::size_t server, const std::string& commit, int number, Acknowledged& acknowledged) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      const auto answer = post(server, commit, number);
      ASSERT_TRUE(answer) << commit << ": the server is there all the time";
      if (answer->status == 201 || answer->status == 200)
        return acknowledged.add(commit, nlohmann::json::parse(answer->body)["id"]);
      ASSERT_EQ(answer->status, 503) << answer->body;
      ASSERT_NE(answer->get_header_value("Retry-After"), "");
      acknowledged.back_off_a_little();
    }
    ADD_FAILURE() << commit << " was never taken";
  }

  /// The only number that `sql` gives there.
  static std::int64_t ask(const PostgresServer& server, const std::string& sql) {
    pqxx::connection connection(server.address(database));
    return pqxx::nontransaction(connection).exec(sql)[0][0].as<std::int64_t>();
  }

  static constexpr const char* database = "test_1";  // the first that create_database makes
  PostgresServer primary_;
  std::unique_ptr<PostgresServer> standby_;
  std::array<std::unique_ptr<ServerProcess>, 2> servers_;
};

TEST_F(FailoverTest, NoAcknowledgedRunIsLostWhenThePrimaryDies) {
  Acknowledged acknowledged;
  std::vector<std::thread> clients;
  for (int client = 0; client < clients_count; ++client) {
    clients.emplace_back([&, client] {
      for (int number = 0; number < runs_of_a_client; ++number)
        upload(static_cast<std::size_t>(client) % servers_.size(), fmt::format("c{}-{}", client, number), number,
               acknowledged);
    });
  }
  EXPECT_TRUE(acknowledged.wait_for(acknowledged_before_the_crash));
  primary_.crash();
  const auto before = acknowledged.ids();
  const auto crashed = std::chrono::steady_clock::now();
  const auto refused = post(0, "without-a-primary", 1);
  standby_->promote();
  EXPECT_TRUE(acknowledged.wait_for(before.size() + 1));
  const auto back = std::chrono::steady_clock::now();
  for (auto& client : clients)
    client.join();
  RecordProperty("crash_to_first_upload_ms",
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(back - crashed).count()));
  RecordProperty("acknowledged_before", std::to_string(before.size()));

  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503) << "a standby takes no writes";
  constexpr int runs = clients_count * runs_of_a_client;
  const auto ids = acknowledged.ids();
  ASSERT_EQ(ids.size(), runs);
  EXPECT_LT(before.size(), ids.size()) << "the crash came too late to be in the midst of anything";
  EXPECT_EQ(ask(*standby_, "SELECT count(*) FROM run"), runs);
  for (const auto& [commit, id] : ids)
    EXPECT_EQ(ask(*standby_, fmt::format("SELECT count(*) FROM run WHERE id = {} AND commit_id = '{}'", id, commit)), 1)
        << commit;
  EXPECT_EQ(ask(*standby_, "SELECT count(*) FROM run_case"), runs * cases_of_a_run);
  // A run's points are one row until they are brought into blocks.
  EXPECT_EQ(ask(*standby_, "SELECT count(*) FROM run_points") * cases_of_a_run +
                ask(*standby_, "SELECT coalesce(sum(points), 0)::bigint FROM point_block"),
            runs * cases_of_a_run);
  EXPECT_EQ(ask(*standby_, "SELECT sum(points) FROM series"), runs * cases_of_a_run);
  for (const auto& server : servers_) {
    httplib::Client http("127.0.0.1", server->port());
    const auto ready = http.Get("/readyz");
    ASSERT_TRUE(ready);
    EXPECT_EQ(ready->status, 200) << ready->body;
  }
}

}  // namespace
}  // namespace perftrend::tests
