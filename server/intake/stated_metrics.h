#pragma once
// Units and directions that a policy or a person states for metrics of a project, whatever their reports say. They are
// applied to what was read from a report, before its series are looked up: new series begin with them.

#include <string>
#include <vector>

#include "core/model.h"
#include "server/store/metric_statements.h"

namespace perftrend::intake {

struct StatedMetric {
  store::MetricStatement statement;  ///< `metric` is a pattern with * and ?
  StatedBy by = StatedBy::person;
};

/// Of several statements that match a metric, the last one that states a unit or a direction holds. A value in a unit
/// that cannot be converted to the stated one stays as it is, and a warning says so once for each metric.
void apply_statements(const std::vector<StatedMetric>& stated, std::vector<MetricValue>& metrics,
                      std::vector<std::string>& warnings);

}  // namespace perftrend::intake
