#include <algorithm>

#include "server/http/json.h"
#include "server/http/routes.h"
#include "server/triage/project_policies.h"
#include "server/triage/watch.h"

namespace perftrend::http {
namespace {

/// The smallest number that `share` of the ascending list do not exceed; null for an empty one.
template <typename Number>
Json quantile(const std::vector<Number>& ascending, double share) {
  if (ascending.empty()) return nullptr;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ascending.size())));
  return ascending[std::clamp<std::size_t>(rank, 1, ascending.size()) - 1];
}

Json lateness_json(const auto& ascending) {
  return {{"findings", ascending.size()}, {"median", quantile(ascending, 0.5)}, {"p90", quantile(ascending, 0.9)}};
}

Json watch_json(const triage::Watch& watch) {
  const auto per_thousand = [&](std::size_t count) {
    return watch.aa_judged == 0 ? Json(nullptr)
                                : Json(1000 * static_cast<double>(count) / static_cast<double>(watch.aa_judged));
  };
  Json recall = Json::array();
  for (const auto& each : watch.recall) {
    const Json share =
        each.injected == 0 ? Json(nullptr) : Json(static_cast<double>(each.found) / static_cast<double>(each.injected));
    recall.push_back({{"effect", each.effect},
                      {"injected", each.injected},
                      {"found", each.found},
                      {"recall", share},
                      {"late_points", lateness_json(each.late_points)}});
  }
  return {{"told", watch.told},
          {"false_alarms", watch.false_alarms},
          {"acknowledged", watch.acknowledged},
          {"precision", watch.precision ? Json(*watch.precision) : Json(nullptr)},
          {"suspected", watch.suspected},
          {"withdrawn", watch.withdrawn},
          {"late_points", lateness_json(watch.late_points)},
          {"noise",
           {{"series", watch.series},
            {"judged", watch.aa_judged},
            {"flagged", watch.aa_flagged},
            {"flagged_per_thousand", per_thousand(watch.aa_flagged)},
            {"confirmed", watch.aa_confirmed},
            {"confirmed_per_thousand", per_thousand(watch.aa_confirmed)}}},
          {"recall", std::move(recall)}};
}

Answer get_watch(const Context& context, const Request& request) {
  Json json;
  context.database.read([&](db::Connection& connection) {
    const auto& name = request.path_parameter("project");
    const auto project = store::find_project_id(connection, name);
    if (!project) throw not_found("project " + name);
    const auto policies = triage::policies_of(connection, context.policies, *project);
    json = watch_json(triage::watch_project(connection, policies, *project, name));
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_watch_routes(std::vector<Route>& routes, const Context& context) {
  routes.push_back({"GET", "/api/v1/projects/{project}/watch", store::Scope::read,
                    [&context](const Request& request) { return get_watch(context, request); }});
}

}  // namespace perftrend::http
