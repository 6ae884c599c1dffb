#pragma once
// What a report says of the quarantine of its cases: properties `perftrend.quarantine` (the reason),
// `perftrend.quarantine.owner` and `perftrend.quarantine.expiry` (a day) of a case, or of a suite or the root for all
// cases of the report.

#include <vector>

#include "core/model.h"
#include "server/triage/quarantine.h"

namespace perftrend::intake {

/// One statement for each case of `measures` that the report says something of; a case's own words win. A measure's
/// label ("[Prompt 0]") belongs to the case before it.
std::vector<triage::QuarantineRequest> find_statements(const Report& report, const std::vector<MetricValue>& measures);

/// The cases of `measures`, each once.
std::vector<CaseKey> measured_cases(const std::vector<MetricValue>& measures);

}  // namespace perftrend::intake
