#pragma once
// Tests over a database run on both engines: a fixture takes the engine as its parameter and opens what this makes.
//
//     class StoreTest : public ::testing::TestWithParam<db::Engine> { … DatabaseUnderTest under_test_{GetParam()}; };
//     INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, tests::both_engines(), tests::engine_name);

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "server/db/sql.h"

namespace perftrend::tests {

/// A new empty database: a SQLite file in a folder of its own, or a database of the shared PostgreSQL server.
class DatabaseUnderTest {
 public:
  explicit DatabaseUnderTest(db::Engine engine);
  DatabaseUnderTest(const DatabaseUnderTest&) = delete;
  DatabaseUnderTest& operator=(const DatabaseUnderTest&) = delete;
  ~DatabaseUnderTest();

  /// What `--db` takes.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::unique_ptr<db::Database> open() const;

 private:
  std::filesystem::path folder_;
  std::string address_;
};

inline auto both_engines() {
  return ::testing::Values(db::Engine::sqlite, db::Engine::postgres);
}

std::string engine_name(const ::testing::TestParamInfo<db::Engine>& info);

}  // namespace perftrend::tests
