#include "core/metrics/name_patterns.h"

#include <algorithm>
#include <array>

namespace perftrend::metrics {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_alnum(char c) {
  return is_digit(c) || is_letter(c);
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

template <typename Is>
std::size_t run_of(std::string_view text, std::size_t at, Is is) {
  std::size_t end = at;
  while (end < text.size() && is(text[end]))
    ++end;
  return end - at;
}

bool is_border(std::string_view text, std::size_t at) {
  return at >= text.size() || !is_alnum(text[at]);
}

/// Number of `count` digits, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// "0x7f3a2b1c10": 9 to 12 significant digits, as addresses of programs have. Constants such as 0x1F, 0xFFFFFFFF and
/// 0x100000000 stay.
ChangingPart find_address(std::string_view name, std::size_t at) {
  if (name.substr(at, 2) != "0x" && name.substr(at, 2) != "0X") return {};
  const std::size_t digits = run_of(name, at + 2, is_hex);
  if (digits == 0 || digits > 16 || !is_border(name, at + 2 + digits)) return {};
  std::string_view number = name.substr(at + 2, digits);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  std::array<bool, 256> seen{};
  for (const char c : number)
    seen[static_cast<unsigned char>(c)] = true;
  const auto different = std::count(seen.begin(), seen.end(), true);
  const std::string_view before = name.substr(0, at);
  const bool is_object = before.ends_with(" at ") || before.ends_with("@") || before.ends_with("object ");
  const bool is_long = number.size() >= 9 && number.size() <= 12 && different > 2;
  const bool is_of_program = number.size() == 8 &&
                             (number.starts_with("7f") || number.starts_with("55") || number.starts_with("56")) &&
                             different > 2;
  if (!is_long && !is_of_program && !(is_object && number.size() >= 5)) return {};
  return {0, 2 + digits, "<address>", true};
}

/// Java's "Foo@1b2c3d4e".
ChangingPart find_identity(std::string_view name, std::size_t at) {
  if (name[at] != '@' || at == 0 || (!is_alnum(name[at - 1]) && name[at - 1] != ';')) return {};
  const std::size_t digits = run_of(name, at + 1, is_hex);
  const std::string_view number = name.substr(at + 1, digits);
  const bool is_plausible = digits >= 6 && digits <= 8 && std::any_of(number.begin(), number.end(), is_digit);
  const std::size_t end = at + 1 + digits;
  if (!is_plausible || !is_border(name, end) || (end < name.size() && name[end] == '.')) return {};
  return {1, digits, "<address>", true};
}

/// Java's "$$Lambda$14/0x0000000800c03000" and "$$Lambda$14/1234567".
ChangingPart find_lambda(std::string_view name, std::size_t at) {
  constexpr std::string_view mark = "$Lambda$";
  if (!name.substr(at).starts_with(mark)) return {};
  std::size_t end = at + mark.size() + run_of(name, at + mark.size(), is_digit);
  if (end < name.size() && name[end] == '/') end += 1 + run_of(name, end + 1, is_alnum);
  return {mark.size(), end - at - mark.size(), "<address>", true};
}

ChangingPart find_uuid(std::string_view name, std::size_t at) {
  constexpr std::array<std::size_t, 5> groups = {8, 4, 4, 4, 12};
  std::size_t end = at;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i > 0) {
      if (end >= name.size() || (name[end] != '-' && name[end] != '_')) return {};
      ++end;
    }
    if (run_of(name.substr(0, std::min(name.size(), end + groups[i])), end, is_hex) != groups[i]) return {};
    end += groups[i];
  }
  return is_border(name, end) ? ChangingPart{0, end - at, "<uuid>", true} : ChangingPart{};
}

/// "tmpab12cd_x", as Python names temporary files.
bool is_python_temporary(std::string_view word) {
  constexpr std::size_t random_bytes = 8;
  return word.size() == 3 + random_bytes && word.starts_with("tmp") &&
         std::all_of(word.begin() + 3, word.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

/// Part of a path below a temporary folder that is different each time.
bool is_random(std::string_view part) {
  if (part.starts_with("pytest-of-") || is_python_temporary(part)) return true;
  const std::size_t last = part.find_last_of("-._");
  const std::string_view end = last == std::string_view::npos ? part : part.substr(last + 1);
  const std::string_view begin = last == std::string_view::npos ? std::string_view() : part.substr(0, last);
  if (end.empty() || !std::all_of(end.begin(), end.end(), is_alnum)) return false;
  if (std::all_of(end.begin(), end.end(), is_digit)) return end.size() >= 5 || begin == "pytest" || begin.empty();
  if (begin == "tmp" && end.size() >= 6) return true;
  const std::size_t letters = run_of(end, 0, is_letter);
  const std::size_t digits = run_of(end, letters, is_digit);
  if (letters + digits == end.size() && digits >= 6) return true;  // "go-build1234567"
  // "xK3f9Q" changes between small letters, capitals and numerals more often than "conv2d" and "Model7B" do.
  constexpr int changes_min = 4;
  const auto kind = [](char c) { return is_digit(c) ? 0 : is_lower(c) ? 1 : 2; };
  int changes = 0;
  for (std::size_t i = 1; i < end.size(); ++i)
    changes += kind(end[i]) != kind(end[i - 1]) ? 1 : 0;
  return end.size() >= 6 && changes >= changes_min;
}

bool ends_part(char c) {
  constexpr std::string_view ends = "/\\ \"'<>|:,;()[]{}";
  return ends.find(c) != std::string_view::npos;
}

/// "/tmp/pytest-of-ci/pytest-12/bench": the folder stays, random parts below it are replaced by one "<temp>".
ChangingPart find_temporary(std::string_view name, std::size_t at) {
  constexpr auto folders =
      std::to_array<std::string_view>({"/tmp/", "/var/tmp/", "/var/folders/", "/dev/shm/", "/run/user/", "\\Temp\\",
                                       "/Temp/", "\\tmp\\", "pytest-of-"});
  const std::string_view rest = name.substr(at);
  const auto* const folder =
      std::find_if(folders.begin(), folders.end(), [&](std::string_view one) { return rest.starts_with(one); });
  if (folder == folders.end()) return {};
  const std::size_t begin = *folder == "pytest-of-" ? 0 : folder->size();
  int always = *folder == "/var/folders/" ? 3 : 0;  // "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/"
  std::size_t end = begin;
  while (end < rest.size()) {
    const std::size_t bytes = run_of(rest, end, [](char c) { return !ends_part(c); });
    if (bytes == 0 || (always-- <= 0 && !is_random(rest.substr(end, bytes)))) break;
    end += bytes;
    if (end >= rest.size() || (rest[end] != '/' && rest[end] != '\\')) return {begin, end - begin, "<temp>", true};
    ++end;
  }
  if (end <= begin + 1) return {};
  return {begin, end - 1 - begin, "<temp>", true};  // the last separator stays
}

ChangingPart find_temporary_word(std::string_view name, std::size_t at) {
  const std::size_t bytes = run_of(name, at, [](char c) { return is_alnum(c) || c == '_'; });
  const std::string_view word = name.substr(at, bytes);
  if (!is_python_temporary(word) || std::none_of(word.begin(), word.end(), is_digit)) return {};
  return {0, bytes, "<temp>", true};
}

/// "foo.py:123": the number of a line after the name of a source file.
ChangingPart find_line(std::string_view name, std::size_t at) {
  if (name[at] != ':' || at == 0) return {};
  constexpr auto sources = std::to_array<std::string_view>(
      {"py", "js",  "ts",    "jsx", "tsx",  "mjs", "cjs",  "c",       "cc",    "cpp", "cxx", "h",
       "hh", "hpp", "go",    "rs",  "java", "kt",  "kts",  "scala",   "rb",    "php", "cs",  "fs",
       "m",  "mm",  "swift", "lua", "pl",   "sh",  "bats", "ex",      "exs",   "erl", "clj", "hs",
       "ml", "zig", "nim",   "jl",  "r",    "R",   "dart", "feature", "robot", "vue", "cu"});
  constexpr std::size_t suffix_bytes_max = 8;
  const std::size_t from = at > suffix_bytes_max ? at - suffix_bytes_max : 0;
  const std::size_t dot_after = name.substr(from, at - from).find_last_of('.');
  const std::size_t dot = dot_after == std::string_view::npos ? dot_after : from + dot_after;
  if (dot == std::string_view::npos || dot == 0 || !(is_alnum(name[dot - 1]) || name[dot - 1] == '_')) return {};
  if (std::find(sources.begin(), sources.end(), name.substr(dot + 1, at - dot - 1)) == sources.end()) return {};
  std::size_t end = at;
  for (int numbers = 0; numbers < 2 && end < name.size() && name[end] == ':'; ++numbers) {  // line, then column
    const std::size_t digits = run_of(name, end + 1, is_digit);
    if (digits == 0 || digits > 7 || !is_border(name, end + 1 + digits)) break;
    end += 1 + digits;
  }
  return end == at ? ChangingPart{} : ChangingPart{1, end - at - 1, "<line>", true};
}

constexpr int first_ephemeral_port = 32768;

bool is_ephemeral_port(std::string_view name, std::size_t at, std::size_t digits) {
  return digits == 5 && is_border(name, at + digits) && number_at(name, at, digits) >= first_ephemeral_port &&
         number_at(name, at, digits) <= 65535;
}

/// "pid=4711", "pid 4711", "port 54321".
ChangingPart find_named_number(std::string_view name, std::size_t at) {
  struct Word {
    std::string_view word;
    std::string_view replacement;
  };
  constexpr std::array<Word, 4> words = {{{"pid", "<pid>"}, {"ppid", "<pid>"}, {"tid", "<pid>"}, {"port", "<port>"}}};
  const std::size_t bytes = run_of(name, at, is_letter);
  const auto equals = [&](const Word& one) {
    return bytes == one.word.size() &&
           std::equal(one.word.begin(), one.word.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, char b) { return a == (b | 0x20); });
  };
  const auto* const found = std::find_if(words.begin(), words.end(), equals);
  if (found == words.end()) return {};
  std::size_t begin = at + bytes;
  begin += run_of(name.substr(0, std::min(name.size(), begin + 2)), begin,
                  [](char c) { return c == '=' || c == ':' || c == ' ' || c == '#' || c == '-' || c == '_'; });
  const std::size_t digits = run_of(name, begin, is_digit);
  if (begin == at + bytes || digits < 2 || digits > 10 || !is_border(name, begin + digits)) return {};
  if (found->word == "port" && !is_ephemeral_port(name, begin, digits)) return {};
  return {begin - at, digits, found->replacement, true};
}

/// "localhost:54321", "127.0.0.1:54321": a port that the system chose.
ChangingPart find_host_port(std::string_view name, std::size_t at) {
  if (name[at] != ':' || at == 0 || (!is_alnum(name[at - 1]) && name[at - 1] != ']')) return {};
  const std::size_t digits = run_of(name, at + 1, is_digit);
  return is_ephemeral_port(name, at + 1, digits) ? ChangingPart{1, digits, "<port>", true} : ChangingPart{};
}

bool is_day(int year, int month, int day) {
  return year >= 1990 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
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

/// A date at `at`, perhaps with a time of day: "2026-11-30", "20261130T020000", "2026-11-30 02:00:00".
ChangingPart find_date(std::string_view name, std::size_t at) {
  const std::size_t digits = run_of(name, at, is_digit);
  std::size_t end = 0;
  if (digits == 4 && at + 10 <= name.size()) {
    const char mark = name[at + 4];
    if ((mark != '-' && mark != '/' && mark != '_') || name[at + 7] != mark) return {};
    if (!is_day(number_at(name, at, 4), number_at(name, at + 5, 2), number_at(name, at + 8, 2))) return {};
    end = at + 10;
    if (end < name.size() && is_digit(name[end])) return {};
  } else if (digits == 8 || digits == 14) {
    if (!is_day(number_at(name, at, 4), number_at(name, at + 4, 2), number_at(name, at + 6, 2))) return {};
    if (digits == 14) return {0, digits, "<time>", false};
    end = at + 8;
  } else {
    return {};
  }
  if (end < name.size() && (name[end] == 'T' || name[end] == ' ' || name[end] == '_' || name[end] == '-')) {
    const std::size_t time = time_of_day_bytes(name, end + 1);
    if (time > 0) return {0, end + 1 + time - at, "<time>", false};
  }
  return is_border(name, end) ? ChangingPart{0, end - at, "<date>", false} : ChangingPart{};
}

/// "02:00:00.123".
ChangingPart find_time_of_day(std::string_view name, std::size_t at) {
  if (run_of(name, at, is_digit) != 2 || at + 8 > name.size() || name[at + 2] != ':' || name[at + 5] != ':') return {};
  const std::size_t bytes = time_of_day_bytes(name, at);
  return bytes >= 8 ? ChangingPart{0, bytes, "<time>", false} : ChangingPart{};
}

/// Seconds, milli-, micro- or nanoseconds since 1970, of the years 2017 to 2033; and identities of Python's objects.
/// Round numbers are parameters.
ChangingPart find_epoch(std::string_view name, std::size_t at) {
  const std::size_t digits = run_of(name, at, is_digit);
  if (!is_border(name, at + digits)) return {};
  const std::string_view number = name.substr(at, digits);
  if (number.ends_with("0000")) return {};
  if (digits == 15 && (number.starts_with("139") || number.starts_with("140"))) return {0, digits, "<address>", true};
  if (digits != 10 && digits != 13 && digits != 16 && digits != 19) return {};
  return number >= "15" && number < "20" ? ChangingPart{0, digits, "<time>", false} : ChangingPart{};
}

/// "7d4b9c6f5-x2k9p" at the end of the name of a Kubernetes pod.
ChangingPart find_pod(std::string_view name, std::size_t at) {
  const auto is_safe = [](char c) {
    constexpr std::string_view safe = "bcdfghjklmnpqrstvwxz2456789";
    return safe.find(c) != std::string_view::npos;
  };
  const std::size_t first = run_of(name, at, is_safe);
  if (first < 8 || first > 10 || at + first >= name.size() || name[at + first] != '-') return {};
  const std::size_t second = run_of(name, at + first + 1, is_safe);
  const std::string_view set = name.substr(at, first);
  const bool is_mixed = std::any_of(set.begin(), set.end(), is_digit) && std::any_of(set.begin(), set.end(), is_lower);
  return second == 5 && is_mixed && is_border(name, at + first + 6) ? ChangingPart{0, first + 6, "<pod>", true}
                                                                    : ChangingPart{};
}

/// Hashes: at least 8 hexadecimal digits with letters and numerals; and "-g1a2b3c4" of git describe.
ChangingPart find_hash(std::string_view name, std::size_t at) {
  constexpr std::size_t hash_bytes_min = 8;
  const std::size_t begin = at + (name[at] == 'g' && at > 0 && name[at - 1] == '-' ? 1 : 0);
  const std::size_t digits = run_of(name, begin, is_hex);
  if (!is_border(name, begin + digits)) return {};
  const std::string_view number = name.substr(begin, digits);
  const auto numerals = std::count_if(number.begin(), number.end(), is_digit);
  const auto letters = static_cast<std::ptrdiff_t>(digits) - numerals;
  std::array<bool, 256> seen{};
  for (const char c : number)
    seen[static_cast<unsigned char>(c)] = true;
  constexpr std::ptrdiff_t different_min = 5;  // "00ff00ff" is a mask
  const bool is_varied = std::count(seen.begin(), seen.end(), true) >= different_min;
  if (begin > at) return digits >= 7 && numerals > 0 ? ChangingPart{1, digits, "<hash>", false} : ChangingPart{};
  return is_varied && digits >= hash_bytes_min && numerals >= 3 && letters >= 3
             ? ChangingPart{0, digits, "<hash>", false}
             : ChangingPart{};
}

}  // namespace

ChangingPart find_changing_part(std::string_view name, std::size_t at) {
  using Find = ChangingPart (*)(std::string_view, std::size_t);
  static constexpr std::array<Find, 10> at_word = {find_address,   find_uuid,         find_pod,  find_temporary_word,
                                                   find_temporary, find_named_number, find_date, find_time_of_day,
                                                   find_epoch,     find_hash};
  static constexpr std::array<Find, 5> at_separator = {find_temporary, find_identity, find_lambda, find_line,
                                                       find_host_port};
  const auto search = [&](const auto& finders) {
    for (const Find find : finders) {
      if (const ChangingPart part = find(name, at); part.bytes > 0) return part;
    }
    return ChangingPart{};
  };
  if (!is_alnum(name[at])) return search(at_separator);
  const bool begins_word = at == 0 || !is_alnum(name[at - 1]);
  return begins_word ? search(at_word) : ChangingPart{};
}

}  // namespace perftrend::metrics
