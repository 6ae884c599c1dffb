#include "server/db/postgres_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdlib>
#include <pqxx/except>
#include <pqxx/prepared_statement>
#include <pqxx/result>
#include <pqxx/version>
#include <utility>
#include <vector>

#include "server/db/postgres_text.h"

namespace perftrend::db {
namespace {

// Rows of one INSERT: few round trips, and the array of the rows stays small.
constexpr std::size_t append_rows_max = 2000;

// Settings that the address may override. Both sides notice within seconds when the network drops packets: a vanished
// server must not hold the write lock.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> connection_defaults = {{
    {"connect_timeout", "5"},
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "15000"},
    {"application_name", "perftrend"},
}};
constexpr std::string_view session_set_up =
    "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET bytea_output = 'hex'; "
    "SET extra_float_digits = 1; "  // the shortest text that reads back as the same double
    "SET lock_timeout = '30s'; "    // another writer may be busy with a large report for this long
    "SET idle_in_transaction_session_timeout = '60s'; "
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
    // Clients get their answer after the commit is on disk. A cluster that also waits for standbys continues to do so.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

std::string with_defaults(const std::string& uri) {
  std::string full = uri;
  for (const auto& [name, value] : connection_defaults) {
    if (uri.find(std::string(name) + "=") != std::string::npos) continue;
    full += fmt::format("{}{}={}", full.find('?') == std::string::npos ? '?' : '&', name, value);
  }
  return full;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\t' || c == ' ';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ')
    line.pop_back();
  return line;
}

/// True for SQLSTATE classes (appendix A of the PostgreSQL manual) after which a later attempt may succeed: lost
/// connections, conflicts, resources, operator intervention, system errors, locks, and read-only standbys (25006).
bool is_temporary(std::string_view state) {
  constexpr std::array<std::string_view, 8> classes = {"08", "40", "53", "55", "57", "58", "XX", "F0"};
  return state.empty() || state == "25006" || state == "25P02" || state == "25P03" ||
         std::find(classes.begin(), classes.end(), state.substr(0, 2)) != classes.end();
}

[[noreturn]] void throw_postgres_error(std::string_view doing) {
  try {
    throw;
  } catch (const pqxx::broken_connection& error) {
    throw Unavailable(one_line(fmt::format("the connection to PostgreSQL is lost: {}", error.what())));
  } catch (const pqxx::sql_error& error) {
    const std::string text = one_line(fmt::format("{}: {}", doing, error.what()));
    if (is_temporary(error.sqlstate())) throw Unavailable(text);
    if (error.sqlstate().starts_with("42501") || error.sqlstate().starts_with("28")) throw Unusable(text);
    throw std::logic_error(text);
  } catch (const pqxx::failure& error) {
    throw Unavailable(one_line(fmt::format("{}: {}", doing, error.what())));
  }
}

int digit_of(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const pqxx::result& result) : result_(result) {}
  void go_to(pqxx::result::size_type row) { row_ = row; }

  [[nodiscard]] bool is_null(int column) const override { return field(column).is_null(); }
  [[nodiscard]] std::int64_t integer(int column) const override { return number<std::int64_t>(column); }
  [[nodiscard]] double real(int column) const override {
    const auto digits = text(column);
    if (digits == "NaN" || digits.ends_with("Infinity")) return std::strtod(std::string(digits).c_str(), nullptr);
    return number<double>(column);
  }
  [[nodiscard]] std::string_view text(int column) const override {
    const auto value = field(column);
    return {value.c_str(), value.size()};
  }
  [[nodiscard]] Blob blob(int column) const override {
    const auto hex = text(column);
    assert(hex.empty() || hex.starts_with("\\x"));
    auto& bytes = blobs_[column];
    bytes.clear();
    for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
      bytes.push_back(static_cast<std::byte>(digit_of(hex[i]) * 16 + digit_of(hex[i + 1])));
    return bytes;
  }

 private:
  [[nodiscard]] pqxx::field field(int column) const { return result_[row_][static_cast<pqxx::row::size_type>(column)]; }
  template <typename Number>
  [[nodiscard]] Number number(int column) const {
    const auto digits = text(column);
    Number value{};
    if (digits.empty()) return value;  // NULL, as in SQLite
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (parsed.ec != std::errc()) throw std::logic_error("not a number: " + std::string(digits));
    return value;
  }
  const pqxx::result& result_;
  pqxx::result::size_type row_ = 0;
  mutable std::unordered_map<int, std::vector<std::byte>> blobs_;  ///< decoded blobs of the current row
};

/// Runs a prepared statement. Parameters are text; NULL is a null pointer.
pqxx::result run_prepared(pqxx::nontransaction& at, const std::string& name, const std::vector<std::string>& values,
                          Params params) {
#if PQXX_VERSION_MAJOR >= 7
  pqxx::params given;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::holds_alternative<std::monostate>(params[i].value())) {
      given.append(nullptr);
    } else {
      given.append(values[i]);
    }
  }
  return at.exec(pqxx::prepped{name}, given);
#else
  std::vector<const char*> given;
  given.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    given.push_back(std::holds_alternative<std::monostate>(params[i].value()) ? nullptr : values[i].c_str());
  return at.exec_prepared(name, pqxx::prepare::make_dynamic_params(given));
#endif
}

std::unique_ptr<pqxx::connection> connect(const std::string& uri) {
  try {
    auto connection = std::make_unique<pqxx::connection>(with_defaults(uri));
#if PQXX_VERSION_MAJOR < 7
// A session that reconnects by itself loses its transaction silently.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
    return connection;
  } catch (const pqxx::broken_connection& error) {
    throw Unavailable(one_line(fmt::format("cannot reach {}: {}", without_password(uri), error.what())));
  }
}

}  // namespace

std::string without_password(std::string_view uri) {
  const auto scheme = uri.find("://");
  const auto authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto at = uri.find_first_of("@/?", authority);
  std::string text(uri);
  if (at != std::string_view::npos && uri[at] == '@') {
    const auto colon = uri.find(':', authority);
    if (colon < at) text = fmt::format("{}:***{}", uri.substr(0, colon), uri.substr(at));
  }
  if (const auto begin = text.find("password="); begin != std::string::npos) {
    const auto end = std::min(text.find('&', begin), text.size());
    text.replace(begin, end - begin, "password=***");
  }
  return text;
}

PostgresConnection::PostgresConnection(const std::string& uri)
    : connection_(connect(uri)), statements_(std::make_unique<pqxx::nontransaction>(*connection_)) {
  execute_script(session_set_up);
}

const std::string& PostgresConnection::prepare(std::string_view sql, Params params) {
  std::string key = fmt::format("{}|{}", parameter_signature(params), sql);
  if (const auto found = prepared_.find(key); found != prepared_.end()) return found->second;
  const std::string name = fmt::format("s{}", prepared_.size());
  connection_->prepare(name, with_parameter_types(sql, params));
  return prepared_.emplace(std::move(key), name).first->second;
}

pqxx::result PostgresConnection::run(std::string_view sql, Params params) {
  try {
    if (params.empty()) return statements_->exec(std::string(sql));
    std::vector<std::string> values;
    values.reserve(params.size());
    for (const auto& param : params)
      values.push_back(std::holds_alternative<std::monostate>(param.value()) ? "" : literal(param));
    return run_prepared(*statements_, prepare(sql, params), values, params);
  } catch (const pqxx::failure&) {
    throw_postgres_error(sql);
  }
}

std::int64_t PostgresConnection::execute(std::string_view sql, Params params) {
  return static_cast<std::int64_t>(run(sql, params).affected_rows());
}

void PostgresConnection::query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) {
  const auto result = run(sql, params);
  PostgresRow row(result);
  for (pqxx::result::size_type i = 0; i < result.size(); ++i) {
    row.go_to(i);
    on_row(row);
  }
}

void PostgresConnection::execute_script(std::string_view sql) {
  run(sql, {});
}

void PostgresConnection::append(const Columns& to, Params values) {
  const std::size_t width = to.columns.size();
  assert(values.size() % width == 0);
  std::string names;
  std::string arrays;
  for (std::size_t i = 0; i < width; ++i) {
    const std::string_view separator = i == 0 ? "" : ", ";
    names += fmt::format("{}{}", separator, to.columns[i].name);
    arrays += fmt::format("{}${}::{}[]", separator, i + 1, postgres_type(to.columns[i].type));
  }
  const std::string sql = fmt::format("INSERT INTO {} ({}) SELECT * FROM unnest({})", to.table, names, arrays);
  while (!values.empty()) {
    const auto chunk = values.first(std::min(values.size(), append_rows_max * width));
    values = values.subspan(chunk.size());
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < width; ++i)
      columns.push_back(array_literal(chunk, i, width));
    const std::vector<Param> params(columns.begin(), columns.end());
    execute(sql, params);
  }
}

}  // namespace perftrend::db
