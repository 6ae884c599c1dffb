#pragma once
// Values that a failed measurement leaves: 0 of what is never 0, and negative times, sizes and rates. Pure.

#include <optional>
#include <string_view>
#include <vector>

#include "core/metrics/units.h"

namespace perftrend::metrics {

/// Removes from `numbers`, values of a metric with this name and unit, what was not measured: a time, a footprint, an
/// energy or a throughput of exactly 0; a negative time, size or rate; -1 of anything that is counted. Returns why, ""
/// where it removed nothing. Errors per second, differences and scores may be 0 or negative.
std::string_view drop_unmeasured(std::string_view metric, const std::optional<Unit>& unit,
                                 std::vector<double>& numbers);

}  // namespace perftrend::metrics
