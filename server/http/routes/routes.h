#pragma once
// The table of routes: what a test holds against schema/openapi.yaml.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/http/wire/answer.h"
#include "server/intake/intake.h"
#include "server/triage/policies.h"

namespace perftrend::http {

/// What handlers work on; outlives them.
struct Context {
  db::Database& database;
  const triage::Policies& policies;
  intake::Options intake;
  bool tokens_needed = false;  ///< false: open on loopback
  std::string version;
};

struct Route {
  std::string method;
  std::string path;                         ///< "/api/v1/projects/{project}/runs"
  std::optional<store::Scope> needed;       ///< nullopt: anyone
  std::function<Answer(Request&)> handler;  ///< may take the request's files
};

/// All routes below /api/v1, and /healthz and /readyz.
std::vector<Route> make_routes(const Context& context);

/// The parts of make_routes, one for each noun.
void add_project_routes(std::vector<Route>& routes, const Context& context);
void add_run_routes(std::vector<Route>& routes, const Context& context);
void add_trend_routes(std::vector<Route>& routes, const Context& context);
void add_regression_routes(std::vector<Route>& routes, const Context& context);
void add_policy_routes(std::vector<Route>& routes, const Context& context);
void add_quarantine_routes(std::vector<Route>& routes, const Context& context);
void add_accuracy_routes(std::vector<Route>& routes, const Context& context);
void add_server_routes(std::vector<Route>& routes, const Context& context);

/// The route a request is for, with its path parameters.
struct Match {
  const Route* route = nullptr;  ///< nullptr: no such path or method
  std::vector<std::pair<std::string, std::string>> path_parameters;
  std::string allowed;  ///< for a path that exists with other methods: those, as an Allow header says it
};
Match find_route(const std::vector<Route>& routes, std::string_view method, std::string_view path);

}  // namespace perftrend::http
