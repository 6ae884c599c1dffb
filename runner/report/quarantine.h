#pragma once
// The quarantine of timing: whether times are measured, and the warnings about unusual times, which are never failures.
// quarantine_test.cpp contains the expected texts.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/scenario/scenario.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Environment variable that requests timing.
inline constexpr const char* timing_variable = "RUN_PERF_TESTS";

/// Whether it is RUN_PERF_TESTS=1, exactly.
bool timing_requested(const Variables& variables);

/// Why timing was not measured, with the command that measures it; `command` is the command line of the runner.
std::string skip_message(const Scenario& scenario, std::string_view command);

/// A warning when the median is outside its limits or, inside them, too far from its baseline. `subject` is what was
/// timed: "Prompt 2" or the name of a program's case.
std::optional<std::string> unusual_time(const Scenario& scenario, std::string_view engine_name,
                                        std::string_view subject, std::string_view metric, double median_ms,
                                        std::size_t repeats);

/// Properties of a measured case that put it into the server's quarantine (schema/junit.md): reason, owner and last
/// day. Empty where the scenario has no quarantine. Of a program's cases, it covers those named in
/// TimingQuarantine::cases, or all where none is named.
junit::Properties quarantine_properties(const TimingQuarantine& quarantine, std::string_view case_name);

/// Whether the quarantine names the case (TimingQuarantine::cases); its failure is then a warning.
bool is_timing_case(const TimingQuarantine& quarantine, std::string_view case_name);

/// The warning about a failed timing case; `message` is the message of the case.
std::string timing_case_failed(const TimingQuarantine& quarantine, std::string_view case_name,
                               std::string_view message);

/// A warning when the machine was not quiet (machine/fitness.h).
std::optional<std::string> not_quiet_warning(const std::vector<std::string>& reasons);

/// A warning when the quarantine's last day has passed.
std::optional<std::string> expiry_warning(const TimingQuarantine& quarantine, std::chrono::year_month_day today);

}  // namespace perftrend::runner
