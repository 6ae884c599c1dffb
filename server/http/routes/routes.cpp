#include "server/http/routes/routes.h"

#include <algorithm>

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
    const auto expected = take_segment(pattern);
    const auto given = take_segment(path);
    if (expected.starts_with('{')) {
      if (given.empty()) return false;
      parameters.emplace_back(expected.substr(1, expected.size() - 2), given);
    } else if (expected != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::vector<Route> make_routes() {
  std::vector<Route> routes;
  for (auto* const part :
       {project_routes, run_routes, trend_routes, compare_routes, regression_routes, policy_routes, quarantine_routes,
        accuracy_routes, correction_routes, name_routes, series_routes, server_routes}) {
    const auto more = part();
    routes.insert(routes.end(), more.begin(), more.end());
  }
  return routes;
}

RouteMatch find_route(const std::vector<Route>& routes, std::string_view method, std::string_view path) {
  RouteMatch match;
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
