#pragma once
// What the harness itself costs: the same measurement of an engine that does nothing.

#include "runner/system/clock.h"

namespace perftrend::runner {

/// What is held (bench/runner_overhead): a fiftieth of a millisecond for a sample, far below any prefill.
inline constexpr double harness_overhead_us_max = 20;

/// Microseconds for each sample (tokenized once in its block, then taken whole once), clock readings, checks and
/// bookkeeping included: the median of several batches, so that one interruption does not count. Takes a few ms.
double harness_overhead_us(Clock& clock);

}  // namespace perftrend::runner
