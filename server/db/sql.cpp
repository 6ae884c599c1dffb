#include "server/db/sql.h"

namespace perftrend::db {

std::string insert_statement(const Columns& to) {
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < to.columns.size(); ++i) {
    const std::string_view separator = i == 0 ? "" : ", ";
    names.append(separator).append(to.columns[i].name);
    values.append(separator).append("$").append(std::to_string(i + 1));
  }
  return "INSERT INTO " + to.table + " (" + names + ") VALUES (" + values + ")";
}

std::optional<std::int64_t> Connection::query_integer(std::string_view sql, std::initializer_list<Param> params) {
  std::optional<std::int64_t> answer;
  bool first = true;
  query(sql, params, [&](const Row& row) {
    if (first) answer = row.optional_integer(0);
    first = false;
  });
  return answer;
}

std::int64_t Connection::require_integer(std::string_view sql, std::initializer_list<Param> params) {
  const auto answer = query_integer(sql, params);
  if (!answer) throw std::logic_error("no row for: " + std::string(sql));
  return *answer;
}

}  // namespace perftrend::db
