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

/// Times of a prompt.
inline constexpr std::array time_measures{tokenize_measure, prefill_measure, generate_measure, total_measure};

/// Those that limits and baselines may be stated for: times of a prompt and what programs tell of their cases.
inline constexpr std::array<std::string_view, 10> expected_measures{
    tokenize_measure, prefill_measure, generate_measure, total_measure,  "wall_ms",
    "user_ms",        "system_ms",     "duration_ms",    "real_time_ms", "cpu_time_ms"};

}  // namespace perftrend::runner
