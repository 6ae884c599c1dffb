#pragma once
// How a case counts (schema/junit.md), in one place for all formats.

#include <optional>

#include "core/model.h"

namespace perftrend::junit {

/// Adds one case. Properties are counted where they are read.
void count_case(CaseStatus status, std::optional<double> time_seconds, Counts& counts);

}  // namespace perftrend::junit
