#include "core/time/timestamps.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>

#include "core/text/characters.h"
#include "core/text/trim.h"

namespace perftrend::times {
namespace {

using Microseconds = std::chrono::microseconds;
using LocalTime = date::local_time<Microseconds>;

constexpr int year_min = 1990;
constexpr int year_max = 2199;

/// A format of date::parse, for texts of one shape: '9' is a digit, 'a' a word, everything else itself.
struct TimeFormat {
  std::string_view shape;
  const char* format;
};

/// Fractions, zones, weekdays, AM and PM are removed before; "T" separates an ISO date from its clock.
constexpr std::array<TimeFormat, 18> formats = {{{"9999-99-99", "%Y-%m-%d"},
                                                 {"9999-99-99a99:99", "%Y-%m-%dT%H:%M"},
                                                 {"9999-99-99a99:99:99", "%Y-%m-%dT%H:%M:%S"},
                                                 {"9999-99-99a9999", "%Y-%m-%dT%H%M"},
                                                 {"9999-99-99a999999", "%Y-%m-%dT%H%M%S"},
                                                 {"99999999", "%Y%m%d"},
                                                 {"99999999a99:99", "%Y%m%dT%H:%M"},
                                                 {"99999999a99:99:99", "%Y%m%dT%H:%M:%S"},
                                                 {"99999999a9999", "%Y%m%dT%H%M"},
                                                 {"99999999a999999", "%Y%m%dT%H%M%S"},
                                                 {"99 a 9999", "%d %b %Y"},
                                                 {"99 a 9999 99:99", "%d %b %Y %H:%M"},
                                                 {"99 a 9999 99:99:99", "%d %b %Y %H:%M:%S"},
                                                 {"a 99 9999", "%b %d %Y"},
                                                 {"a 99 9999 99:99", "%b %d %Y %H:%M"},
                                                 {"a 99 9999 99:99:99", "%b %d %Y %H:%M:%S"},
                                                 {"a 99 99:99:99 9999", "%b %d %H:%M:%S %Y"},
                                                 {"a 99 99:99 9999", "%b %d %H:%M %Y"}}};

/// "MM/DD/YYYY" or "DD/MM/YYYY": a time only where one of both is impossible, or both are the same day.
constexpr std::array<TimeFormat, 6> slashed_formats = {{{"99/99/9999", "%m/%d/%Y"},
                                                        {"99/99/9999", "%d/%m/%Y"},
                                                        {"99/99/9999 99:99", "%m/%d/%Y %H:%M"},
                                                        {"99/99/9999 99:99", "%d/%m/%Y %H:%M"},
                                                        {"99/99/9999 99:99:99", "%m/%d/%Y %H:%M:%S"},
                                                        {"99/99/9999 99:99:99", "%d/%m/%Y %H:%M:%S"}}};

using text::is_digit;
using text::is_letter;

std::string shape_of(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    if (!is_letter(c)) {
      shape += is_digit(c) ? '9' : c;
    } else if (shape.empty() || shape.back() != 'a') {
      shape += 'a';
    }
  }
  return shape;
}

std::optional<LocalTime> parse(const std::string& text, const char* format) {
  std::istringstream in(text);
  date::local_time<std::chrono::seconds> time;
  in >> date::parse(format, time);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return LocalTime(time);
}

std::optional<LocalTime> parse(const std::string& text) {
  const std::string shape = shape_of(text);
  for (const TimeFormat& known : formats) {
    if (known.shape == shape) return parse(text, known.format);
  }
  std::optional<LocalTime> found;
  for (const TimeFormat& known : slashed_formats) {
    if (known.shape != shape) continue;
    const auto time = parse(text, known.format);
    if (found && time && *found != *time) return std::nullopt;
    if (time) found = time;
  }
  return found;
}

/// Words separated by one blank, without commas, weekdays and the names of UTC; numbers have two digits at least.
std::string normalise(std::string_view text) {
  constexpr std::array<std::string_view, 7> weekdays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  std::string normal;
  while (!(text = text::trim(text, " \t,")).empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \t,"));
    text.remove_prefix(word.size());
    const bool is_weekday = is_letter(word.back()) && std::any_of(weekdays.begin(), weekdays.end(),
                                                                  [&](auto day) { return word.starts_with(day); });
    if (is_weekday || word == "UTC" || word == "GMT" || word == "Z") continue;
    if (!normal.empty()) normal += ' ';
    if (is_digit(word[0]) && (word.size() == 1 || word[1] == ':')) normal += '0';
    const bool has_half = word.size() > 2 && (word.ends_with("AM") || word.ends_with("PM")) && is_digit(word[0]);
    normal += has_half ? std::string(word).insert(word.size() - 2, " ") : std::string(word);
  }
  return normal;
}

/// Removes ".123456789" after a clock and returns it in microseconds; further digits are ignored.
Microseconds take_fraction(std::string& text) {
  const std::size_t clock = text.find_first_of(":T");
  const std::size_t point = clock == std::string::npos ? clock : text.find_first_of(".,", clock);
  if (point == std::string::npos || point + 1 >= text.size() || !is_digit(text[point + 1])) return {};
  const std::size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  if (end < text.size() && text[end] == ':') return {};
  std::string digits = text.substr(point + 1, std::min<std::size_t>(end - point - 1, 6));
  digits.resize(6, '0');
  text.erase(point, end - point);
  return Microseconds(std::stoi(digits));
}

/// Removes "Z", "UTC", "GMT", "+01:00", "+0100" or "+01" at the end of a text with a clock and returns it.
std::optional<std::chrono::minutes> take_zone(std::string& text) {
  using std::chrono::minutes;
  for (const std::string_view utc : {"Z", "z", "UTC", "GMT"}) {
    if (!text.ends_with(utc)) continue;
    text = text::trim(text.substr(0, text.size() - utc.size()));
    return minutes(0);
  }
  const std::size_t clock = text.find_first_of(":T");
  const std::size_t sign = clock == std::string::npos ? clock : text.find_first_of("+-", clock);
  if (sign == std::string::npos) return minutes(0);
  std::string offset = text.substr(sign + 1);
  const std::string shape = shape_of(offset);
  if (shape != "99" && shape != "9999" && shape != "99:99") return std::nullopt;
  std::erase(offset, ':');
  const int hours = std::stoi(offset.substr(0, 2));
  const int past = offset.size() == 4 ? std::stoi(offset.substr(2)) : 0;
  if (past > 59 || hours * 60 + past > 18 * 60) return std::nullopt;
  const bool is_west = text[sign] == '-';
  text = text::trim(text.substr(0, sign));
  return minutes((is_west ? -1 : 1) * (hours * 60 + past));
}

/// Rewrites what date::parse does not read, a leap second or 24:00, and returns what it adds to the rest.
std::optional<Microseconds> take_overflow(std::string& text, Microseconds fraction) {
  const std::size_t minutes_end = text.rfind(':');
  if (minutes_end == std::string::npos) return Microseconds(0);
  if (text.compare(minutes_end, 3, ":60") == 0 && text.find(':') != minutes_end) {
    text.replace(minutes_end, 3, ":59");
    return std::chrono::seconds(1);
  }
  const std::size_t hour = text.find(':') - std::min<std::size_t>(text.find(':'), 2);
  if (text.compare(hour, 3, "24:") != 0) return Microseconds(0);
  if (text.find_first_not_of("0:", hour + 3) != std::string::npos || fraction != Microseconds(0)) return std::nullopt;
  text.replace(hour, 2, "00");
  return date::days(1);
}

/// Removes " AM" or " PM" and returns what it adds to the hour, which is 1 to 12.
std::optional<std::chrono::hours> take_half_day(std::string& text) {
  using std::chrono::hours;
  const bool is_afternoon = text.ends_with(" PM");
  if (!is_afternoon && !text.ends_with(" AM")) return hours(0);
  text.resize(text.size() - 3);
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon < 2 || !is_digit(text[colon - 2])) return std::nullopt;
  const int hour = std::stoi(text.substr(colon - 2, 2));
  if (hour < 1 || hour > 12) return std::nullopt;
  return hours(is_afternoon ? (hour == 12 ? 0 : 12) : (hour == 12 ? -12 : 0));
}

/// "1764036000", "1764036000.25", "1764036000123".
std::optional<Microseconds> parse_epoch(std::string_view text) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || !is_digit(text[0])) return std::nullopt;
  if (digits == text.size() && digits == 13) return std::chrono::milliseconds(whole);
  if (digits != 10) return std::nullopt;
  std::string fraction = ":" + std::string(text.substr(digits));
  const Microseconds us = take_fraction(fraction);
  if (fraction != ":") return std::nullopt;
  return std::chrono::seconds(whole) + us;
}

std::optional<Microseconds> parse_date(std::string_view sent) {
  // "T" or blanks, or both, separate an ISO date from its clock.
  std::string text(sent);
  const std::size_t date_bytes = std::min(text.find_first_not_of("0123456789-"), text.size());
  if ((date_bytes == 10 || date_bytes == 8) && date_bytes < text.size()) {
    const std::size_t clock = text.find_first_not_of("Tt \t", date_bytes);
    if (clock == date_bytes || clock == std::string::npos) return std::nullopt;
    text.replace(date_bytes, clock - date_bytes, "T");
  }
  const Microseconds fraction = take_fraction(text);
  const auto zone = take_zone(text);
  if (!zone) return std::nullopt;
  const auto overflow = take_overflow(text, fraction);
  if (!overflow) return std::nullopt;
  std::string normal = normalise(text);
  const auto half_day = take_half_day(normal);
  if (!half_day) return std::nullopt;
  const auto local = parse(normal);
  if (!local) return std::nullopt;
  return local->time_since_epoch() + fraction + *overflow + *half_day - *zone;
}

Microseconds start_of(int year) {
  return date::sys_days(date::year(year) / 1 / 1).time_since_epoch();
}

}  // namespace

std::optional<std::int64_t> parse_time_us(std::string_view text) {
  constexpr std::size_t bytes_max = 64;  // no text in any of these formats is longer
  text = text::trim(text);
  if (text.empty() || text.size() > bytes_max) return std::nullopt;
  auto us = parse_epoch(text);
  if (!us) us = parse_date(text);
  if (!us || *us < start_of(year_min) || *us >= start_of(year_max + 1)) return std::nullopt;
  return us->count();
}

std::optional<std::int64_t> parse_expiry_us(std::string_view text) {
  constexpr std::size_t day_bytes = std::string_view("2027-03-31").size();
  std::string time(text);
  if (text.size() == day_bytes) time += "T23:59:59Z";
  return parse_time_us(time);
}

}  // namespace perftrend::times
