#pragma once
// The API's JSON shapes (schema/openapi/, components/schemas) of what the store holds.

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "core/model.h"
#include "server/intake/intake.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/triage/run_verdict.h"

namespace perftrend::http {

using Json = nlohmann::ordered_json;

std::string_view status_name(CaseStatus status);
std::optional<CaseStatus> parse_status(std::string_view name);
std::string_view verdict_name(Verdict verdict);
using store::state_name;
std::optional<FindingState> parse_state(std::string_view name);

Json to_json(const CaseKey& key);
Json to_json(const store::Project& project);
Json to_json(const store::Run& run);
Json to_json(const store::RunCase& run_case);
Json to_json(const store::RunPoint& point);
Json to_json(const store::SeriesKey& series);
Json to_json(const store::Series& series);
Json to_json(const store::Regression& regression);
Json to_json(const store::CommonShift& common_shift);
/// `version` of the project's own policies that judged it.
Json to_json(const triage::Finding& finding, std::int64_t version);

/// The text of an answer. Text that is no UTF-8 (it should not be there) is replaced, not refused.
std::string dump(const Json& json);

}  // namespace perftrend::http
