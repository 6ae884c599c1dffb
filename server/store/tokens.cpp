#include "server/store/tokens.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "core/text/sha256.h"

namespace perftrend::store {
namespace {

constexpr std::array<std::string_view, 3> scope_names = {"read", "upload", "admin"};

Token read_token(const db::Row& row) {
  const auto scope = parse_scope(row.text(3));
  if (!scope) throw std::logic_error("a stored token has scope " + row.string(3));
  return {row.integer(0), row.string(1),           row.string(2),          *scope,
          row.integer(4), row.optional_integer(5), row.optional_integer(6)};
}

constexpr std::string_view columns = "SELECT id, name, project, scope, created_us, expires_us, revoked_us FROM token ";

}  // namespace

std::string_view scope_name(Scope scope) {
  return scope_names.at(static_cast<std::size_t>(scope));
}

std::optional<Scope> parse_scope(std::string_view name) {
  for (std::size_t i = 0; i < scope_names.size(); ++i) {
    if (scope_names.at(i) == name) return static_cast<Scope>(i);
  }
  return std::nullopt;
}

std::string create_token(db::Connection& connection, const Token& token) {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random bytes");
  std::string secret = "pt_";
  for (const auto byte : bytes)
    secret += fmt::format("{:02x}", byte);
  connection.execute(
      "INSERT INTO token (name, project, scope, sha256, created_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6)",
      {token.name, token.project, scope_name(token.scope), text::sha256_hex({secret}), token.created_us,
       token.expires_us});
  return secret;
}

std::vector<Token> list_tokens(db::Connection& connection) {
  static const std::string sql = std::string(columns) + "ORDER BY id";
  std::vector<Token> tokens;
  connection.query(sql, {}, [&](const db::Row& row) { tokens.push_back(read_token(row)); });
  return tokens;
}

bool revoke_token(db::Connection& connection, Id id, std::int64_t now_us) {
  return connection.execute("UPDATE token SET revoked_us = $2 WHERE id = $1 AND revoked_us IS NULL", {id, now_us}) > 0;
}

std::optional<Token> find_token(db::Connection& connection, std::string_view secret, std::int64_t now_us) {
  static const std::string sql = std::string(columns) +
                                 "WHERE sha256 = $1 AND revoked_us IS NULL "
                                 "AND (expires_us IS NULL OR expires_us > $2)";
  std::optional<Token> found;
  connection.query(sql, {text::sha256_hex({secret}), now_us}, [&](const db::Row& row) { found = read_token(row); });
  return found;
}

bool any_token(db::Connection& connection, std::int64_t now_us) {
  return connection.require_integer(
             "SELECT count(*) FROM token WHERE revoked_us IS NULL AND (expires_us IS NULL OR expires_us > $1)",
             {now_us}) > 0;
}

}  // namespace perftrend::store
