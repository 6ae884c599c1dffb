#include "server/commands/token_command.h"

#include <fmt/format.h>

#include "core/time/rfc3339.h"
#include "server/clock.h"
#include "server/commands/exit_codes.h"
#include "server/db/open.h"
#include "server/intake/intake.h"
#include "server/store/tokens.h"

namespace perftrend {
namespace {

std::string state_of(const store::Token& token, std::int64_t now_us) {
  if (token.revoked_us) return "revoked " + times::to_rfc3339(*token.revoked_us);
  if (!token.expires_us) return "valid";
  return (*token.expires_us > now_us ? "valid until " : "expired ") + times::to_rfc3339(*token.expires_us);
}

}  // namespace

int run_token_create(const TokenOptions& options) {
  const auto scope = store::parse_scope(options.scope);
  if (!scope) return fail(exit_usage, "--scope must be read, upload or admin");
  if (options.project != "*" && !intake::is_project_name(options.project)) {
    return fail(exit_usage, "--project must be * or a name of 1 to 100 characters of A-Z a-z 0-9 . _ -");
  }
  constexpr std::int64_t day_us = 86'400'000'000;
  store::Token token;
  token.name = options.name.empty() ? options.scope : options.name;
  token.project = options.project;
  token.scope = *scope;
  token.created_us = now_us();
  if (options.days) token.expires_us = token.created_us + *options.days * day_us;
  std::string secret;
  const auto database = db::open_database(options.database.string());
  database->write([&](db::Connection& connection) { secret = store::create_token(connection, token); });
  fmt::print("{}\n", secret);
  return exit_ok;
}

int run_token_list(const TokenOptions& options) {
  const auto database = db::open_database(options.database.string());
  std::vector<store::Token> tokens;
  database->read([&](db::Connection& connection) { tokens = store::list_tokens(connection); });
  const auto now = now_us();
  fmt::print("{:>4}  {:<7} {:<24} {:<24} {}\n", "id", "scope", "project", "name", "state");
  for (const auto& token : tokens) {
    fmt::print("{:>4}  {:<7} {:<24} {:<24} {}\n", token.id, store::scope_name(token.scope), token.project, token.name,
               state_of(token, now));
  }
  return exit_ok;
}

int run_token_revoke(const TokenOptions& options) {
  const auto database = db::open_database(options.database.string());
  bool revoked = false;
  database->write([&](db::Connection& connection) { revoked = store::revoke_token(connection, options.id, now_us()); });
  return revoked ? exit_ok
                 : fail(exit_failed,
                        fmt::format("token {} does not exist or is already revoked: see token list", options.id));
}

}  // namespace perftrend
