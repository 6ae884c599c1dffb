#pragma once
// One PostgreSQL session. Internal to db/; other modules open a Database (postgres.h).

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
  /// Connects and configures the session. Throws the errors of sql.h.
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
  std::unique_ptr<pqxx::nontransaction> statements_;       ///< runs statements; BEGIN and COMMIT are statements too
  std::unordered_map<std::string, std::string> prepared_;  ///< statement and parameter types -> name
};

/// The address without its password, for messages.
std::string without_password(std::string_view uri);

}  // namespace perftrend::db
