#pragma once
// The server's clock. Only the edges of the server read it (commands, jobs, routes, the start of an upload); everything
// below them takes the time as an argument. Microseconds since the Unix epoch, UTC, by the system's clock.

#include <chrono>
#include <cstdint>

namespace perftrend {

inline std::int64_t now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace perftrend
