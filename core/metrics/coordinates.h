#pragma once
// Coordinates of a run from its report: properties of perftrend, else the variables of CI systems.

#include <cstddef>

#include "core/model.h"
#include "core/text/warnings.h"

namespace perftrend::metrics {

/// Reads report.properties. The first value of a coordinate wins; a second, different one gives a warning. Names of CI
/// variables are known with and without the prefix "env." (Surefire). started_us is perftrend.started_at, else the
/// earliest timestamp of a suite. Other properties are sorted into environment, configuration and subject (facts.h).
Coordinates read_coordinates(const Report& report, std::size_t coordinate_bytes_max, text::Warnings& warnings);

}  // namespace perftrend::metrics
