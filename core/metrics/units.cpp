#include "core/metrics/units.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/metrics/unit_tables.h"
#include "core/metrics/unit_words.h"
#include "core/text/characters.h"
#include "core/text/trim.h"

namespace perftrend::metrics {

namespace {

using text::is_any_letter;

/// Letters, perhaps several words of them.
bool is_words(std::string_view text) {
  return !text.empty() && is_any_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_any_letter(c) || c == '_' || c == ' ' || c == '-';
  });
}

/// A text cut at its signs and words of division: "tok/s/gpu", "MB per s", "tokens/(s*gpu)", "ops s^-1".
struct Quotient {
  static constexpr std::size_t divisors_max = 4;
  std::string_view above;
  std::array<std::string_view, divisors_max> divisors;
  std::size_t count = 0;
  bool is_too_long = false;

  void divide_by(std::string_view divisor) {
    is_too_long = is_too_long || count == divisors_max;
    if (!is_too_long) divisors[count++] = text::trim(divisor, " ()");
  }
};

struct Division {
  std::size_t at = std::string_view::npos;
  std::size_t bytes = 0;
};

/// The first division in a text.
Division find_division(std::string_view text) {
  Division first;
  const auto look_for = [&](std::string_view sign) {
    const std::size_t at = text.find(sign);
    if (at < first.at) first = {at, sign.size()};
  };
  look_for("/");
  for (const std::string_view per : {" per ", "_per_", "-per-", " Per ", " PER "})
    look_for(per);
  for (const std::string_view per : {"per_", "per "}) {
    if (text.starts_with(per)) return {0, per.size()};
  }
  return first;
}

/// "ops s^-1" and "ops.s-1".
std::string_view inverse_time_of(std::string_view text) {
  for (const std::string_view power : {"^-1", "**-1", "-1"}) {
    if (!text.ends_with(power)) continue;
    text.remove_suffix(power.size());
    const std::size_t separator = text.find_last_of(" .*\xB7");  // the last byte of a middle dot
    const std::string_view time = separator == std::string_view::npos ? text : text.substr(separator + 1);
    return find_time(time) ? time : std::string_view();
  }
  return {};
}

Quotient divide(std::string_view text) {
  Quotient quotient;
  Division division = find_division(text);
  if (division.at == std::string_view::npos) {
    if (const std::string_view time = inverse_time_of(text); !time.empty()) {
      const auto before = static_cast<std::size_t>(time.data() - text.data());
      quotient.above = text::trim(text.substr(0, before), " .*\xC2\xB7");
      quotient.divide_by(time);
    }
    return quotient;
  }
  quotient.above = text::trim(text.substr(0, division.at));
  text.remove_prefix(division.at + division.bytes);
  while (true) {
    division = find_division(text);
    std::string_view divisor = text.substr(0, division.at);
    for (std::size_t star = divisor.find('*'); star != std::string_view::npos; star = divisor.find('*')) {
      quotient.divide_by(divisor.substr(0, star));
      divisor.remove_prefix(star + 1);
    }
    quotient.divide_by(divisor);
    if (division.at == std::string_view::npos) return quotient;
    text.remove_prefix(division.at + division.bytes);
  }
}

std::optional<Unit> known_quotient(std::string_view text, const Quotient& quotient) {
  if (quotient.is_too_long) return std::nullopt;
  std::string_view above = quotient.above;
  std::optional<Unit> time;
  for (std::size_t i = 0; i < quotient.count; ++i) {
    const auto found = find_time(quotient.divisors[i]);
    if (found && !time) {
      time = found;
    } else if (!is_words(quotient.divisors[i])) {
      return std::nullopt;
    }
  }
  if (time) {
    if (above == "1") above = {};
    return above.empty() || is_words(above) ? per_time(above, *time) : std::nullopt;
  }
  if (const auto unit = find_time(above)) return unit;
  if (const auto size = find_size(above)) return size;
  const std::string_view below = quotient.divisors[0];
  const auto is_plain = [](std::string_view word) { return is_noun(word) || is_one_of(word, unit_tables::plain); };
  const auto rate = find_rate(above);
  if (rate && is_noun(below)) return rate;  // "tps/gpu"
  if ((rate || is_plain(above)) && (is_plain(below) || find_size(below))) return Unit{text, UnitFamily::other, 1};
  return std::nullopt;
}

/// "7 allocs", "12 kops", "3 M rows".
std::optional<Unit> known_count(std::string_view text) {
  const Counted counted = read_counted(text);
  if (!counted.is_noun || counted.is_doubtful) return std::nullopt;
  constexpr std::size_t prefixed_bytes_min = 3;  // "kops", but not "kt"
  if (counted.factor != 1 && counted.word.size() < prefixed_bytes_min) return std::nullopt;
  if (counted.word.find(' ') != std::string_view::npos) return std::nullopt;
  return Unit{counted.word, UnitFamily::other, counted.factor};
}

}  // namespace

bool is_rate(UnitFamily family) {
  return family == UnitFamily::rate || family == UnitFamily::size_rate || family == UnitFamily::flop_rate;
}

std::optional<Unit> known_unit(std::string_view text) {
  if (text.size() > 1 && text.ends_with('.')) text.remove_suffix(1);  // "sec."
  if (text.empty() || text.size() > unit_bytes_max) return std::nullopt;
  if (const auto time = find_time(text)) return time;
  if (const auto size = find_size(text)) return size;
  if (text == "%" || text == "pct") return unit_tables::percent;
  if (const Lower lower(text); lower.view() == "percent" || lower.view() == "percentage") return unit_tables::percent;
  if (const auto rate = find_rate(text)) return rate;
  if (const Quotient quotient = divide(text); quotient.count > 0) return known_quotient(text, quotient);
  if (is_one_of(text, unit_tables::plain)) return Unit{text, UnitFamily::other, 1};
  return known_count(text);
}

bool looks_like_unit(std::string_view text) {
  constexpr std::size_t unknown_bytes_max = 24;
  if (text.empty() || text.size() > unknown_bytes_max || text.front() == '/' || text.back() == '/') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80 || c == '_' ||
           c == '/' || c == '%';
  });
}

namespace {

/// A word of letters, as text is written: "widget", "Widgets", "ERRORS", but not "dBm".
bool is_plain_word(std::string_view word) {
  constexpr std::size_t bytes_min = 3;
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (is_noun(word)) return true;
  if (word.size() < bytes_min || is_one_of(word, unit_tables::plain)) return false;
  const bool is_small = std::all_of(word.begin() + 1, word.end(), is_lower) && (is_lower(word[0]) || is_upper(word[0]));
  return is_small || (word.size() > bytes_min && std::all_of(word.begin(), word.end(), is_upper));
}

bool ends_in_any(std::string_view word, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return word.ends_with(end); });
}

std::string plural(std::string_view word) {
  std::string lower(Lower(word).view());
  if (lower.size() < 2 || (lower.ends_with('s') && !lower.ends_with("ss"))) return lower;
  if (lower.ends_with('y') && std::string_view("aeiou").find(lower[lower.size() - 2]) == std::string_view::npos)
    return lower.substr(0, lower.size() - 1) + "ies";
  return lower + (ends_in_any(lower, {"ch", "sh", "ss", "x", "z"}) ? "es" : "s");
}

std::string singular(std::string_view word) {
  std::string lower(Lower(word).view());
  if (lower.size() < 3 || !lower.ends_with('s') || ends_in_any(lower, {"ss", "us", "is"})) return lower;
  if (lower.ends_with("ies") && lower.size() > 4) return lower.substr(0, lower.size() - 3) + "y";
  if (ends_in_any(lower, {"ches", "shes", "xes", "sses"})) return lower.substr(0, lower.size() - 2);
  return lower.substr(0, lower.size() - 1);
}

}  // namespace

std::string canonical_unit(std::string_view name) {
  if (name.size() > unit_bytes_max) return std::string(name);
  const Quotient quotient = divide(name);
  if (quotient.count == 0) return is_plain_word(name) ? plural(name) : std::string(name);
  if (quotient.is_too_long) return std::string(name);
  std::string canonical = is_plain_word(quotient.above) ? plural(quotient.above) : std::string(quotient.above);
  for (std::size_t i = 0; i < quotient.count; ++i) {
    const std::string_view divisor = quotient.divisors[i];
    canonical += '/';
    canonical += is_plain_word(divisor) ? singular(divisor) : std::string(divisor);
  }
  return canonical;
}

Unit family_unit(const Unit& unit) {
  switch (unit.family) {
    case UnitFamily::time:
      return {"ms", unit.family, 1};
    case UnitFamily::size:
      return {"bytes", unit.family, 1};
    case UnitFamily::rate:
      return {"per_s", unit.family, 1};
    case UnitFamily::size_rate:
      return {"bytes_per_s", unit.family, 1};
    case UnitFamily::flop_rate:
      return {"gflops", unit.family, 1};
    case UnitFamily::percent:
      return unit_tables::percent;
    case UnitFamily::other:
      break;
  }
  return {unit.name, unit.family, 1};
}

std::string_view family_suffix(UnitFamily family) {
  switch (family) {
    case UnitFamily::time:
      return "_ms";
    case UnitFamily::size:
      return "_bytes";
    case UnitFamily::rate:
      return "_per_s";
    case UnitFamily::size_rate:
      return "_bytes_per_s";
    case UnitFamily::flop_rate:
      return "_gflops";
    case UnitFamily::percent:
      return "_percent";
    case UnitFamily::other:
      break;
  }
  return "";
}

}  // namespace perftrend::metrics
