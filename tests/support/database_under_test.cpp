#include "tests/support/database_under_test.h"

#include <stdexcept>

#include "server/db/open.h"
#include "tests/support/postgres_server.h"

namespace perftrend::tests {

DatabaseUnderTest::DatabaseUnderTest(db::Dialect dialect) {
  if (dialect == db::Dialect::postgres) {
    address_ = PostgresServer::shared().create_database();
    return;
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "perftrend-db-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  address_ = folder_ / "x.db";
}

DatabaseUnderTest::~DatabaseUnderTest() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<db::Database> DatabaseUnderTest::open() const {
  return db::open_database(address_);
}

std::string dialect_name(const ::testing::TestParamInfo<db::Dialect>& info) {
  return info.param == db::Dialect::sqlite ? "sqlite" : "postgres";
}

}  // namespace perftrend::tests
