#include "runner/system/clock.h"

#include <chrono>
#include <thread>

namespace perftrend::runner {

std::int64_t SteadyClock::now_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void SteadyClock::sleep_ns(std::int64_t duration_ns) {
  if (duration_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(duration_ns));
}

std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds> utc_now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::year_month_day today() {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(utc_now())};
}

std::int64_t FakeClock::now_ns() const {
  const std::int64_t now = now_ns_;
  now_ns_ += step_ns_;
  return now;
}

void FakeClock::advance_ns(std::int64_t duration_ns) {
  if (duration_ns > 0) now_ns_ += duration_ns;
}

}  // namespace perftrend::runner
