#pragma once
// Quarantine requests of a report: properties `perftrend.quarantine` (the reason), `perftrend.quarantine.owner` and
// `perftrend.quarantine.expiry` (a day) of a case, or of a suite or the root for all cases of the report.

#include <vector>

#include "core/model.h"
#include "server/triage/quarantine.h"

namespace perftrend::intake {

/// One request for each case of `metrics` that has one; a case's own properties take precedence. A metric with a
/// label
/// ("[Prompt 0]") belongs to the case without it.
std::vector<triage::QuarantineRequest> find_quarantine_requests(const Report& report,
                                                                const std::vector<MetricValue>& metrics);

/// The cases of `metrics`, each once.
std::vector<CaseKey> measured_cases(const std::vector<MetricValue>& metrics);

}  // namespace perftrend::intake
