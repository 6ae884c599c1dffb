#include "server/db/open.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "server/db/postgres.h"
#include "server/db/postgres_connection.h"
#include "server/db/sqlite.h"

namespace perftrend::db {

bool is_postgres(const std::string& address) {
  return address.starts_with("postgres://") || address.starts_with("postgresql://");
}

std::string printable_address(const std::string& address) {
  return is_postgres(address) ? without_password(address) : address;
}

std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options) {
  if (is_postgres(address)) return open_postgres(address);
  const auto scheme = address.find("://");
  const auto is_letter = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (scheme != std::string::npos &&
      std::all_of(address.begin(), address.begin() + static_cast<long>(scheme), is_letter)) {
    throw Unusable(
        fmt::format("--db {}://…: give a SQLite file or postgres://user@host/name", address.substr(0, scheme)));
  }
  if (address.empty()) throw Unusable("--db is empty: give a SQLite file or postgres://user@host/name");
  return open_sqlite({.file = address, .exclusive = options.exclusive, .checkpoint_pages = options.checkpoint_pages});
}

}  // namespace perftrend::db
