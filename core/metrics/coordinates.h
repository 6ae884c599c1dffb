#pragma once
// Where a run belongs, as its report says: perftrend's own suite properties, else what CI systems name so.

#include <cstddef>

#include "core/model.h"
#include "core/text/warnings.h"

namespace perftrend::metrics {

/// From report.properties; the first statement of a thing wins and a second, different one is warned about. Names of
/// CI variables are known with and without the prefix "env." (Surefire). started_us is perftrend.started_at, else the
/// earliest timestamp of a suite. Environment names lose their prefix "environment.".
Coordinates read_coordinates(const Report& report, std::size_t coordinate_bytes_max, text::Warnings& warnings);

}  // namespace perftrend::metrics
