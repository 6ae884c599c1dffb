#pragma once
// A database for tests that run on both engines. The fixture has the dialect as its parameter and opens this database.
//
//     class StoreTest : public ::testing::TestWithParam<db::Dialect> { … DatabaseUnderTest under_test_{GetParam()}; };
//     INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, tests::both_dialects(), tests::dialect_name);

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "server/db/sql.h"

namespace perftrend::tests {

/// A new empty database: a SQLite file in its own folder, or a database of the shared PostgreSQL server.
class DatabaseUnderTest {
 public:
  explicit DatabaseUnderTest(db::Dialect dialect);
  DatabaseUnderTest(const DatabaseUnderTest&) = delete;
  DatabaseUnderTest& operator=(const DatabaseUnderTest&) = delete;
  ~DatabaseUnderTest();

  /// The value of `--db`.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::unique_ptr<db::Database> open() const;

 private:
  std::filesystem::path folder_;
  std::string address_;
};

inline auto both_dialects() {
  return ::testing::Values(db::Dialect::sqlite, db::Dialect::postgres);
}

std::string dialect_name(const ::testing::TestParamInfo<db::Dialect>& info);

}  // namespace perftrend::tests
