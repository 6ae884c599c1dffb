#include "core/time/rfc3339.h"

#include <date/date.h>

namespace perftrend::times {

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string to_rfc3339(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  if (seconds == time) return date::format("%FT%TZ", seconds);
  return date::format("%FT%TZ", time);
}

std::string to_rfc3339(std::int64_t us) {
  return to_rfc3339(Time(std::chrono::microseconds(us)));
}

}  // namespace perftrend::times
