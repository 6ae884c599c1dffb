#pragma once
// Facts of the configuration whose value is new in nearly every run: found when an upload has a new configuration, and
// taken out of the identity of the project's series.

#include <cstdint>
#include <string_view>

#include "core/metrics/metrics.h"
#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::intake {

/// Moves the project's unsteady facts of a report to its subject. If its configuration is new, and one more fact had a
/// new value in each of the last runs, this fact is unsteady from now on: the series that it divided are joined, and a
/// warning says so. Costs two look-ups for a configuration that is stored.
void set_unsteady_facts_aside(db::Database& database, std::string_view project, Coordinates& coordinates,
                              metrics::ExtractedMetrics& measured, std::int64_t now_us);

}  // namespace perftrend::intake
