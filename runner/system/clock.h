#pragma once
// The runner's clocks: a monotonic one, injected so that tests control the time, and the time of day.

#include <chrono>
#include <cstdint>

namespace perftrend::runner {

class Clock {
 public:
  Clock() = default;
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  /// Nanoseconds since an arbitrary start; never goes backwards.
  [[nodiscard]] virtual std::int64_t now_ns() const = 0;
  /// Sleeps for at least `duration_ns`; a duration <= 0 returns at once.
  virtual void sleep_ns(std::int64_t duration_ns) = 0;
};

/// std::chrono::steady_clock. Safe to use from several threads.
class SteadyClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_ns() const override;
  void sleep_ns(std::int64_t duration_ns) override;
};

/// For tests: only sleep_ns and advance_ns advance it, and every reading by `step_ns`. Single-threaded.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::int64_t step_ns = 0) : step_ns_(step_ns) {}
  [[nodiscard]] std::int64_t now_ns() const override;
  void sleep_ns(std::int64_t duration_ns) override { advance_ns(duration_ns); }
  void advance_ns(std::int64_t duration_ns);

 private:
  std::int64_t step_ns_;
  mutable std::int64_t now_ns_ = 0;
};

/// The current time in UTC, by the system clock.
std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds> utc_now();

/// The current day in UTC, by the system clock.
std::chrono::year_month_day today();

constexpr double ns_per_ms = 1e6;
constexpr double ns_per_s = 1e9;

/// Milliseconds between two readings of one clock.
constexpr double elapsed_ms(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) / ns_per_ms;
}

}  // namespace perftrend::runner
