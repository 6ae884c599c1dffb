// Several servers over one PostgreSQL: every upload is stored once and completely, whichever server receives it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <map>
#include <mutex>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <set>
#include <thread>

#include "server/db/open.h"
#include "tests/support/point_rows.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

constexpr int servers_count = 3;
constexpr int clients_of_a_server = 2;
constexpr int runs_of_a_client = 8;
constexpr int cases_of_a_run = 12;

std::string report(int number) {
  std::string cases;
  for (int i = 0; i < cases_of_a_run; ++i) {
    cases += fmt::format(
        "<testcase classname='c' name='case {}'><properties><property name='prefill_ms' value='{} {} 3'/>"
        "</properties></testcase>",
        i, number + 1, number + 2);
  }
  return fmt::format("<testsuites><testsuite name='s'>{}</testsuite></testsuites>", cases);
}

class SeveralServersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    address_ = PostgresServer::shared().create_database();
    // All at once: each finds an empty database.
    std::vector<std::thread> starts;
    servers_.resize(servers_count);
    for (auto& server : servers_)
      starts.emplace_back([&] { server = std::make_unique<ServerProcess>(address_); });
    for (auto& start : starts)
      start.join();
  }

  /// One upload; the same commit is the same run. Returns its id, 0 where it was refused.
  std::int64_t upload(std::size_t server, const std::string& commit, int number) {
    httplib::Client http("127.0.0.1", servers_.at(server)->port());
    http.set_read_timeout(60);
    const auto answer = http.Post("/api/v1/projects/p/runs?commit=" + commit, report(number), "application/xml");
    EXPECT_TRUE(answer) << commit;
    if (!answer) return 0;
    EXPECT_TRUE(answer->status == 201 || answer->status == 200) << answer->status << answer->body;
    return nlohmann::json::parse(answer->body)["id"];
  }

  std::string ask(const std::string& sql) {
    pqxx::connection connection(address_);
    return pqxx::nontransaction(connection).exec(sql)[0][0].c_str();
  }

  /// Of all points there are, unpacked.
  [[nodiscard]] std::int64_t points_by_counting() const {
    std::int64_t points = 0;
    look_at_point_rows(*db::open_database(address_), [&](db::Connection& connection) {
      points = connection.require_integer("SELECT count(*) FROM point");
    });
    return points;
  }

  std::string address_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

TEST_F(SeveralServersTest, ConcurrentUploadsAreThereOnceAndWhole) {
  std::mutex mutex;
  std::map<std::string, std::set<std::int64_t>> ids;  // of each commit
  std::vector<std::thread> clients;
  for (std::size_t server = 0; server < servers_count; ++server) {
    for (int client = 0; client < clients_of_a_server; ++client) {
      clients.emplace_back([&, server, client] {
        for (int number = 0; number < runs_of_a_client; ++number) {
          // Half of them are sent to every server at the same time, the others to one alone.
          const bool shared = number % 2 == 0;
          const auto commit = shared ? fmt::format("shared-{}-{}", client, number)
                                     : fmt::format("own-{}-{}-{}", server, client, number);
          const auto id = upload(server, commit, number);
          const std::lock_guard lock(mutex);
          ids[commit].insert(id);
        }
      });
    }
  }
  for (auto& client : clients)
    client.join();

  constexpr int shared = clients_of_a_server * runs_of_a_client / 2;
  constexpr int runs = shared + servers_count * shared;
  ASSERT_EQ(ids.size(), runs);
  for (const auto& [commit, of_it] : ids)
    EXPECT_EQ(of_it.size(), 1U) << commit << " is more than one run";
  EXPECT_EQ(ask("SELECT count(*) FROM run"), std::to_string(runs));
  EXPECT_EQ(ask("SELECT count(*) FROM project"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM series"), std::to_string(cases_of_a_run));
  for (const auto* table : {"run_case", "sample"})
    EXPECT_EQ(ask(fmt::format("SELECT count(*) FROM {}", table)), std::to_string(runs * cases_of_a_run)) << table;
  EXPECT_EQ(points_by_counting(), runs * cases_of_a_run);
  EXPECT_EQ(ask("SELECT sum(points) FROM series"), std::to_string(runs * cases_of_a_run));
  EXPECT_EQ(ask("SELECT count(*) FROM (SELECT 1 FROM run_case GROUP BY run_id HAVING count(*) <> 12) t"), "0");
}

TEST_F(SeveralServersTest, PartsThatArriveAtTheSameTimeAreOneRun) {
  constexpr int days = 12;
  const auto case_of = [](int number, double value) {
    return fmt::format(
        "<testcase classname='c' name='case {}'><properties><property name='latency_ms' value='{}'/></properties>"
        "</testcase>",
        number, value);
  };
  const auto send = [&](std::size_t server, const std::string& query, const std::string& cases) {
    httplib::Client http("127.0.0.1", servers_.at(server)->port());
    http.set_read_timeout(60);
    const auto answer =
        http.Post("/api/v1/projects/p/runs?" + query,
                  "<testsuites><testsuite name='s'>" + cases + "</testsuite></testsuites>", "application/xml");
    EXPECT_TRUE(answer && answer->status == 201) << query;
    return answer ? nlohmann::json::parse(answer->body)["id"].get<std::int64_t>() : 0;
  };
  for (int day = 1; day <= days; ++day) {
    std::string cases;
    for (int i = 0; i < cases_of_a_run; ++i)
      cases += case_of(i, 100 + 0.2 * ((day * 7 + i) % 11) + 0.003 * day);
    send(0, fmt::format("commit=c{0}&started_at=2026-01-{0:02}T00:00:00Z", day), cases);
  }
  std::mutex mutex;
  std::set<std::int64_t> ids;
  std::vector<std::thread> clients;
  for (int i = 0; i < cases_of_a_run; ++i) {
    clients.emplace_back([&, i] {
      const auto id = send(static_cast<std::size_t>(i % servers_count),
                           "commit=slow&run_key=k&started_at=2026-01-20T00:00:00Z", case_of(i, 120 + 0.1 * i));
      const std::lock_guard lock(mutex);
      ids.insert(id);
    });
  }
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(ask("SELECT count(*) FROM run"), std::to_string(days + cases_of_a_run));
  EXPECT_EQ(ask("SELECT count(DISTINCT first_part) FROM run"), std::to_string(days + 1));
  EXPECT_EQ(ask("SELECT count(*) FROM common_shift"), "1");
  EXPECT_EQ(ask("SELECT shifted FROM common_shift"), std::to_string(cases_of_a_run));
  EXPECT_EQ(ask("SELECT count(*) FROM regression WHERE common_shift_run IS NOT NULL"), std::to_string(cases_of_a_run));
}

TEST_F(SeveralServersTest, WhatOneTookAllShowAndTheOthersGoOnWhenItIsKilled) {
  const auto id = upload(0, "first", 1);
  servers_[0]->kill();
  for (const std::size_t server : {1U, 2U}) {
    EXPECT_EQ(upload(server, "first", 1), id);
    httplib::Client http("127.0.0.1", servers_[server]->port());
    const auto answer = http.Get(fmt::format("/api/v1/projects/p/runs/{}", id));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
}

TEST_F(SeveralServersTest, ADatabaseThatCrashedIsFoundAgain) {
  const auto id = upload(0, "before", 1);
  PostgresServer::shared().crash();
  httplib::Client http("127.0.0.1", servers_[0]->port());
  const auto not_ready = http.Get("/readyz");
  ASSERT_TRUE(not_ready);
  EXPECT_EQ(not_ready->status, 503);
  const auto refused = http.Post("/api/v1/projects/p/runs?commit=during", report(2), "application/xml");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->get_header_value("Retry-After"), "");
  const auto alive = http.Get("/healthz");
  ASSERT_TRUE(alive);
  EXPECT_EQ(alive->status, 200);
  PostgresServer::shared().start();
  for (const std::size_t server : {0U, 1U, 2U}) {
    httplib::Client other("127.0.0.1", servers_[server]->port());
    const auto ready = other.Get("/readyz");
    ASSERT_TRUE(ready);
    EXPECT_EQ(ready->status, 200) << ready->body;
    EXPECT_EQ(upload(server, "before", 1), id);
  }
  EXPECT_GT(upload(1, "during", 2), id);
}

}  // namespace
}  // namespace perftrend::tests
