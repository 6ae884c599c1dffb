// Clients of a server whose disk fails: it acknowledges nothing that is not stored, reads go on, and the server reports
// that it cannot write until it can again.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <climits>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/db/open.h"
#include "server/http/server.h"
#include "tests/support/database_under_test.h"
#include "tests/support/faulty_disk.h"

namespace perftrend::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* runs_path = "/api/v1/projects/p/runs";

/// A server over a database, as long as it lives.
class Served {
 public:
  explicit Served(db::Database& database)
      : context_{database, policies_, {}, false, "test"}, server_(options(), context_), port_(server_.bind()) {
    thread_ = std::thread([this] { server_.run(); });
    while (!client().Get("/healthz"))
      std::this_thread::yield();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] httplib::Client client() const { return httplib::Client("127.0.0.1", port_); }

 private:
  static http::ServerOptions options() {
    http::ServerOptions made;
    made.port = 0;
    return made;
  }
  triage::Policies policies_;
  http::Context context_;
  http::Server server_;
  int port_;
  std::thread thread_;
};

std::string report(int number) {
  std::string cases;
  for (int i = 0; i < 10; ++i) {
    cases += fmt::format(
        "<testcase classname='c' name='case {}'><properties><property name='prefill_ms' value='{} {}'/></properties>"
        "</testcase>",
        i, number + 1, number + 2);
  }
  return fmt::format("<testsuites><testsuite name='s'>{}</testsuite></testsuites>", cases);
}

class DiskFaultsTest : public ::testing::TestWithParam<DiskFault> {
 protected:
  static void SetUpTestSuite() { install_faulty_disk(); }
  void SetUp() override {
    fault_plan().clear();
    database_ = under_test_.open();
    served_ = std::make_unique<Served>(*database_);
  }
  void TearDown() override {
    fault_plan().clear();
    served_.reset();
  }

  /// Uploads a new run; the server acknowledges it or asks to retry.
  void put(int number) {
    const auto commit = fmt::format("c{}", number);
    const auto answer =
        served_->client().Post(fmt::format("{}?commit={}", runs_path, commit), report(number), "application/xml");
    ASSERT_TRUE(answer);
    if (answer->status == 201) {
      acknowledged_[commit] = json::parse(answer->body)["id"];
    } else {
      EXPECT_EQ(answer->status, 503) << answer->body;
      EXPECT_EQ(answer->get_header_value("Retry-After"), "5");
      EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
      ++refused_;
    }
  }

  /// The runs that clients of `served` see, each whole.
  static std::map<std::string, std::int64_t> runs_of(const Served& served) {
    std::map<std::string, std::int64_t> runs;
    auto http = served.client();
    const auto answer = http.Get(std::string(runs_path) + "?limit=1000");
    if (answer && answer->status == 404) return runs;  // not one was ever taken
    EXPECT_TRUE(answer && answer->status == 200);
    if (!answer || answer->status != 200) return runs;
    const auto page = json::parse(answer->body);
    for (const auto& run : page["runs"]) {
      EXPECT_TRUE(runs.emplace(run["commit"], run["id"]).second) << run << " is there twice";
      const auto points = http.Get(fmt::format("{}/{}/points", runs_path, run["id"].get<std::int64_t>()));
      EXPECT_TRUE(points && json::parse(points->body)["points"].size() == 10U) << run;
    }
    return runs;
  }

  void expect_acknowledged(const Served& served, const std::string& where) const {
    const auto runs = runs_of(served);
    for (const auto& [commit, id] : acknowledged_) {
      const auto found = runs.find(commit);
      ASSERT_TRUE(found != runs.end()) << commit << " was acknowledged and is lost " << where;
      EXPECT_EQ(found->second, id) << where;
    }
  }

  /// What clients find after a restart, had the process ended at this moment.
  void expect_after_crash() const {
    const DatabaseUnderTest crashed(db::Dialect::sqlite);
    for (const auto* tail : {"", "-wal"}) {
      if (fs::exists(under_test_.address() + tail))
        fs::copy_file(under_test_.address() + tail, crashed.address() + tail);
    }
    const auto database = crashed.open();
    const Served served(*database);
    expect_acknowledged(served, "after a crash");
    database->read([](db::Connection& connection) {
      connection.query("PRAGMA integrity_check", {}, [](const db::Row& row) { EXPECT_EQ(row.text(0), "ok"); });
    });
  }

  void wait_until_ready() const {
    auto http = served_->client();
    while (http.Get("/readyz")->status != 200)
      std::this_thread::yield();
  }

  DatabaseUnderTest under_test_{db::Dialect::sqlite};
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Served> served_;
  std::map<std::string, std::int64_t> acknowledged_;
  int refused_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Disks, DiskFaultsTest,
                         ::testing::Values(DiskFault::disk_full, DiskFault::write_error, DiskFault::sync_error),
                         fault_name);

TEST_P(DiskFaultsTest, WhicheverOperationOfAnUploadFailsIsAnswered503AndTheNextOneIsTaken) {
  int number = 0;
  for (int skip = 0; skip < 24; ++skip) {
    fault_plan().set(GetParam(), skip, 1);
    put(++number);
    put(++number);
    expect_acknowledged(*served_, "while it runs");
    fault_plan().clear();
    if (skip % 6 == 0) expect_after_crash();
    wait_until_ready();
    const auto taken = acknowledged_.size();
    put(++number);
    EXPECT_EQ(acknowledged_.size(), taken + 1) << "the disk is well again";
  }
  EXPECT_GT(refused_, 0);
  expect_after_crash();
}

TEST_P(DiskFaultsTest, ADiskThatGoesOnFailingIsSaidAndReadingGoesOn) {
  put(1);
  ASSERT_EQ(acknowledged_.size(), 1U);
  fault_plan().set(GetParam(), 0, INT_MAX);
  for (const int number : {2, 3, 4})
    put(number);
  EXPECT_EQ(refused_, 3);
  auto http = served_->client();
  const auto ready = http.Get("/readyz");
  EXPECT_EQ(ready->status, 503) << ready->body;
  EXPECT_EQ(http.Get("/healthz")->status, 200) << "it is alive, and a restart would fix nothing";
  EXPECT_THAT(runs_of(*served_), ::testing::SizeIs(1));
  EXPECT_EQ(http.Get("/api/v1/projects/p/trends?series=1")->status, 200);
  expect_after_crash();
  fault_plan().clear();
  wait_until_ready();
  put(2);
  EXPECT_EQ(acknowledged_.size(), 2U) << "what was refused may be sent again";
  EXPECT_THAT(runs_of(*served_), ::testing::SizeIs(2));
  expect_after_crash();
}

}  // namespace
}  // namespace perftrend::tests
