#include "cmake/embedded.h"
#include "server/http/json/json_answer.h"
#include "server/http/routes/routes.h"

namespace perftrend::http {
namespace {

Answer get_openapi(const Context& /*context*/, Request& /*request*/) {
  Answer answer;
  answer.content_type = "application/yaml";
  answer.constant_body = embedded::openapi().at(0).bytes;
  return answer;
}

Answer get_session(const Context& context, Request& request) {
  std::vector<std::string_view> scopes;
  for (const auto scope : {store::Scope::read, store::Scope::upload, store::Scope::admin}) {
    if (request.caller.scope && *request.caller.scope >= scope) scopes.push_back(store::scope_name(scope));
  }
  return json_answer([&](JsonWriter& out) {
    out.member("authentication", context.requires_tokens ? "token" : "none");
    out.member("scopes", scopes);
    out.member("version", context.version);
  });
}

/// Alive: the process answers. This does not depend on the database, so that a supervisor does not restart a server
/// that is waiting for its disk.
Answer get_healthz(const Context& /*context*/, Request& /*request*/) {
  return json_answer([](JsonWriter& out) { out.member("status", "ok"); });
}

Answer get_readyz(const Context& context, Request& /*request*/) {
  const auto cause = context.database.why_not_ready();
  if (!cause.empty()) throw Problem(503, "unavailable", cause);
  return json_answer([](JsonWriter& out) { out.member("status", "ready"); });
}

}  // namespace

std::vector<Route> server_routes() {
  return {{"GET", "/api/v1/openapi.yaml", std::nullopt, get_openapi},
          {"GET", "/api/v1/session", std::nullopt, get_session},
          {"GET", "/healthz", std::nullopt, get_healthz},
          {"GET", "/readyz", std::nullopt, get_readyz}};
}

}  // namespace perftrend::http
