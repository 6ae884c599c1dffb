#pragma once
// Counting of cases (schema/junit.md), the same for all formats.

#include <optional>

#include "core/model.h"

namespace perftrend::junit {

/// Adds one case to `counts`. Properties are counted where they are read.
void count_case(CaseStatus status, std::optional<double> time_seconds, Counts& counts);

}  // namespace perftrend::junit
