#pragma once
// Points in time as producers write them, to microseconds UTC. Pure: knows no clock and no time zone database.

#include <cstdint>
#include <optional>
#include <string_view>

namespace perftrend::times {

/// ISO 8601 date or date and time ('T', blank or both between; fraction of any length; Z, an offset, or neither: UTC),
/// with or without punctuation, RFC 2822 and its kin ("Sat, 13 Dec 2008 10:00:00 GMT"), Java's Date ("Tue Nov 24
/// 02:00:00 UTC 2026"), and seconds or milliseconds of the Unix epoch. "04/05/2026" is none: it says two days.
/// Years before 1990 or after 2199 are none: no test ran then, and a clock that says so was not set.
std::optional<std::int64_t> parse_time_us(std::string_view text);

/// The end of a day ("2027-03-31"), or a time as above.
std::optional<std::int64_t> parse_expiry_us(std::string_view text);

}  // namespace perftrend::times
