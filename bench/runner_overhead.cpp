// Benchmark of the time that the harness adds to each sample. Prints the time and the limit in one line; the exit code
// is 1 when the limit is exceeded.
#include <fmt/format.h>

#include "runner/machine/doctor.h"
#include "runner/measure/overhead.h"

int main() {
  perftrend::runner::SteadyClock clock;
  const double overhead_us = perftrend::runner::harness_overhead_us(clock);
  fmt::print("harness overhead: {:.2f} us per sample (target: at most {} us)\n", overhead_us,
             perftrend::runner::harness_overhead_us_max);
  return overhead_us < perftrend::runner::harness_overhead_us_max ? 0 : 1;
}
