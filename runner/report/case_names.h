#pragma once
// Names of the two cases that every report of the runner has.

namespace perftrend::runner {

/// Functional checks; a failure fails the run.
inline constexpr const char* functional_case_name = "functional";
/// Times; never a failure.
inline constexpr const char* performance_case_name = "performance_consistency";

}  // namespace perftrend::runner
