#pragma once
// The names of what is measured of a prompt; the unit is the end of the name (schema/junit.md).

#include <array>
#include <string_view>

namespace perftrend::runner {

inline constexpr std::string_view tokenize_measure = "tokenize_ms";
inline constexpr std::string_view prefill_measure = "prefill_ms";
inline constexpr std::string_view generate_measure = "generate_ms";
inline constexpr std::string_view total_measure = "total_ms";
inline constexpr std::string_view prompt_tokens_measure = "prompt_tokens";
inline constexpr std::string_view generated_tokens_measure = "generated_tokens";

/// Those that limits and baselines may be stated for.
inline constexpr std::array time_measures{tokenize_measure, prefill_measure, generate_measure, total_measure};

}  // namespace perftrend::runner
