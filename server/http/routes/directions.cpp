#include "server/http/routes/directions.h"

#include "server/triage/project_policies.h"

namespace perftrend::http {

Directions::Directions(const Context& context, const ProjectAccess& project)
    : policies_(triage::policies_of(project.connection, context.policies, project.id)), project_(project.name) {}

void Directions::apply(store::SeriesKey& series) const {
  series.better = policies_.find(project_, series.metric, series.unit, series.better).better;
}

void Directions::apply(std::vector<store::Regression>& regressions) const {
  for (auto& each : regressions)
    apply(each.series);
}

void Directions::apply(std::vector<store::RunPoint>& points) const {
  for (auto& each : points)
    each.better = policies_.find(project_, each.metric, each.unit, each.better).better;
}

}  // namespace perftrend::http
