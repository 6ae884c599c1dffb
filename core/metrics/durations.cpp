#include "core/metrics/durations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/metrics/unit_words.h"
#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

constexpr double minute_s = 60;
constexpr double hour_s = 3600;
constexpr double day_s = 86400;
constexpr double week_s = 7 * day_s;

using text::is_any_letter;
using text::is_digit;
bool is_whole(std::string_view number) {
  return std::all_of(number.begin(), number.end(), is_digit);
}

/// Seconds of the unit of a part; 0 for anything else. "m" is minutes here: it follows hours or precedes seconds.
double seconds_of(std::string_view unit) {
  if (unit == "m" || unit == "M") return minute_s;
  if (unit == "w" || unit == "wk" || unit == "week" || unit == "weeks") return week_s;
  if (unit == "H") return hour_s;
  const auto time = find_time(unit);
  return time ? time->factor / 1e3 : 0;
}

/// Separators between two parts: blanks, a comma, "and".
std::string_view skip_between(std::string_view text, bool& has_comma) {
  text = text::trim(text);
  if (text.starts_with('.')) text = text::trim(text.substr(1));  // "1 min. 30 sec."
  if (text.starts_with(',')) {
    has_comma = true;
    text = text::trim(text.substr(1));
  }
  if (text.starts_with("and ")) text = text::trim(text.substr(4));
  return text;
}

}  // namespace

std::optional<CompositeDuration> read_composite_duration(std::string_view text) {
  CompositeDuration duration;
  double last_unit = 0;
  double first_unit = 0;
  int count = 0;
  bool was_whole = true;
  bool has_comma = false;
  while (!text.empty()) {
    const text::DecimalPrefix number = text::parse_decimal_prefix(text);
    if (number.bytes == 0 || !number.value || !is_digit(text[0]) || !was_whole) return std::nullopt;
    was_whole = is_whole(text.substr(0, number.bytes));
    text = text::trim(text.substr(number.bytes));
    const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_any_letter) - text.begin());
    const double unit = seconds_of(text.substr(0, end));
    if (unit == 0) return std::nullopt;
    // After a larger part, less than one of that: "1m 90s" is not a duration, "1h 120s" is.
    if (count > 0 && (unit >= last_unit || *number.value * unit >= last_unit)) return std::nullopt;
    if (count++ == 0) first_unit = unit;
    last_unit = unit;
    duration.seconds += *number.value * unit;
    text = skip_between(text.substr(end), has_comma);
  }
  if (count < 2 || !std::isfinite(duration.seconds)) return std::nullopt;
  duration.may_be_list = has_comma && first_unit < minute_s;
  return duration;
}

std::optional<double> read_iso_duration(std::string_view text) {
  if (text.size() < 3 || (text[0] != 'P' && text[0] != 'p')) return std::nullopt;
  text.remove_prefix(1);
  double seconds = 0;
  bool in_time = false;
  double last_unit = 2 * week_s;
  while (!text.empty()) {
    if (!in_time && (text[0] == 'T' || text[0] == 't')) {
      in_time = true;
      text.remove_prefix(1);
      if (text.empty()) return std::nullopt;
      continue;
    }
    const text::DecimalPrefix number = text::parse_decimal_prefix(text);
    if (number.bytes == 0 || !number.value || !is_digit(text[0]) || number.bytes == text.size()) return std::nullopt;
    const char letter = static_cast<char>(text[number.bytes] & ~0x20);
    double unit = 0;
    if (!in_time && letter == 'W') unit = week_s;
    if (!in_time && letter == 'D') unit = day_s;
    if (in_time && letter == 'H') unit = hour_s;
    if (in_time && letter == 'M') unit = minute_s;
    if (in_time && letter == 'S') unit = 1;
    if (unit == 0 || unit >= last_unit) return std::nullopt;
    last_unit = unit;
    seconds += *number.value * unit;
    text.remove_prefix(number.bytes + 1);
  }
  return last_unit < 2 * week_s && std::isfinite(seconds) ? std::optional(seconds) : std::nullopt;
}

namespace {

/// "1.02:03:04" and "1 day, 2:03:04": the days, cut off with what separates them.
std::optional<double> take_days(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 4) return std::nullopt;
  const double days = text::parse_decimal(text.substr(0, digits)).value_or(0);
  std::string_view rest = text.substr(digits);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (std::count(rest.begin(), rest.end(), ':') != 2) return std::nullopt;
    text = rest;
    return days;
  }
  rest = text::trim(rest);
  if (!rest.starts_with("day")) return std::nullopt;
  rest.remove_prefix(rest.starts_with("days") ? 4 : 3);
  text = text::trim(rest, " ,");
  return days;
}

}  // namespace

std::optional<ClockReading> read_clock(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  const double days = take_days(text).value_or(0);
  if (text.find_first_not_of("0123456789:.") != std::string_view::npos) return std::nullopt;
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  for (std::size_t begin = 0; count < parts.size();) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    parts[count++] = text.substr(begin, end - begin);
    if (end == text.size()) break;
    begin = end + 1;
    if (count == parts.size()) return std::nullopt;
  }
  const std::string_view first = parts[0];
  const std::string_view last = parts[count - 1];
  if (count < 2 || first.empty() || first.size() > 4 || !is_whole(first)) return std::nullopt;
  if (last.size() < 2 || !is_digit(last[0]) || !is_digit(last[1]) || (last.size() > 2 && last[2] != '.'))
    return std::nullopt;
  const auto seconds = text::parse_decimal(last);
  const double above = text::parse_decimal(first).value_or(0);
  if (!seconds || *seconds >= minute_s) return std::nullopt;
  if (count == 2) {
    const bool has_decimals = last.size() > 3;
    return ClockReading{above * minute_s + *seconds, has_decimals ? ClockForm::none : ClockForm::two_parts};
  }
  if (parts[1].size() != 2 || !is_whole(parts[1])) return std::nullopt;
  const double minutes = text::parse_decimal(parts[1]).value_or(minute_s);
  if (minutes >= minute_s) return std::nullopt;
  return ClockReading{days * day_s + above * hour_s + minutes * minute_s + *seconds,
                      days > 0 ? ClockForm::none : ClockForm::full};
}

}  // namespace perftrend::metrics
