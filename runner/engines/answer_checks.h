#pragma once
// Checks that the answers of all servers share: numbers in JSON, and errors in JSON.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

#include "runner/engines/engine.h"

namespace perftrend::runner {

/// Engines state times in whole microseconds, so the parts may exceed the total by the rounding of each part.
constexpr double rounding_ms = 0.002;

/// The number `name` in `object`; nullopt where it is missing or not a number.
std::optional<double> figure(const nlohmann::json& object, const char* name);
/// The same for a count: a whole number >= 0.
std::optional<std::int64_t> count(const nlohmann::json& object, const char* name);

/// The time `name`, finite and above 0; otherwise the error bad_answer.
EngineResult<double> stated_ms(const nlohmann::json& object, const char* name);

/// The error in an answer with another status than 200. `body` may be anything.
EngineError refusal(int status, std::string_view body);
/// The error in the object "error" of an answer or an event.
EngineError refusal_in(int status, const nlohmann::json& error);

}  // namespace perftrend::runner
