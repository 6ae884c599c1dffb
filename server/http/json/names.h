#pragma once
// The words that the API uses for enumerations (schema/openapi/shared.yaml).

#include <optional>
#include <string_view>

#include "core/model.h"

namespace perftrend::http {

std::string_view status_name(CaseStatus status);
std::optional<CaseStatus> parse_status(std::string_view name);
std::string_view verdict_name(Verdict verdict);
std::optional<FindingState> parse_state(std::string_view name);
std::string_view better_name(Better better);     ///< "lower", "higher"
std::string_view direction_name(bool is_worse);  ///< "worse", "better"

}  // namespace perftrend::http
