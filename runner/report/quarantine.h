#pragma once
// The quarantine of timing: when it is measured at all, what is said of a time that is out of the ordinary, and that
// none of it is a failure. Texts here are goldens in quarantine_test.cpp.

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

/// What asks for timing.
inline constexpr const char* timing_variable = "RUN_PERF_TESTS";

/// RUN_PERF_TESTS=1, and nothing else.
bool timing_requested(const Variables& variables);

/// Why timing was not measured, with the command that measures it (`command` is how the runner was called).
std::string skip_message(const Scenario& scenario, std::string_view command);

/// A warning when the median is outside of its limits or, within them, too far from its baseline. `subject` is what
/// was timed: "Prompt 2", the name of a program's case.
std::optional<std::string> unusual_time(const Scenario& scenario, std::string_view engine_name,
                                        std::string_view subject, std::string_view measure, double median_ms,
                                        std::size_t repeats);

/// What a report says of the quarantine of a measured case, for the server's own (schema/junit.md): reason, owner and
/// last day. Empty where the scenario states none. Of a program's cases it covers those that it names
/// (Quarantine::cases), or all where it names none.
junit::Properties quarantine_properties(const Quarantine& quarantine, std::string_view case_name);

/// Whether the case is one of timing that the quarantine names (Quarantine::cases): failing, it warns.
bool is_timing_case(const Quarantine& quarantine, std::string_view case_name);

/// Of such a case that failed; `message` is its own.
std::string timing_case_failed(const Quarantine& quarantine, std::string_view case_name, std::string_view message);

/// A warning when there are reasons not to judge the times (load.h).
std::optional<std::string> not_quiet(const std::vector<std::string>& reasons);

/// A warning when the quarantine's last day has passed.
std::optional<std::string> expired(const Quarantine& quarantine, std::chrono::year_month_day today);

/// "10.12ms": two decimals as timing tests print them, two digits for times below 0.1 ms.
std::string format_ms(double value_ms);

/// "prefill" of "prefill_ms".
std::string_view display_name(std::string_view measure);

}  // namespace perftrend::runner
