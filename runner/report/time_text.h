#pragma once
// Times and their metrics as text for people.

#include <string>
#include <string_view>

namespace perftrend::runner {

/// "10.12ms": two decimals as timing tests print them, two significant digits below 0.1 ms.
std::string format_ms(double value_ms);

/// The metric without its unit: "prefill" of "prefill_ms".
std::string_view display_name(std::string_view metric);

}  // namespace perftrend::runner
