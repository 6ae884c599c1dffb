#pragma once
// The clock, and times as the API writes them.

#include <cstdint>
#include <string>

namespace perftrend::intake {

/// Microseconds since the Unix epoch, UTC, by the system's clock.
std::int64_t now_us();

/// "2026-11-23T02:00:00Z", with a fraction where there is one.
std::string to_rfc3339(std::int64_t us);

}  // namespace perftrend::intake
