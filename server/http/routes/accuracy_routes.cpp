#include <algorithm>

#include "core/stats/median.h"
#include "server/http/json/json.h"
#include "server/http/routes/routes.h"
#include "server/triage/accuracy.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

Json detection_delay_json(const auto& ascending) {
  if (ascending.empty()) return {{"findings", 0}, {"median", nullptr}, {"p90", nullptr}};
  return {{"findings", ascending.size()},
          {"median", stats::median(std::vector<double>(ascending.begin(), ascending.end()))},
          {"p90", stats::quantile_of_sorted(std::span(ascending), 0.9)}};
}

Json accuracy_json(const triage::Accuracy& accuracy) {
  const auto per_thousand = [&](std::size_t count) {
    return accuracy.aa_judged == 0 ? Json(nullptr)
                                   : Json(1000 * static_cast<double>(count) / static_cast<double>(accuracy.aa_judged));
  };
  Json recall = Json::array();
  for (const auto& each : accuracy.recall) {
    const Json share =
        each.injected == 0 ? Json(nullptr) : Json(static_cast<double>(each.found) / static_cast<double>(each.injected));
    recall.push_back({{"effect", each.effect},
                      {"injected", each.injected},
                      {"found", each.found},
                      {"recall", share},
                      {"detection_delay_points", detection_delay_json(each.detection_delay_points)}});
  }
  return {{"reported", accuracy.reported},
          {"false_alarms", accuracy.false_alarms},
          {"acknowledged", accuracy.acknowledged},
          {"precision", accuracy.precision ? Json(*accuracy.precision) : Json(nullptr)},
          {"suspected", accuracy.suspected},
          {"withdrawn", accuracy.withdrawn},
          {"detection_delay_points", detection_delay_json(accuracy.detection_delay_points)},
          {"noise",
           {{"series", accuracy.series},
            {"judged", accuracy.aa_judged},
            {"flagged", accuracy.aa_flagged},
            {"flagged_per_thousand", per_thousand(accuracy.aa_flagged)},
            {"confirmed", accuracy.aa_confirmed},
            {"confirmed_per_thousand", per_thousand(accuracy.aa_confirmed)}}},
          {"recall", std::move(recall)}};
}

Answer get_accuracy(const Context& context, const Request& request) {
  Json json;
  context.database.read([&](db::Connection& connection) {
    const auto& name = request.path_parameter("project");
    const auto project = store::find_project_id(connection, name);
    if (!project) throw not_found("project " + name);
    const auto policies = triage::policies_of(connection, context.policies, *project);
    json = accuracy_json(triage::measure_accuracy(connection, policies, *project, name));
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_accuracy_routes(std::vector<Route>& routes, const Context& context) {
  routes.push_back({"GET", "/api/v1/projects/{project}/accuracy", store::Scope::read,
                    [&context](const Request& request) { return get_accuracy(context, request); }});
}

}  // namespace perftrend::http
