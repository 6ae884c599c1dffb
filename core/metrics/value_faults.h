#pragma once
// Messages about values that give no point. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "core/metrics/values.h"

namespace perftrend::metrics {

/// What is wrong with a value of this metric, with what to write instead: "could be a list or a number with a comma:
/// write 1234.5, …: '1,5'". Nothing for a value that gives a point, and for text that is not meant as a number. A value
/// of kind numbers may be at fault too: "01:30" may be hours or minutes.
std::optional<std::string> find_value_fault(std::string_view metric, const ParsedValues& values, std::string_view text);

/// True for a value that gives no point and no warning: text, and times of day.
bool is_silent_text(std::string_view metric, const ParsedValues& values);

}  // namespace perftrend::metrics
