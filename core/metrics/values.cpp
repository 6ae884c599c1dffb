#include "core/metrics/values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_not_finite(std::string_view token) {
  if (!token.empty() && (token[0] == '+' || token[0] == '-')) token.remove_prefix(1);
  constexpr std::array<std::string_view, 3> names = {"nan", "inf", "infinity"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return token.size() == name.size() &&
           std::equal(token.begin(), token.end(), name.begin(), [](char a, char b) { return (a | 0x20) == b; });
  });
}

/// Cuts tokens off a text; see parse_values for what separates them.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text::trim(text)) {
    if (text_.size() >= 2 &&
        ((text_.front() == '[' && text_.back() == ']') || (text_.front() == '(' && text_.back() == ')'))) {
      text_ = text_.substr(1, text_.size() - 2);
      bracketed_ = true;
    }
  }

  /// The next token, or nothing at the end. A comma that separates nothing for sure stays in its token.
  std::string_view next() {
    while (at_ < text_.size() && (is_blank(text_[at_]) || is_separator(at_)))
      ++at_;
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_blank(text_[at_]) && !is_separator(at_))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  bool is_separator(std::size_t at) const {
    if (text_[at] == ';') return true;
    return text_[at] == ',' && (bracketed_ || at + 1 == text_.size() || is_blank(text_[at + 1]));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool bracketed_ = false;
};

/// "1,5" and "1,234": digits, one or more commas, digits and perhaps a point.
bool has_inner_comma(std::string_view token) {
  return token.find(',') != std::string_view::npos &&
         token.find_first_not_of("+-0123456789.,") == std::string_view::npos;
}

ValueKind read_token(std::string_view token, ParsedValues& list) {
  const text::DecimalPrefix number = text::parse_decimal_prefix(token);
  const std::string_view unit_text = token.substr(number.bytes);
  if (number.bytes == 0) {
    if (is_not_finite(token)) return ValueKind::not_finite;
    const auto unit = known_unit(token);
    if (!unit || list.numbers.empty() || list.units.size() == list.numbers.size()) return ValueKind::text;
    list.units.resize(list.numbers.size());
    list.units.back() = unit;
    list.is_bare_b = unit_text == "B";
    return ValueKind::numbers;
  }
  if (!unit_text.empty()) {
    if (has_inner_comma(token)) return ValueKind::ambiguous;
    const auto unit = known_unit(unit_text);
    if (!unit) return ValueKind::text;
    list.units.resize(list.numbers.size() + 1);
    list.units.back() = unit;
    list.is_bare_b = unit_text == "B";
  }
  if (!number.value) return ValueKind::not_finite;
  list.numbers.push_back(*number.value);
  return ValueKind::numbers;
}

bool describe_the_same(const Unit& a, const Unit& b) {
  return a.family == b.family && (a.family != UnitFamily::other || a.name == b.name);
}

/// Converts all numbers to the first's unit.
ValueKind unify(ParsedValues& list) {
  std::optional<Unit>& unit = list.unit;
  if (list.units.empty()) return ValueKind::numbers;
  if (list.units.size() < list.numbers.size()) return ValueKind::mixed_units;
  const bool only_last = std::none_of(list.units.begin(), list.units.end() - 1, [](const auto& u) { return u; });
  unit = only_last ? list.units.back() : list.units.front();
  if (only_last) return ValueKind::numbers;
  for (std::size_t i = 0; i < list.numbers.size(); ++i) {
    if (!list.units[i] || !unit || !describe_the_same(*list.units[i], *unit)) return ValueKind::mixed_units;
    if (list.units[i]->factor != unit->factor) list.numbers[i] *= list.units[i]->factor / unit->factor;
    if (!std::isfinite(list.numbers[i])) return ValueKind::not_finite;
  }
  return ValueKind::numbers;
}

/// The frequent forms: plain numbers and single blanks, or one number with its unit. False, with some numbers read
/// perhaps, for anything else.
bool read_plain(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  while (true) {
    const text::DecimalPrefix number = text::parse_decimal_prefix(text);
    if (number.bytes == 0 || !number.value || values.numbers.size() >= numbers_max) return false;
    values.numbers.push_back(*number.value);
    if (number.bytes == text.size()) return true;
    if (text[number.bytes] != ' ') {
      if (values.numbers.size() == 1) values.unit = known_unit(text.substr(number.bytes));
      values.is_bare_b = values.unit && text.substr(number.bytes) == "B";
      return values.unit.has_value();
    }
    text.remove_prefix(number.bytes + 1);
  }
}

/// A number at the start of a text.
struct Leading {
  std::size_t bytes = 0;  ///< 0 without a number
  std::optional<double> value;
  bool is_one_group = false;  ///< "5,933": thousands, or a comma before three decimals
  bool is_ambiguous = false;  ///< "1,5", "1.234,5"
};

/// "1,234.5": groups of three digits after the first.
bool has_thousands(std::string_view number) {
  const std::size_t first = number.find(',');
  if (first == 0 || first > 3 || number[0] == '0') return false;
  std::size_t at = first;
  while (at < number.size() && number[at] == ',') {
    if (number.size() < at + 4 || !std::all_of(number.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                               number.begin() + static_cast<std::ptrdiff_t>(at) + 4, is_digit)) {
      return false;
    }
    at += 4;
  }
  return at == number.size() ||
         (number[at] == '.' && number.find_first_not_of("0123456789", at + 1) == std::string_view::npos);
}

/// Longest number with separators that is read.
constexpr std::size_t grouped_bytes_max = 32;

Leading read_leading(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  std::size_t end = std::min(text.find_first_not_of("0123456789.,", sign), text.size());
  while (end > sign && (text[end - 1] == ',' || text[end - 1] == '.'))
    --end;
  const std::string_view number = text.substr(sign, end - sign);
  if (number.find(',') == std::string_view::npos) {
    const text::DecimalPrefix plain = text::parse_decimal_prefix(text);
    return {plain.bytes, plain.value};
  }
  if (number.size() > grouped_bytes_max || !has_thousands(number)) return {end, std::nullopt, false, true};
  std::string digits(text.substr(0, end));
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  const text::DecimalPrefix plain = text::parse_decimal_prefix(digits);
  if (plain.bytes != digits.size()) return {};
  const bool is_one_group =
      std::count(number.begin(), number.end(), ',') == 1 && number.find('.') == std::string_view::npos;
  return {end, plain.value, is_one_group, false};
}

/// Where whole numbers are the rule: "5,933 ns/iter" is not 5.933.
bool is_whole(const Unit& unit) {
  return unit.name == "ns" || unit.family == UnitFamily::size || unit.family == UnitFamily::other;
}

/// Factor of a multiplier right after a number, which is cut off: "3.2K", "1.2M ops/s".
double take_multiplier(std::string_view& rest) {
  constexpr std::string_view names = "kKMGT";
  constexpr std::array<double, 5> factors = {1e3, 1e3, 1e6, 1e9, 1e12};
  const std::size_t at = rest.empty() ? std::string_view::npos : names.find(rest[0]);
  if (at == std::string_view::npos || (rest.size() > 1 && !is_blank(rest[1]))) return 1;
  rest = text::trim(rest.substr(1));
  return factors[at];
}

/// Characters after a number that belong to dates, versions, times, addresses and hexadecimal numbers.
bool is_other_notation(char c) {
  constexpr std::string_view notation = "-.:/xX";
  return notation.find(c) != std::string_view::npos;
}

/// The rest of a value that is not a unit. Words, signs and units with more text after them were meant as a value;
/// dates, versions, hashes and the like were not.
ValueKind kind_of_rest(std::string_view rest, bool is_apart) {
  if (is_other_notation(rest[0])) return ValueKind::text;
  if (!is_letter(rest[0]) || static_cast<unsigned char>(rest[0]) >= 0x80) return ValueKind::unreadable;
  if (is_apart || rest.size() == 1 || std::any_of(rest.begin(), rest.end(), is_blank)) return ValueKind::unreadable;
  const auto end = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_letter) - rest.begin());
  const bool begins_with_unit = end >= 2 && end < rest.size() && known_unit(rest.substr(0, end));
  return begins_with_unit ? ValueKind::unreadable : ValueKind::text;
}

/// "12.3 (ms)" and "12.3 [ms]": the unit in its brackets.
std::string_view without_brackets(std::string_view rest) {
  const bool is_bracketed =
      rest.size() > 2 && ((rest[0] == '(' && rest.back() == ')') || (rest[0] == '[' && rest.back() == ']'));
  const std::string_view inside = is_bracketed ? rest.substr(1, rest.size() - 2) : rest;
  return is_bracketed && known_unit(inside) ? inside : rest;
}

/// "12.3 ms (mean)": the remark is cut off.
std::string_view without_remark(std::string_view rest) {
  const std::size_t open = rest.ends_with(')') ? rest.find('(') : std::string_view::npos;
  return open == std::string_view::npos ? rest : text::trim(rest.substr(0, open));
}

/// "1234abc" is a hash, "2nd" a place.
bool is_unit_right_after(std::string_view rest) {
  constexpr std::array<std::string_view, 4> places = {"st", "nd", "rd", "th"};
  if (rest.size() < 2 || rest.find_first_not_of("abcdefABCDEF") == std::string_view::npos) return false;
  return std::find(places.begin(), places.end(), rest) == places.end();
}

/// One number and what follows it. Nothing when more numbers follow.
std::optional<ValueKind> read_single(std::string_view text, ParsedValues& values) {
  const Leading number = read_leading(text);
  if (number.is_ambiguous) return ValueKind::ambiguous;
  if (number.bytes == 0) return std::nullopt;
  std::string_view rest = text.substr(number.bytes);
  const bool is_apart = !rest.empty() && is_blank(rest[0]);
  double factor = 1;
  if (!is_apart) factor = take_multiplier(rest);
  rest = without_remark(without_brackets(text::trim(rest)));
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (is_digit(rest[i]) && (i == 0 || is_blank(rest[i - 1]) || rest[i - 1] == '-' || rest[i - 1] == '+'))
      return std::nullopt;
  }
  if (!number.value || !std::isfinite(*number.value * factor)) return ValueKind::not_finite;
  values.numbers.assign(1, *number.value * factor);
  if (!rest.empty()) {
    values.unit = known_unit(rest);
    values.is_bare_b = values.unit && rest == "B";
    if (!values.unit) {
      const bool is_unit = looks_like_unit(rest) && (is_apart || factor != 1 || is_unit_right_after(rest));
      if (!is_unit) {
        values.numbers.clear();
        return kind_of_rest(rest, is_apart);
      }
      values.unit = Unit{rest, UnitFamily::other, 1};
      values.is_unit_unknown = true;
    }
  }
  if (number.is_one_group && (!values.unit || !is_whole(*values.unit))) return ValueKind::ambiguous;
  return ValueKind::numbers;
}

/// Where a spread begins, and the length of its mark; npos without one.
std::pair<std::size_t, std::size_t> find_spread(std::string_view text) {
  for (const std::string_view mark : {"\xC2\xB1", "+/-", "+-"}) {
    const std::size_t at = text.find(mark);
    if (at != std::string_view::npos && at > 0) return {at, mark.size()};
  }
  return {std::string_view::npos, 0};
}

/// "12.3 ms ± 0.4", "12.3 ± 0.4 ms", "(12.3 ± 0.4) ms", "5,933 ns/iter (+/- 12)": the number without its spread.
std::optional<ValueKind> read_with_spread(std::string_view text, ParsedValues& values) {
  const auto [at, bytes] = find_spread(text);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view number = text::trim(text.substr(0, at));
  std::string_view spread = text::trim(text.substr(at + bytes));
  if (number.ends_with('(')) number = text::trim(number.substr(0, number.size() - 1));
  if (number.starts_with('(')) number = text::trim(number.substr(1));
  const Leading width = read_leading(spread);
  if (width.bytes == 0 && !width.is_ambiguous) return std::nullopt;
  const auto kind = read_single(number, values);
  if (kind != ValueKind::numbers || values.unit) return kind;
  spread = text::trim(spread.substr(width.bytes));
  if (spread.starts_with(')')) spread = text::trim(spread.substr(1));
  if (!spread.empty() && spread != ")") values.unit = known_unit(spread);
  return kind;
}

/// A part of a duration and the most that may follow a larger part.
struct DurationPart {
  std::string_view unit;
  double seconds;
  double most;
};

const DurationPart* find_part(std::string_view unit) {
  static constexpr std::array<DurationPart, 19> parts = {{{"d", 86400, 1e6},
                                                          {"day", 86400, 1e6},
                                                          {"days", 86400, 1e6},
                                                          {"h", 3600, 24},
                                                          {"hr", 3600, 24},
                                                          {"hrs", 3600, 24},
                                                          {"hour", 3600, 24},
                                                          {"hours", 3600, 24},
                                                          {"m", 60, 60},
                                                          {"min", 60, 60},
                                                          {"mins", 60, 60},
                                                          {"minutes", 60, 60},
                                                          {"s", 1, 60},
                                                          {"sec", 1, 60},
                                                          {"secs", 1, 60},
                                                          {"seconds", 1, 60},
                                                          {"ms", 1e-3, 1000},
                                                          {"us", 1e-6, 1000},
                                                          {"ns", 1e-9, 1000}}};
  const auto* const found =
      std::find_if(parts.begin(), parts.end(), [&](const DurationPart& part) { return part.unit == unit; });
  return found == parts.end() ? nullptr : found;
}

/// "1m30s", "1h 2m", "1s500ms": two or more parts, each smaller than the one before, whole except the last. "1s 500ms"
/// is a list of two samples.
bool read_duration(std::string_view text, ParsedValues& values) {
  double seconds = 0;
  double last_seconds = 0;
  int count = 0;
  bool was_whole = true;
  bool may_be_list = true;
  bool is_apart = false;
  while (!text.empty()) {
    const text::DecimalPrefix number = text::parse_decimal_prefix(text);
    if (number.bytes == 0 || !number.value || !is_digit(text[0]) || !was_whole) return false;
    was_whole = text.substr(0, number.bytes).find_first_not_of("0123456789") == std::string_view::npos;
    text = text::trim(text.substr(number.bytes));
    const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_letter) - text.begin());
    std::string_view unit = text.substr(0, end);
    if (unit == "\xC2\xB5s" || unit == "\xCE\xBCs") unit = "us";
    const DurationPart* part = find_part(unit);
    if (part == nullptr) return false;
    may_be_list = may_be_list && part->seconds < 60 && (count == 0 || is_apart);
    if (count > 0 && (part->seconds >= last_seconds || *number.value >= part->most)) return false;
    last_seconds = part->seconds;
    seconds += *number.value * part->seconds;
    ++count;
    text = text.substr(end);
    is_apart = !text.empty() && is_blank(text[0]);
    text = text::trim(text);
    if (text.starts_with(',')) text = text::trim(text.substr(1));
  }
  if (count < 2 || may_be_list || !std::isfinite(seconds)) return false;
  values.numbers.assign(1, seconds);
  values.unit = Unit{"s", UnitFamily::time, 1e3};
  return true;
}

/// "00:01:30.5", "1:02:03".
bool read_clock(std::string_view text, ParsedValues& values) {
  const std::size_t first = text.find(':');
  if (first == 0 || first == std::string_view::npos || first > 4 || text.size() < first + 6 || text[first + 3] != ':')
    return false;
  const auto hours = text::parse_decimal(text.substr(0, first));
  const auto minutes = text::parse_decimal(text.substr(first + 1, 2));
  const std::string_view seconds_text = text.substr(first + 4);
  const auto seconds = text::parse_decimal(seconds_text);
  if (!hours || !minutes || !seconds || *minutes >= 60 || *seconds >= 60) return false;
  if (text.find_first_not_of("0123456789:.") != std::string_view::npos) return false;
  values.numbers.assign(1, *hours * 3600 + *minutes * 60 + *seconds);
  values.unit = Unit{"s", UnitFamily::time, 1e3};
  values.is_clock = true;
  return true;
}

/// The kind of the whole. A value is a metric only as a whole: anything that is not a number makes all of it text,
/// whatever else went wrong before.
ValueKind read_tokens(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  Tokens tokens(text);
  ValueKind worst = ValueKind::numbers;
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    const ValueKind kind = read_token(token, values);
    if (kind == ValueKind::text) return kind;
    if (kind != ValueKind::numbers && worst == ValueKind::numbers) worst = kind;
    if (values.numbers.size() > numbers_max) return ValueKind::too_many;
  }
  if (worst != ValueKind::numbers) return worst;
  return values.numbers.empty() ? ValueKind::text : unify(values);
}

/// Texts above this length are prose.
constexpr std::size_t unreadable_bytes_max = 48;

/// "3 of 7": a number, then a word.
bool is_number_with_words(std::string_view text) {
  const std::size_t bytes = text::parse_decimal_prefix(text).bytes;
  if (bytes == 0 || text.size() > unreadable_bytes_max) return false;
  const std::string_view rest = text::trim(text.substr(bytes));
  return rest.size() + bytes < text.size() && !rest.empty() && is_letter(rest[0]);
}

ValueKind read_list(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  text = text::trim(text);
  for (const std::string_view about : {"~", "\xE2\x89\x88"}) {
    if (text.starts_with(about)) text = text::trim(text.substr(about.size()));
  }
  // Most properties are words: a number, a list in brackets, NaN and Inf are all that can matter.
  constexpr auto marks = std::to_array<std::string_view>(
      {"<", ">", "$", "\xE2\x89\xA4", "\xE2\x89\xA5", "\xE2\x82\xAC", "\xC2\xA3"});  // limits and prices
  const auto* const mark =
      std::find_if(marks.begin(), marks.end(), [&](std::string_view one) { return text.starts_with(one); });
  if (mark != marks.end()) {
    const std::string_view after = text::trim(text.substr(mark->size()));
    return !after.empty() && is_digit(after[0]) ? ValueKind::unreadable : ValueKind::text;
  }
  constexpr std::string_view starts = "+-.0123456789[(nNiI";
  if (text.empty() || starts.find(text[0]) == std::string_view::npos) return ValueKind::text;
  if (read_plain(text, numbers_max, values)) return ValueKind::numbers;
  const auto restart = [&] {
    values.numbers.clear();
    values.unit.reset();
    values.is_bare_b = false;
  };
  restart();
  if (const auto kind = read_with_spread(text, values)) return *kind;
  restart();
  if (read_duration(text, values) || read_clock(text, values)) return ValueKind::numbers;
  if (const auto kind = read_single(text, values)) return *kind;
  restart();
  const ValueKind kind = read_tokens(text, numbers_max, values);
  return kind == ValueKind::text && is_number_with_words(text) ? ValueKind::unreadable : kind;
}

}  // namespace

void parse_values(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  values.numbers.clear();
  values.units.clear();
  values.unit.reset();
  values.is_unit_unknown = values.is_bare_b = values.is_clock = false;
  values.kind = read_list(text, numbers_max, values);
  if (values.kind == ValueKind::numbers) return;
  values.numbers.clear();
  values.unit.reset();
}

}  // namespace perftrend::metrics
