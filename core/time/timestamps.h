#pragma once
// Time stamps as producers write them, in microseconds UTC. Pure: no clock, no time zone database.

#include <cstdint>
#include <optional>
#include <string_view>

namespace perftrend::times {

/// Understands ISO 8601 dates, with or without a time (separator 'T', blank or both; fraction of any length; Z, an
/// offset, or neither, which means UTC; with or without punctuation), RFC 2822 and similar ("Sat, 13 Dec 2008 10:00:00
/// GMT"), Java's Date ("Tue Nov 24 02:00:00 UTC 2026"), and seconds or milliseconds of the Unix epoch. "04/05/2026"
/// gives nothing, because it may mean two days. So do years before 1990 or after 2199: such a clock was not set.
std::optional<std::int64_t> parse_time_us(std::string_view text);

/// Time of an expiry: the end of a day ("2027-03-31"), or a time as above.
std::optional<std::int64_t> parse_expiry_us(std::string_view text);

}  // namespace perftrend::times
