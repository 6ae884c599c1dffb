// A disk that fails: below SQLite every write and every sync can be made to fail. Whatever fails when, what was
// acknowledged is there, also after a crash at that moment; what was refused may be sent again.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <climits>
#include <filesystem>
#include <set>
#include <thread>

#include "server/db/open.h"
#include "tests/support/database_under_test.h"
#include "tests/support/faulty_disk.h"

namespace perftrend::db {
namespace {

namespace fs = std::filesystem;

using tests::DiskFault;
tests::FaultPlan& plan = tests::fault_plan();

class SqliteFaultsTest : public ::testing::TestWithParam<DiskFault> {
 protected:
  static void SetUpTestSuite() { tests::install_faulty_disk(); }
  void SetUp() override {
    plan.clear();
    database_ = under_test_.open();
    database_->write([](Connection& connection) { connection.execute("CREATE TABLE t (a BIGINT, filler TEXT)"); });
  }
  void TearDown() override { plan.clear(); }

  /// True where it was acknowledged.
  bool put(int value) {
    try {
      database_->write([&](Connection& connection) {
        connection.execute("INSERT INTO t VALUES ($1, $2)", {value, std::string(6000, 'x')});
      });
      acknowledged_.insert(value);
      return true;
    } catch (const Unavailable&) {
      return false;
    }
  }

  static std::multiset<int> values_of(Database& database) {
    std::multiset<int> values;
    database.read([&](Connection& connection) {
      connection.query("SELECT a FROM t", {}, [&](const Row& row) { values.insert(static_cast<int>(row.integer(0))); });
    });
    return values;
  }

  void expect_acknowledged(Database& database, const std::string& where) const {
    const auto values = values_of(database);
    for (const int value : acknowledged_)
      EXPECT_EQ(values.count(value), 1U) << value << " is lost or doubled " << where;
  }

  /// What a restart finds after the process ended at this moment.
  void expect_after_crash() {
    const tests::DatabaseUnderTest crashed(Dialect::sqlite);
    for (const auto* tail : {"", "-wal"}) {
      if (fs::exists(under_test_.address() + tail))
        fs::copy_file(under_test_.address() + tail, crashed.address() + tail);
    }
    const auto database = crashed.open();
    expect_acknowledged(*database, "after a crash");
    database->read([](Connection& connection) {
      connection.query("PRAGMA integrity_check", {}, [](const Row& row) { EXPECT_EQ(row.text(0), "ok"); });
    });
  }

  void wait_until_ready() {
    while (!database_->why_not_ready().empty())
      std::this_thread::yield();
  }

  tests::DatabaseUnderTest under_test_{Dialect::sqlite};
  std::unique_ptr<Database> database_;
  std::set<int> acknowledged_;
};

INSTANTIATE_TEST_SUITE_P(Disks, SqliteFaultsTest,
                         ::testing::Values(DiskFault::disk_full, DiskFault::write_error, DiskFault::sync_error),
                         tests::fault_name);

/// Every single operation of a series of writes fails once.
TEST_P(SqliteFaultsTest, WhateverFailsOnceNothingAcknowledgedIsLost) {
  int value = 0;
  int hits = 0;
  for (int skip = 0; skip < 12; ++skip) {
    plan.set(GetParam(), skip, 1);
    for (int i = 0; i < 4; ++i) {
      put(++value);
      expect_acknowledged(*database_, "while it runs");
    }
    hits += plan.hits();
    plan.clear();
    expect_after_crash();
    wait_until_ready();
    EXPECT_TRUE(put(++value));
  }
  EXPECT_GT(hits, 0);
  expect_after_crash();
}

TEST_P(SqliteFaultsTest, ADiskThatGoesOnFailingIsSaidAndItsRecoverySeen) {
  EXPECT_TRUE(put(1));
  plan.set(GetParam(), 0, INT_MAX);
  EXPECT_FALSE(put(2));
  EXPECT_NE(database_->why_not_ready(), "");
  EXPECT_FALSE(put(3));
  EXPECT_THAT(values_of(*database_), ::testing::ElementsAre(1)) << "readers go on, and see only what was acknowledged";
  expect_after_crash();
  plan.clear();
  wait_until_ready();
  EXPECT_TRUE(put(4));
  EXPECT_THAT(values_of(*database_), ::testing::ElementsAre(1, 4));
  expect_after_crash();
}

}  // namespace
}  // namespace perftrend::db
