#pragma once
// Why a point is what it is, in numbers.

#include "core/detect/verdict.h"
#include "server/http/json/json.h"

namespace perftrend::http {

/// The schema Policy; `version` of the project's own, 0: it has none.
Json policy_json(const detect::Policy& policy, std::int64_t version);

/// The schema Judgement: window, centre, spread, effect with its interval, the rule that decided, what would have been
/// needed, and the policy it was judged by.
Json judgement_json(const detect::Judgement& judged, const detect::Policy& policy, double value, std::string_view unit,
                    std::int64_t version);

}  // namespace perftrend::http
