#pragma once
// Units that a project's own policies state, for the series that are stored.

#include <cstdint>
#include <string_view>

#include "server/db/sql.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// Converts the points and records of every series whose unit `policies` state differently, in the caller's
/// transaction; a series without a unit gets it. What a person stated, and a unit of another quantity, stays. Returns
/// the number of series that changed.
std::int64_t convert_to_policy_units(db::Connection& connection, const Policies& policies, Id project,
                                     std::string_view project_name);

}  // namespace perftrend::triage
