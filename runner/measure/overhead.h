#pragma once
// Overhead of the harness: the same measurement of an engine that does nothing.

#include "runner/system/clock.h"

namespace perftrend::runner {

/// Microseconds per sample (one tokenizing in its block and one whole pass), including clock readings, checks and
/// bookkeeping. The median of several batches, so that one interruption does not count. Takes a few milliseconds.
double harness_overhead_us(Clock& clock);

}  // namespace perftrend::runner
