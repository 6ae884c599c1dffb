#include "server/http/routes/routes.h"

namespace perftrend::http {
namespace {

/// Takes the next segment of a path that begins with '/'.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::pair<std::string, std::string>>& parameters) {
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (wanted.starts_with('{')) {
      if (given.empty()) return false;
      parameters.emplace_back(wanted.substr(1, wanted.size() - 2), given);
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::vector<Route> make_routes(const Context& context) {
  std::vector<Route> routes;
  add_project_routes(routes, context);
  add_run_routes(routes, context);
  add_trend_routes(routes, context);
  add_regression_routes(routes, context);
  add_policy_routes(routes, context);
  add_quarantine_routes(routes, context);
  add_accuracy_routes(routes, context);
  add_server_routes(routes, context);
  return routes;
}

Match find_route(const std::vector<Route>& routes, std::string_view method, std::string_view path) {
  Match match;
  for (const auto& route : routes) {
    std::vector<std::pair<std::string, std::string>> parameters;
    if (!matches(route.path, path, parameters)) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      match.route = &route;
      match.path_parameters = std::move(parameters);
      return match;
    }
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += route.method;
  }
  return match;
}

}  // namespace perftrend::http
