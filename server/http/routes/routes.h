#pragma once
// The table of routes: all methods and paths of the API, each with its handler. A test compares it with
// schema/openapi/.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/db/sql.h"
#include "server/http/wire/answer.h"
#include "server/intake/intake.h"
#include "server/triage/policies.h"

namespace perftrend::http {

/// What handlers work on. It outlives the server.
struct Context {
  db::Database& database;
  const triage::Policies& policies;  ///< of the server's policy file
  intake::Options intake;
  bool requires_tokens = false;  ///< false: the server is open, on loopback
  std::string version;
};

/// Handles one request; may move its files away. Throws Problem, and what db/sql.h says.
using Handler = Answer (*)(const Context&, Request&);

struct Route {
  std::string_view method;
  std::string_view path;                       ///< "/api/v1/projects/{project}/runs"
  std::optional<store::Scope> required_scope;  ///< nullopt: anyone may call it
  Handler handler = nullptr;
};

/// All routes below /api/v1, and /healthz and /readyz.
std::vector<Route> make_routes();

/// The parts of make_routes(), one for each noun.
std::vector<Route> project_routes();
std::vector<Route> run_routes();
std::vector<Route> trend_routes();
std::vector<Route> compare_routes();
std::vector<Route> regression_routes();
std::vector<Route> policy_routes();
std::vector<Route> quarantine_routes();
std::vector<Route> accuracy_routes();
std::vector<Route> correction_routes();
std::vector<Route> name_routes();
std::vector<Route> series_routes();
std::vector<Route> server_routes();

/// The route of a request, with its path parameters.
struct RouteMatch {
  const Route* route = nullptr;  ///< nullptr: the path does not exist, or not with this method
  std::vector<std::pair<std::string, std::string>> path_parameters;
  std::string allowed;  ///< the methods that the path has, as in an Allow header; empty: the path does not exist
};
RouteMatch find_route(const std::vector<Route>& routes, std::string_view method, std::string_view path);

}  // namespace perftrend::http
