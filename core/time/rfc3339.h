#pragma once
// Times as reports and the API write them (RFC 3339, UTC).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace perftrend::times {

/// Microseconds since the Unix epoch, UTC.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// "2026-11-23T02:00:00Z", with microseconds where there are any.
std::string to_rfc3339(Time time);
std::string to_rfc3339(std::int64_t us);

/// Parses "2026-11-23T02:00:00Z", "2026-11-23T03:00:00.5+01:00" or "2026-11-23 02:00:00Z", to microseconds; nullopt for
/// anything else. timestamps.h reads the other formats of reports.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace perftrend::times
