// What the harness adds to a sample, beside what is held. Prints one line; ends with 1 when it is more.
#include <fmt/format.h>

#include "runner/machine/doctor.h"
#include "runner/measure/overhead.h"

int main() {
  perftrend::runner::SteadyClock clock;
  const double overhead_us = perftrend::runner::harness_overhead_us(clock);
  fmt::print("harness overhead {:.2f} us a sample (at most {} us)\n", overhead_us,
             perftrend::runner::harness_overhead_us_max);
  return overhead_us < perftrend::runner::harness_overhead_us_max ? 0 : 1;
}
