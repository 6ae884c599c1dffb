#pragma once
// Names of the metrics of a prompt; a name ends in its unit (schema/junit.md).

#include <array>
#include <string_view>

namespace perftrend::runner {

inline constexpr std::string_view tokenize_metric = "tokenize_ms";
inline constexpr std::string_view prefill_metric = "prefill_ms";
inline constexpr std::string_view generate_metric = "generate_ms";
inline constexpr std::string_view total_metric = "total_ms";
inline constexpr std::string_view prompt_tokens_metric = "prompt_tokens";
inline constexpr std::string_view generated_tokens_metric = "generated_tokens";

/// Times of a prompt.
inline constexpr std::array time_metrics{tokenize_metric, prefill_metric, generate_metric, total_metric};

/// Metrics that may have limits and baselines: times of a prompt, and times that programs report.
inline constexpr std::array<std::string_view, 10> expected_metrics{
    tokenize_metric, prefill_metric, generate_metric, total_metric,   "wall_ms",
    "user_ms",       "system_ms",    "duration_ms",   "real_time_ms", "cpu_time_ms"};

}  // namespace perftrend::runner
