#pragma once
// One PostgreSQL session. Internal to db/; others open a Database (postgres.h).

#include <memory>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/db/sql.h"

namespace perftrend::db {

class PostgresConnection final : public Connection {
 public:
  /// Connects and sets the session up. Throws as sql.h says.
  explicit PostgresConnection(const std::string& uri);

  using Connection::execute;
  using Connection::query;
  std::int64_t execute(std::string_view sql, Params params) override;
  void query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) override;
  void execute_script(std::string_view sql) override;
  void append(const Columns& to, Params values) override;

  [[nodiscard]] bool is_open() const { return connection_->is_open(); }

 private:
  pqxx::result run(std::string_view sql, Params params);
  const std::string& prepare(std::string_view sql, Params params);

  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::nontransaction> statements_;       ///< a mere place to execute at: BEGIN and COMMIT are ours
  std::unordered_map<std::string, std::string> prepared_;  ///< statement and types of its parameters -> its name
};

/// The address without a password, for people's eyes.
std::string without_password(std::string_view uri);

}  // namespace perftrend::db
