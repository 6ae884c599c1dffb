#pragma once
// Units and directions that a policy or a person states for metrics of a project, whatever their reports say. They are
// applied to what was read from a report, before its series are looked up: new series begin with them.

#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/metrics.h"
#include "core/model.h"
#include "server/db/sql.h"
#include "server/store/metric_statements.h"
#include "server/triage/policies.h"

namespace perftrend::intake {

struct StatedMetric {
  store::MetricStatement statement;  ///< `metric` is a pattern with * and ?
  StatedBy by = StatedBy::person;
};

/// How the reports of a project are read.
struct ProjectReading {
  metrics::MetricRules rules;
  std::vector<StatedMetric> stated;  ///< by policies, then by persons
};

/// `rules` of the server's file, with what policies and persons state about metrics of the project: their direction
/// needs no statement in a report. `project` is 0 where nothing of it is stored.
ProjectReading find_reading(db::Connection& connection, const triage::Policies& file, metrics::MetricRules rules,
                            Id project, std::string_view project_name);

/// Of several statements that match a metric, the last one that states a unit or a direction holds. A value in a unit
/// that cannot be converted to the stated one stays as it is, and a warning says so once for each metric.
void apply_statements(const std::vector<StatedMetric>& stated, std::vector<MetricValue>& metrics,
                      std::vector<std::string>& warnings);

}  // namespace perftrend::intake
