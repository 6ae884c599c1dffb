#pragma once
// What servers' answers have in common: figures that may not be believed unseen, and errors as JSON.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

#include "runner/engines/engine.h"

namespace perftrend::runner {

/// Engines state their times in whole microseconds: parts may exceed the whole by the rounding of each.
constexpr double rounding_ms = 0.002;

/// The number `name` in `object`; nothing where there is none, it is null or no number.
std::optional<double> figure(const nlohmann::json& object, const char* name);
/// The same for a count: a whole number from 0 on.
std::optional<std::int64_t> count(const nlohmann::json& object, const char* name);

/// The time `name`, finite and above 0; anything else is a bad_answer.
EngineResult<double> stated_ms(const nlohmann::json& object, const char* name);

/// What an answer that is no 200 says, as an error with its kind. `body` may be anything.
EngineError refusal(int status, std::string_view body);
/// The same for the object "error" in an answer or an event.
EngineError refusal_in(int status, const nlohmann::json& error);

}  // namespace perftrend::runner
