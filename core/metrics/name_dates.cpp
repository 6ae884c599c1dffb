#include "core/metrics/name_dates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace perftrend::metrics {

namespace {

bool is_day(int year, int month, int day) {
  return year >= 1990 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/// Nightly builds are a few days old, weekly and monthly ones up to two months; a clock may be ahead.
constexpr int days_before_max = 60;
constexpr int days_after_max = 2;
constexpr std::int64_t us_per_day = std::int64_t{86400} * 1'000'000;

bool is_near(std::int64_t day_since_1970, const RunTime& run) {
  const std::int64_t days = day_since_1970 - *run / us_per_day;
  return days >= -days_before_max && days <= days_after_max;
}

/// True for a day that belongs to the run. Without the time of the run only `unmistakable` notations do.
bool is_of_run(int year, int month, int day, const RunTime& run, bool unmistakable) {
  if (!is_day(year, month, day)) return false;
  if (!run) return unmistakable;
  using namespace std::chrono;
  const sys_days date = std::chrono::year{year} / month / day;
  return is_near(date.time_since_epoch().count(), run);
}

/// Length of "02:00:00", "02:00", "020000", "02-00-00" with fraction and zone at `at`; 0 without a time of day.
std::size_t time_of_day_bytes(std::string_view name, std::size_t at) {
  const int hour = number_at(name, at, 2);
  if (hour < 0 || hour > 23) return 0;
  std::size_t end = at + 2;
  const char mark = end < name.size() ? name[end] : ' ';
  const bool is_marked = mark == ':' || mark == '-' || mark == '_' || mark == '.';
  if (is_marked) ++end;
  const int minute = number_at(name, end, 2);
  if (minute < 0 || minute > 59) return 0;
  end += 2;
  const std::size_t second_at = is_marked ? end + 1 : end;
  const bool has_second = (!is_marked || (end < name.size() && name[end] == mark)) &&
                          number_at(name, second_at, 2) >= 0 && number_at(name, second_at, 2) <= 60;
  if (has_second) end = second_at + 2;
  if (!has_second && mark != ':') return 0;
  if (has_second && end < name.size() && (name[end] == '.' || name[end] == ',')) {
    const std::size_t fraction = run_of(name, end + 1, is_digit);
    if (fraction > 0) end += 1 + fraction;
  }
  if (end < name.size() && name[end] == 'Z') return end + 1 - at;
  if (end + 3 <= name.size() && (name[end] == '+' || name[end] == '-') && number_at(name, end + 1, 2) >= 0) {
    const std::size_t zone = name.substr(end + 3).starts_with(':') ? 6 : 5;
    if (number_at(name, end + zone - 2, 2) >= 0) end += zone;
  }
  return is_border(name, end) ? end - at : 0;
}

/// A date that ends at `end`, perhaps with a time of day after it.
ChangingPart with_time_of_day(std::string_view name, std::size_t at, std::size_t end, const RunTime& run) {
  if (end < name.size() && (name[end] == 'T' || name[end] == ' ' || name[end] == '_' || name[end] == '-')) {
    const std::size_t time = time_of_day_bytes(name, end + 1);
    if (time > 0) return {0, end + 1 + time - at, "<time>", run.has_value()};
  }
  return is_border(name, end) ? ChangingPart{0, end - at, "<date>", run.has_value()} : ChangingPart{};
}

/// "2026-W49", "2026-w49": the week of the run.
ChangingPart find_week(std::string_view name, std::size_t at, const RunTime& run) {
  if (!run || at + 8 > name.size() || name[at + 4] != '-' || (name[at + 5] | 0x20) != 'w') return {};
  const int week = number_at(name, at + 6, 2);
  if (week < 1 || week > 53 || !is_border(name, at + 8)) return {};
  constexpr int days_per_week = 7;
  using namespace std::chrono;
  const sys_days new_year = std::chrono::year{number_at(name, at, 4)} / 1 / 1;
  return is_near(new_year.time_since_epoch().count() + std::int64_t{week - 1} * days_per_week, run)
             ? ChangingPart{0, 8, "<date>", true}
             : ChangingPart{};
}

/// "2026-11-30", "2026/11/30", "2026.11.30", "30.11.2026", "11/30/2026".
ChangingPart find_marked_date(std::string_view name, std::size_t at, std::size_t digits, const RunTime& run) {
  if (at + 10 > name.size()) return {};
  const std::size_t end = at + 10;
  if (end < name.size() && is_digit(name[end])) return {};
  if (digits == 4) {
    const char mark = name[at + 4];
    if ((mark != '-' && mark != '/' && mark != '_' && mark != '.') || name[at + 7] != mark) return {};
    const bool is_date =
        is_of_run(number_at(name, at, 4), number_at(name, at + 5, 2), number_at(name, at + 8, 2), run, mark != '.');
    return is_date ? with_time_of_day(name, at, end, run) : ChangingPart{};
  }
  const char mark = name[at + 2];
  if ((mark != '.' && mark != '/' && mark != '-') || name[at + 5] != mark) return {};
  const int first = number_at(name, at, 2);
  const int second = number_at(name, at + 3, 2);
  const int year = number_at(name, at + 6, 4);
  const bool is_date = is_of_run(year, second, first, run, false) || is_of_run(year, first, second, run, false);
  return is_date ? with_time_of_day(name, at, end, run) : ChangingPart{};
}

/// "20261130", "20261130T020000", "20261130020000".
ChangingPart find_plain_date(std::string_view name, std::size_t at, std::size_t digits, const RunTime& run) {
  if (!is_of_run(number_at(name, at, 4), number_at(name, at + 4, 2), number_at(name, at + 6, 2), run, true)) return {};
  if (digits == 14) return {0, digits, "<time>", run.has_value()};
  return with_time_of_day(name, at, at + 8, run);
}

/// 1 to 12 of "Nov" and "November"; 0 for another word.
int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> months = {"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < months.size(); ++i) {
    const bool has_length = word.size() == 3 || word.size() == months[i].size();
    const auto same = [](char a, char b) { return (a | 0x20) == b; };
    if (has_length && std::equal(word.begin(), word.end(), months[i].begin(), same)) return static_cast<int>(i) + 1;
  }
  return 0;
}

bool is_weekday(std::string_view word) {
  constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return std::find(days.begin(), days.end(), word) != days.end();
}

/// Moves `at` over the marks between the parts of a date.
void skip_marks(std::string_view name, std::size_t& at) {
  for (int marks = 0; marks < 2 && at < name.size() && (name[at] == ' ' || name[at] == ',' || name[at] == '-'); ++marks)
    ++at;
}

/// A number of one or two digits at `at`, which moves after it; -1 for something else.
int take_day(std::string_view name, std::size_t& at) {
  const std::size_t digits = run_of(name, at, is_digit);
  if (digits == 0 || digits > 2) return -1;
  const int day = number_at(name, at, digits);
  at += digits;
  return day;
}

/// "Mon Nov 30 02:00:01 UTC 2026", "Nov 30, 2026", "30 Nov 2026", "30-Nov-2026 02:00".
ChangingPart find_named_month(std::string_view name, std::size_t begin, const RunTime& run) {
  if (!run) return {};
  std::size_t at = begin;
  const auto word_at = [&] { return name.substr(at, run_of(name, at, is_letter)); };
  if (is_weekday(word_at())) {
    at += 3;
    skip_marks(name, at);
  }
  int month = 0;
  int day = take_day(name, at);
  const bool day_first = day > 0;
  if (day_first) skip_marks(name, at);
  month = month_of(word_at());
  if (month == 0) return {};
  at += word_at().size();
  skip_marks(name, at);
  if (!day_first) {
    day = take_day(name, at);
    skip_marks(name, at);
  }
  const std::size_t time_of_day = time_of_day_bytes(name, at);
  if (time_of_day > 0) {
    at += time_of_day;
    skip_marks(name, at);
    if (const std::string_view zone = word_at(); zone.size() == 3 || zone.size() == 4) {  // "UTC", "CEST"
      at += zone.size();
      skip_marks(name, at);
    }
  }
  const int year = number_at(name, at, 4);
  if (!is_of_run(year, month, day, run, false) || !is_border(name, at + 4)) return {};
  at += 4;
  if (time_of_day > 0) return {0, at - begin, "<time>", run.has_value()};
  ChangingPart found = with_time_of_day(name, begin, at, run);
  return found;
}

/// "02:00:00.123".
ChangingPart find_time_of_day(std::string_view name, std::size_t at, const RunTime& run) {
  if (at + 8 > name.size() || name[at + 2] != ':' || name[at + 5] != ':') return {};
  const std::size_t bytes = time_of_day_bytes(name, at);
  return bytes >= 8 ? ChangingPart{0, bytes, "<time>", run.has_value()} : ChangingPart{};
}

/// Seconds, milli-, micro- or nanoseconds since 1970, near the time of the run or of the years 2017 to 2033; and
/// identities of Python's objects. Round numbers are parameters.
ChangingPart find_epoch(std::string_view name, std::size_t at, std::size_t digits, const RunTime& run) {
  if (!is_border(name, at + digits)) return {};
  // Python's time.time(): "1795399201.988064".
  const std::size_t decimals =
      digits == 10 && name.substr(at + digits).starts_with('.') ? run_of(name, at + digits + 1, is_digit) : 0;
  const std::size_t bytes = decimals == 0 ? digits : digits + 1 + decimals;
  const std::string_view number = name.substr(at, digits);
  if (digits == 15 && (number.starts_with("139") || number.starts_with("140"))) return {0, digits, "<address>", true};
  if (number.ends_with("0000") || (digits != 10 && digits != 13 && digits != 16 && digits != 19)) return {};
  if (!run) return number >= "15" && number < "20" ? ChangingPart{0, bytes, "<time>", false} : ChangingPart{};
  std::int64_t seconds = 0;
  std::from_chars(number.data(), number.data() + 10, seconds);
  return is_near(seconds / 86400, run) ? ChangingPart{0, bytes, "<time>", true} : ChangingPart{};
}

}  // namespace

ChangingPart find_date_or_time(std::string_view name, std::size_t at, const RunTime& run) {
  if (!is_digit(name[at])) return find_named_month(name, at, run);
  const std::size_t digits = run_of(name, at, is_digit);
  if (digits == 4) {
    const ChangingPart week = find_week(name, at, run);
    return week.bytes > 0 ? week : find_marked_date(name, at, digits, run);
  }
  if (digits == 8 || digits == 14) return find_plain_date(name, at, digits, run);
  if (digits >= 10) return find_epoch(name, at, digits, run);
  if (digits > 2) return {};
  if (digits == 2) {
    if (const ChangingPart time = find_time_of_day(name, at, run); time.bytes > 0) return time;
    if (const ChangingPart date = find_marked_date(name, at, digits, run); date.bytes > 0) return date;
  }
  return find_named_month(name, at, run);
}

}  // namespace perftrend::metrics
