#include "cmake/embedded.h"
#include "server/http/json/json.h"
#include "server/http/routes/routes.h"

namespace perftrend::http {
namespace {

Answer get_openapi() {
  Answer answer;
  answer.content_type = "application/yaml";
  answer.constant_body = embedded::openapi().at(0).bytes;
  return answer;
}

Answer get_session(const Context& context, const Request& request) {
  Json scopes = Json::array();
  for (const auto scope : {store::Scope::read, store::Scope::upload, store::Scope::admin}) {
    if (request.caller.scope && *request.caller.scope >= scope) scopes.push_back(store::scope_name(scope));
  }
  const Json json = {
      {"authentication", context.tokens_needed ? "token" : "none"}, {"scopes", scopes}, {"version", context.version}};
  return {200, "application/json", dump(json), {}, {}};
}

/// Alive: the process answers. Says nothing of the database, so that a supervisor does not restart a server that
/// waits for its disk.
Answer get_healthz() {
  return {200, "application/json", "{\"status\":\"ok\"}\n", {}, {}};
}

Answer get_readyz(const Context& context) {
  const auto trouble = context.database.why_not_ready();
  if (!trouble.empty()) throw Problem(503, "unavailable", trouble);
  return {200, "application/json", "{\"status\":\"ready\"}\n", {}, {}};
}

}  // namespace

void add_server_routes(std::vector<Route>& routes, const Context& context) {
  routes.push_back({"GET", "/api/v1/openapi.yaml", std::nullopt, [](const Request&) { return get_openapi(); }});
  routes.push_back({"GET", "/api/v1/session", std::nullopt,
                    [&context](const Request& request) { return get_session(context, request); }});
  routes.push_back({"GET", "/healthz", std::nullopt, [](const Request&) { return get_healthz(); }});
  routes.push_back({"GET", "/readyz", std::nullopt, [&context](const Request&) { return get_readyz(context); }});
}

}  // namespace perftrend::http
