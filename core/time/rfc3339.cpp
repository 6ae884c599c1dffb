#include "core/time/rfc3339.h"

#include <date/date.h>

#include <algorithm>
#include <sstream>

namespace perftrend::times {

std::string to_rfc3339(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  if (seconds == time) return date::format("%FT%TZ", seconds);
  return date::format("%FT%TZ", time);
}

std::string to_rfc3339(std::int64_t us) {
  return to_rfc3339(Time(std::chrono::microseconds(us)));
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  std::string whole(text);
  if (whole.size() > 10 && (whole[10] == ' ' || whole[10] == 't')) whole[10] = 'T';
  if (!whole.empty() && (whole.back() == 'Z' || whole.back() == 'z')) whole.replace(whole.size() - 1, 1, "+00:00");
  // The fraction is parsed separately: date.h parses fractions as long double.
  std::chrono::microseconds fraction{0};
  if (const auto dot = whole.find('.'); dot != std::string::npos) {
    const auto end = std::min(whole.find_first_not_of("0123456789", dot + 1), whole.size());
    if (end == dot + 1) return std::nullopt;
    constexpr std::size_t digits_max = 6;
    std::string digits = whole.substr(dot + 1, std::min(end - dot - 1, digits_max));
    digits.resize(digits_max, '0');
    fraction = std::chrono::microseconds(std::stoi(digits));
    whole.erase(dot, end - dot);
  }
  std::istringstream in(whole);
  std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds> seconds;
  in >> date::parse("%FT%T%Ez", seconds);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return seconds + fraction;
}

}  // namespace perftrend::times
