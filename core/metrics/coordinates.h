#pragma once
// Coordinates of a run from its report: properties of perftrend, else the variables of CI systems.

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/model.h"
#include "core/text/warnings.h"

namespace perftrend::metrics {

/// Reads report.properties. The first value of a coordinate wins; a second, different one gives a warning. Names of CI
/// variables are known with and without the prefix "env." (Surefire). started_us is perftrend.started_at, else the
/// earliest timestamp of a suite. A branch has its one spelling (ci_variables.h). Other properties are sorted into
/// environment, configuration and subject (facts.h).
Coordinates read_coordinates(const Report& report, std::size_t coordinate_bytes_max, text::Warnings& warnings);

/// "trend", "confirm", "bisect", "calibration".
std::string_view purpose_name(Purpose purpose);
std::optional<Purpose> parse_purpose(std::string_view name);

/// The number of a run's parts, as text: 1 to parts_max.
std::optional<int> parse_parts(std::string_view text);
constexpr int parts_max = 10'000;

}  // namespace perftrend::metrics
