#include "core/time/rfc3339.h"

#include <date/date.h>

#include <chrono>

namespace perftrend::intake {

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string to_rfc3339(std::int64_t us) {
  const date::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(us)};
  if (us % 1'000'000 == 0) return date::format("%FT%TZ", date::floor<std::chrono::seconds>(time));
  return date::format("%FT%TZ", time);
}

}  // namespace perftrend::intake
