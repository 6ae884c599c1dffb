#pragma once
// Dates and times in names of cases. A date near the day of the run changes with every run; another date is a parameter
// or the version of a model ("gpt-4o-2024-08-06").

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/metrics/name_scan.h"

namespace perftrend::metrics {

/// When the run was made, in microseconds since the Unix epoch; nothing when it is not known. Then all dates in
/// unmistakable notation count as near.
using RunTime = std::optional<std::int64_t>;

/// The date, time or number of seconds since 1970 at `at`, where a word begins.
ChangingPart find_date_or_time(std::string_view name, std::size_t at, const RunTime& run);

}  // namespace perftrend::metrics
