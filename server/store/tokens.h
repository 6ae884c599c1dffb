#pragma once
// Access tokens. Only the SHA-256 of a secret is stored: a secret has 256 random bits, so a slow hash would add
// nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Each scope includes those before it.
enum class Scope { read, upload, admin };

std::string_view scope_name(Scope scope);
std::optional<Scope> parse_scope(std::string_view name);

struct Token {
  Id id = 0;
  std::string name;
  std::string project;  ///< a project's name, or "*"
  Scope scope = Scope::read;
  std::int64_t created_us = 0;
  std::optional<std::int64_t> expires_us, revoked_us;
};

/// Makes a token and returns its secret, which is shown once and cannot be had again.
std::string create_token(db::Connection& connection, const Token& token);
/// Oldest first, revoked ones too.
std::vector<Token> list_tokens(db::Connection& connection);
/// False where the id is not that of a valid token.
bool revoke_token(db::Connection& connection, Id id, std::int64_t now_us);
/// The valid token of this secret; nullopt for an unknown, expired or revoked one.
std::optional<Token> find_token(db::Connection& connection, std::string_view secret, std::int64_t now_us);
/// Whether any valid token exists.
bool any_token(db::Connection& connection, std::int64_t now_us);

}  // namespace perftrend::store
