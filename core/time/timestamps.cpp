#include "core/time/timestamps.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>

#include "core/text/numbers.h"

namespace perftrend::times {

namespace {

constexpr int year_min = 1990;
constexpr int year_max = 2199;
constexpr std::int64_t us_per_second = 1'000'000;

struct Parts {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction_us = 0;
  int offset_minutes = 0;
};

std::optional<std::int64_t> to_us(const Parts& p) {
  if (p.year < year_min || p.year > year_max) return std::nullopt;
  const date::year_month_day day{date::year(p.year), date::month(static_cast<unsigned>(p.month)),
                                 date::day(static_cast<unsigned>(p.day))};
  // A leap second is the second after it; 24:00 is the day after.
  if (!day.ok() || p.hour > 24 || p.minute > 59 || p.second > 60) return std::nullopt;
  if (p.hour == 24 && (p.minute != 0 || p.second != 0 || p.fraction_us != 0)) return std::nullopt;
  if (p.offset_minutes < -18 * 60 || p.offset_minutes > 18 * 60) return std::nullopt;
  const std::int64_t days = date::sys_days(day).time_since_epoch().count();
  const std::int64_t minutes = (days * 24 + p.hour) * 60 + p.minute - p.offset_minutes;
  return (minutes * 60 + p.second) * us_per_second + p.fraction_us;
}

/// What is left to read of a text.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  bool starts_with_digit() const { return !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; }

  bool skip(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_[0]) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip_all(std::string_view any_of) {
    while (skip(any_of)) {
    }
  }
  bool skip_word(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  /// Exactly `count` digits.
  bool digits(std::size_t count, int& out) {
    if (text_.size() < count) return false;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      value = value * 10 + (text_[i] - '0');
    }
    out = value;
    text_.remove_prefix(count);
    return true;
  }

  /// ".123456789": microseconds, the rest cut.
  bool fraction(std::int64_t& us) {
    if (!skip(".,")) return true;
    if (!starts_with_digit()) return false;
    std::int64_t scale = us_per_second / 10;
    for (; starts_with_digit(); text_.remove_prefix(1), scale /= 10)
      us += (text_[0] - '0') * scale;
    return true;
  }

  /// Letters at the front, at least one.
  std::string_view word() {
    const auto end =
        std::find_if(text_.begin(), text_.end(), [](unsigned char c) { return c >= 0x80 || std::isalpha(c) == 0; });
    const std::string_view found = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(found.size());
    return found;
  }

  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

/// HH:MM[:SS[.f]] or HHMM[SS[.f]].
bool read_clock(TextCursor& in, Parts& p) {
  if (!in.digits(2, p.hour)) return false;
  const bool colons = in.skip(":");
  if (!in.digits(2, p.minute)) return false;
  if (colons ? in.skip(":") : in.starts_with_digit()) {
    if (!in.digits(2, p.second)) return false;
  }
  return in.fraction(p.fraction_us);
}

/// Z, UTC, GMT, ±HH, ±HHMM, ±HH:MM, or nothing.
bool read_zone(TextCursor& in, Parts& p) {
  if (in.empty() || in.skip("Zz") || in.skip_word("UTC") || in.skip_word("GMT")) return true;
  const bool west = in.rest()[0] == '-';
  if (!in.skip("+-")) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.digits(2, hours)) return false;
  in.skip(":");
  if (in.starts_with_digit() && !in.digits(2, minutes)) return false;
  if (minutes > 59) return false;
  p.offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

std::optional<Parts> read_iso(std::string_view text) {
  TextCursor in(text);
  Parts p;
  if (!in.digits(4, p.year)) return std::nullopt;
  const bool dashes = in.skip("-");
  if (!in.digits(2, p.month) || in.skip("-") != dashes || !in.digits(2, p.day)) return std::nullopt;
  if (in.empty()) return p;
  if (!in.skip("Tt \t")) return std::nullopt;
  in.skip_all(" \t");
  if (!read_clock(in, p)) return std::nullopt;
  in.skip_all(" \t");
  if (!read_zone(in, p) || !in.empty()) return std::nullopt;
  return p;
}

/// MM/DD/YYYY or DD/MM/YYYY, only where one of them cannot be.
std::optional<Parts> read_slashed(std::string_view text) {
  TextCursor in(text);
  Parts p;
  int first = 0;
  int second = 0;
  if (!in.digits(2, first) || !in.skip("/") || !in.digits(2, second) || !in.skip("/") || !in.digits(4, p.year)) {
    return std::nullopt;
  }
  if ((first > 12) == (second > 12) && first != second) return std::nullopt;
  p.month = first > 12 ? second : first;
  p.day = first > 12 ? first : second;
  in.skip_all(" \t");
  if (!in.empty() && !read_clock(in, p)) return std::nullopt;
  in.skip_all(" \t");
  if (!read_zone(in, p) || !in.empty()) return std::nullopt;
  return p;
}

int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
  if (word.size() < 3) return 0;
  std::string lower;
  for (const char c : word.substr(0, 3))
    lower += static_cast<char>(c | 0x20);
  const auto* found = std::find(names.begin(), names.end(), lower);
  return found == names.end() ? 0 : static_cast<int>(found - names.begin()) + 1;
}

bool is_weekday(std::string_view word) {
  constexpr std::array<std::string_view, 7> names = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return word.starts_with(name); });
}

/// One number of a date in words: a clock, a year or a day.
bool read_number(TextCursor& in, Parts& p) {
  const std::string_view rest = in.rest();
  const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (end < rest.size() && rest[end] == ':') {
    if (end == 1)
      return in.digits(1, p.hour) && in.skip(":") && in.digits(2, p.minute) &&
             (!in.skip(":") || in.digits(2, p.second)) && in.fraction(p.fraction_us);
    return read_clock(in, p);
  }
  if (end == 4) return p.year == 0 && in.digits(4, p.year);
  return end <= 2 && p.day == 0 && in.digits(end, p.day);
}

/// Day, month's name, year, clock and zone in any order, as RFC 2822, Java and locales write them.
std::optional<Parts> read_words(std::string_view text) {
  TextCursor in(text);
  Parts p;
  bool afternoon = false;
  bool morning = false;
  while (in.skip_all(" \t,"), !in.empty()) {
    if (in.starts_with_digit()) {
      if (!read_number(in, p)) return std::nullopt;
      continue;
    }
    if (in.rest()[0] == '+' || in.rest()[0] == '-') {
      if (!read_zone(in, p)) return std::nullopt;
      continue;
    }
    const std::string_view word = in.word();
    if (word.empty()) return std::nullopt;
    if (word == "AM" || word == "PM") {
      (word == "PM" ? afternoon : morning) = true;
    } else if (p.month == 0 && month_of(word) != 0 && !is_weekday(word)) {
      p.month = month_of(word);
    } else if (!is_weekday(word) && word != "UTC" && word != "GMT" && word != "Z") {
      return std::nullopt;  // a zone by name (CET, PST) is not one for sure
    }
  }
  if (p.month == 0 || p.day == 0) return std::nullopt;
  if ((afternoon || morning) && (p.hour < 1 || p.hour > 12)) return std::nullopt;
  if (afternoon && p.hour != 12) p.hour += 12;
  if (morning && p.hour == 12) p.hour = 0;
  return p;
}

/// "1764036000", "1764036000.25", "1764036000123".
std::optional<std::int64_t> read_epoch(std::string_view text) {
  const std::size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
  if (whole == 13 && text.size() == 13) {
    std::int64_t ms = 0;
    for (const char c : text)
      ms = ms * 10 + (c - '0');
    return ms * 1000;
  }
  if (whole != 10) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text.substr(0, whole))
    seconds = seconds * 10 + (c - '0');
  TextCursor in(text.substr(whole));
  std::int64_t fraction_us = 0;
  if (!in.fraction(fraction_us) || !in.empty()) return std::nullopt;
  return seconds * us_per_second + fraction_us;
}

}  // namespace

std::optional<std::int64_t> parse_time_us(std::string_view text) {
  constexpr std::size_t bytes_max = 64;  // no date in any of these forms is longer
  text = text::trim(text);
  if (text.empty() || text.size() > bytes_max) return std::nullopt;
  if (const auto us = read_epoch(text)) {
    const auto first = to_us({year_min, 1, 1});
    const auto last = to_us({year_max, 12, 31});
    if (*us < *first || *us > *last) return std::nullopt;
    return us;
  }
  for (const auto& read : {read_iso, read_slashed, read_words}) {
    if (const auto parts = read(text)) return to_us(*parts);
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_expiry_us(std::string_view text) {
  constexpr std::size_t day_bytes = std::string_view("2027-03-31").size();
  return parse_time_us(text.size() == day_bytes ? std::string(text) + "T23:59:59Z" : std::string(text));
}

}  // namespace perftrend::times
