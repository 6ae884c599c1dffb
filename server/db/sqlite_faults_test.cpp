// A disk that fails: below SQLite every write and every sync can be made to fail. Whatever fails when, what was
// acknowledged is there, also after a crash at that moment; what was refused may be sent again.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "server/db/open.h"
#include "tests/database/database_under_test.h"

namespace perftrend::db {
namespace {

namespace fs = std::filesystem;

enum class Fault { disk_full, write_error, sync_error };

/// What fails: the `after`-th operation of its kind from now on, and `times` after it.
struct Plan {
  std::atomic<int> fault = -1;
  std::atomic<int> after = 0;
  std::atomic<int> times = 0;
  std::atomic<int> hit = 0;

  void set(Fault what, int skip, int how_often) {
    hit = 0;
    after = skip;
    times = how_often;
    fault = static_cast<int>(what);
  }
  void clear() { fault = -1; }
  bool fails(Fault what) {
    if (fault != static_cast<int>(what)) return false;
    if (after > 0) {
      --after;
      return false;
    }
    if (times <= 0) return false;
    --times;
    ++hit;
    return true;
  }
};

Plan plan;  // NOLINT: a VFS is global, and so is what it does

/// SQLite's own file behind ours.
struct FaultyFile {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<FaultyFile*>(file)->real;
}

int faulty_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  if (plan.fails(Fault::disk_full)) return SQLITE_FULL;
  if (plan.fails(Fault::write_error)) return SQLITE_IOERR_WRITE;
  return real_of(file)->pMethods->xWrite(real_of(file), bytes, count, at);
}

int faulty_sync(sqlite3_file* file, int flags) {
  if (plan.fails(Fault::sync_error)) return SQLITE_IOERR_FSYNC;
  return real_of(file)->pMethods->xSync(real_of(file), flags);
}

const sqlite3_io_methods methods = {
    2,
    [](sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); },
    [](sqlite3_file* f, void* b, int n, sqlite3_int64 at) { return real_of(f)->pMethods->xRead(real_of(f), b, n, at); },
    faulty_write,
    [](sqlite3_file* f, sqlite3_int64 size) { return real_of(f)->pMethods->xTruncate(real_of(f), size); },
    faulty_sync,
    [](sqlite3_file* f, sqlite3_int64* size) { return real_of(f)->pMethods->xFileSize(real_of(f), size); },
    [](sqlite3_file* f, int level) { return real_of(f)->pMethods->xLock(real_of(f), level); },
    [](sqlite3_file* f, int level) { return real_of(f)->pMethods->xUnlock(real_of(f), level); },
    [](sqlite3_file* f, int* out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); },
    [](sqlite3_file* f, int what, void* with) { return real_of(f)->pMethods->xFileControl(real_of(f), what, with); },
    [](sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); },
    [](sqlite3_file* f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
      return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
    },
    [](sqlite3_file* f, int at, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags); },
    [](sqlite3_file* f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); },
    [](sqlite3_file* f, int remove) { return real_of(f)->pMethods->xShmUnmap(real_of(f), remove); },
    nullptr,
    nullptr,
};

sqlite3_vfs* real_vfs() {
  static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
  return found;
}

int faulty_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  auto* ours = reinterpret_cast<FaultyFile*>(file);
  ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
  ours->base.pMethods = nullptr;
  const int code = real_vfs()->xOpen(real_vfs(), name, ours->real, flags, out);
  if (code == SQLITE_OK) ours->base.pMethods = &methods;
  return code;
}

/// From now on SQLite of this process opens files through the plan.
void install_faulty_disk() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *real_vfs();
    made.zName = "faulty";
    made.szOsFile = static_cast<int>(sizeof(FaultyFile)) + real_vfs()->szOsFile;
    made.xOpen = faulty_open;
    return made;
  }();
  sqlite3_vfs_register(&vfs, 1);
}

class SqliteFaultsTest : public ::testing::TestWithParam<Fault> {
 protected:
  static void SetUpTestSuite() { install_faulty_disk(); }
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
    const tests::DatabaseUnderTest crashed(Engine::sqlite);
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

  tests::DatabaseUnderTest under_test_{Engine::sqlite};
  std::unique_ptr<Database> database_;
  std::set<int> acknowledged_;
};

std::string fault_name(const ::testing::TestParamInfo<Fault>& info) {
  return info.param == Fault::disk_full ? "full" : info.param == Fault::write_error ? "write_error" : "sync_error";
}

INSTANTIATE_TEST_SUITE_P(Disks, SqliteFaultsTest,
                         ::testing::Values(Fault::disk_full, Fault::write_error, Fault::sync_error), fault_name);

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
    hits += plan.hit;
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
