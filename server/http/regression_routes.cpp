#include "server/http/json.h"
#include "server/http/routes.h"

namespace perftrend::http {
namespace {

std::vector<FindingState> parse_states(const std::string& text) {
  std::vector<FindingState> open = {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged};
  if (text.empty() || text == "open") return open;
  if (text == "all") {
    return {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged, FindingState::fixed,
            FindingState::dismissed};
  }
  const auto state = parse_state(text);
  if (!state) {
    throw bad_parameter("state", "give open, all, suspected, confirmed, acknowledged, fixed or dismissed");
  }
  return {*state};
}

std::optional<bool> parse_direction(const std::string& text) {
  if (text.empty() || text == "worse") return true;
  if (text == "better") return false;
  if (text == "both") return std::nullopt;
  throw bad_parameter("direction", "give worse, better or both");
}

Answer list_regressions(const Context& context, const Request& request) {
  store::RegressionFilter filter;
  filter.states = parse_states(request.query_text("state"));
  filter.worse = parse_direction(request.query_text("direction"));
  filter.limit = static_cast<int>(request.query_integer("limit", 1, 1000, 200));
  Json json = {{"regressions", Json::array()}};
  context.database.read([&](db::Connection& connection) {
    const auto& name = request.path_parameter("project");
    const auto project = store::find_project_id(connection, name);
    if (!project) throw not_found("project " + name);
    for (const auto& regression : store::list_regressions(connection, *project, filter)) {
      json["regressions"].push_back(to_json(regression));
    }
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_regression_routes(std::vector<Route>& routes, const Context& context) {
  routes.push_back({"GET", "/api/v1/projects/{project}/regressions", store::Scope::read,
                    [&context](const Request& request) { return list_regressions(context, request); }});
}

}  // namespace perftrend::http
