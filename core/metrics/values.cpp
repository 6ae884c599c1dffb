#include "core/metrics/values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/metrics/durations.h"
#include "core/metrics/grouped_numbers.h"
#include "core/metrics/value_words.h"
#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
using text::is_any_letter;
using text::is_digit;

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

  /// True when something else than blanks says that it is a list.
  [[nodiscard]] bool is_list() const { return bracketed_ || has_separator_; }

  /// The next token, or nothing at the end. A comma that separates nothing for sure stays in its token.
  std::string_view next() {
    while (at_ < text_.size() && (is_blank(text_[at_]) || is_separator(at_))) {
      has_separator_ = has_separator_ || !is_blank(text_[at_]);
      ++at_;
    }
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
  bool has_separator_ = false;
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
  if (a.family != b.family) return false;
  return a.family != UnitFamily::other || a.name == b.name || canonical_unit(a.name) == canonical_unit(b.name);
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

/// Where whole numbers are the rule: "5,933 ns/iter" is not 5.933.
bool is_whole(const Unit& unit) {
  return unit.name == "ns" || unit.family == UnitFamily::size || unit.family == UnitFamily::other;
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
  if (!is_any_letter(rest[0]) || static_cast<unsigned char>(rest[0]) >= 0x80) return ValueKind::unreadable;
  if (is_apart || rest.size() == 1 || std::any_of(rest.begin(), rest.end(), is_blank)) return ValueKind::unreadable;
  const auto end = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_any_letter) - rest.begin());
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

/// A further number in the text after a number: a list, or prose.
bool has_further_number(std::string_view rest) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (!is_digit(rest[i])) continue;
    if (i == 0 || is_blank(rest[i - 1]) || std::string_view("-+;").find(rest[i - 1]) != std::string_view::npos)
      return true;
  }
  return false;
}

/// The unit of the one number in `values`; `is_apart` when a blank or a multiplier is before it.
ValueKind read_unit_of_single(std::string_view rest, bool is_apart, ParsedValues& values) {
  values.unit = known_unit(rest);
  values.is_bare_b = values.unit && rest == "B";
  if (values.unit) return ValueKind::numbers;
  if (const std::string_view plain = without_average(rest); plain.size() < rest.size() && known_unit(plain)) {
    values.unit = known_unit(plain);
    return ValueKind::numbers;
  }
  if (!looks_like_unit(rest) || !(is_apart || is_unit_right_after(rest))) {
    values.numbers.clear();
    return kind_of_rest(rest, is_apart);
  }
  values.unit = Unit{rest, UnitFamily::other, 1};
  values.is_unit_unknown = true;
  return ValueKind::numbers;
}

constexpr std::string_view comma_advice =
    "could be a list or a number with a comma: write 1234.5, or '1, 2' for a list";
constexpr std::string_view blank_advice =
    "could be a list or a number with blanks between its thousands: write 1234.5, or '1, 2' for a list";

/// One number and what follows it. Nothing when more numbers follow.
std::optional<ValueKind> read_single(std::string_view text, ParsedValues& values) {
  LeadingNumber number = read_leading_number(text);
  const auto give_up = [&](std::string_view advice) {
    values.advice = advice;
    return ValueKind::ambiguous;
  };
  if (const BlankGroups groups = read_blank_groups(text); groups.bytes > 0) {
    const std::string_view rest = text::trim(text.substr(groups.bytes));
    if (!has_further_number(rest)) {
      if (groups.may_be_list || rest.empty()) return give_up(blank_advice);
      number = {groups.bytes, groups.value};
    }
  }
  if (number.is_ambiguous) return give_up(comma_advice);
  if (number.bytes == 0) return std::nullopt;
  std::string_view rest = text.substr(number.bytes);
  const bool is_apart = !rest.empty() && is_blank(rest[0]);
  const double factor = take_multiplier(rest);
  rest = without_remark(without_brackets(text::trim(rest)));
  if (has_further_number(rest)) return std::nullopt;
  if (!number.value || !std::isfinite(*number.value * factor)) return ValueKind::not_finite;
  values.numbers.assign(1, *number.value * factor);
  if (!rest.empty()) {
    const ValueKind kind = read_unit_of_single(rest, is_apart || factor != 1, values);
    if (kind != ValueKind::numbers) return kind;
  }
  if (number.is_one_group && (!values.unit || !is_whole(*values.unit))) return give_up(comma_advice);
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
  const LeadingNumber width = read_leading_number(spread);
  if (width.bytes == 0 && !width.is_ambiguous) return std::nullopt;
  const auto kind = read_single(number, values);
  if (kind != ValueKind::numbers || values.unit) return kind;
  spread = text::trim(spread.substr(width.bytes));
  if (spread.starts_with(')')) spread = text::trim(spread.substr(1));
  if (!spread.empty() && spread != ")") values.unit = known_unit(spread);
  return kind;
}

/// Whether numbers that only blanks separate have different units of one family and are so far apart that they may be
/// parts of one number: "1.5s 500ms", but not "1s 900ms 1.1s".
bool may_be_parts(const ParsedValues& values) {
  constexpr double samples_apart_max = 2;
  double least = 0;
  double most = 0;
  bool is_changing = false;
  for (std::size_t i = 0; i < values.numbers.size() && i < values.units.size(); ++i) {
    if (!values.units[i] || values.units[i]->family != values.units.front()->family) return false;
    const double one = values.numbers[i] * values.units[i]->factor;
    least = i == 0 ? one : std::min(least, one);
    most = std::max(most, one);
    is_changing = is_changing || values.units[i]->factor != values.units.front()->factor;
  }
  return is_changing && most > samples_apart_max * least;
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
  if (worst == ValueKind::ambiguous) values.advice = comma_advice;
  if (worst != ValueKind::numbers) return worst;
  if (values.numbers.empty()) return ValueKind::text;
  if (!tokens.is_list() && may_be_parts(values)) {
    values.advice = "could be a list or a duration of several parts: write '1s, 0.9s' for a list";
    return ValueKind::ambiguous;
  }
  return unify(values);
}

void restart(ParsedValues& values) {
  values.numbers.clear();
  values.units.clear();
  values.unit.reset();
  values.is_bare_b = false;
}

void set_seconds(double seconds, ParsedValues& values) {
  values.numbers.assign(1, seconds);
  values.unit = Unit{"s", UnitFamily::time, 1e3};
}

/// "1m30s", "PT1.5S", "0:12.34".
std::optional<ValueKind> read_duration(std::string_view text, ParsedValues& values) {
  if (const auto duration = read_composite_duration(text)) {
    if (!duration->may_be_list) {
      set_seconds(duration->seconds, values);
      return ValueKind::numbers;
    }
    values.advice = "could be a list or a duration of several parts: write 1.5s, or '1s; 0.5s' for a list";
    return ValueKind::ambiguous;
  }
  const auto iso = read_iso_duration(text);
  const auto clock = read_clock(text);
  if (!iso && !clock) return std::nullopt;
  set_seconds(iso ? *iso : clock->seconds, values);
  values.clock = iso ? ClockForm::none : clock->form;
  return ValueKind::numbers;
}

/// Texts above this length are prose.
constexpr std::size_t unreadable_bytes_max = 48;

/// "3 of 7": a number, then a word.
bool is_number_with_words(std::string_view text) {
  const std::size_t bytes = text::parse_decimal_prefix(text).bytes;
  if (bytes == 0 || text.size() > unreadable_bytes_max) return false;
  const std::string_view rest = text::trim(text.substr(bytes));
  return rest.size() + bytes < text.size() && !rest.empty() && is_any_letter(rest[0]);
}

/// "12 / 15": two numbers with a division between them.
bool is_fraction(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && text::parse_decimal(text::trim(text.substr(0, slash))) &&
         text::parse_decimal(text::trim(text.substr(slash + 1)));
}

/// What a text is that was not read as numbers. `advice` may be set.
ValueKind kind_of_text(std::string_view text, ParsedValues& values) {
  if (is_fraction(text)) {
    values.advice = "is a fraction or a date: write one number";
    return ValueKind::unreadable;
  }
  return is_number_with_words(text) || ends_in_quantity(text) ? ValueKind::unreadable : ValueKind::text;
}

/// Prices and limits: "$ 0.12", "US$ 5", "<1 ms".
bool has_leading_mark(std::string_view text) {
  constexpr auto marks = std::to_array<std::string_view>(
      {"<", ">", "$", "\xE2\x89\xA4", "\xE2\x89\xA5", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "US$", "USD", "EUR"});
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    if (!text.starts_with(mark)) return false;
    const std::string_view after = text::trim(text.substr(mark.size()));
    return !after.empty() && is_digit(after[0]);
  });
}

/// A text that begins with a number or a bracket.
ValueKind read_numbers(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  if (read_plain(text, numbers_max, values)) {
    if (values.numbers.size() == 1) return ValueKind::numbers;
    const BlankGroups groups = read_blank_groups(text);
    if (groups.bytes < text.size() || groups.may_be_list) return ValueKind::numbers;
    values.advice = blank_advice;
    return ValueKind::ambiguous;
  }
  restart(values);
  if (const auto kind = read_with_spread(text, values)) return *kind;
  restart(values);
  if (const auto kind = read_duration(text, values)) return *kind;
  if (const auto kind = read_single(text, values)) return *kind == ValueKind::text ? kind_of_text(text, values) : *kind;
  restart(values);
  const ValueKind kind = read_tokens(text, numbers_max, values);
  return kind == ValueKind::text ? kind_of_text(text, values) : kind;
}

/// A text that begins with something else. Most properties are words: they are looked at only if they are short and
/// have a digit.
ValueKind read_words(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  if (text.size() > unreadable_bytes_max || std::none_of(text.begin(), text.end(), is_digit)) return ValueKind::text;
  if (const auto iso = read_duration(text, values)) return *iso;
  if (has_leading_mark(text)) return ValueKind::unreadable;
  const LedValue led = without_leading_words(text);
  if (led.is_led) {
    const ValueKind kind = read_numbers(led.value, numbers_max, values);
    const bool needs_unit = kind == ValueKind::numbers && !values.unit && !led.is_marked;
    if (kind != ValueKind::text && !needs_unit) return kind;
    restart(values);
  }
  return ends_in_quantity(text) ? ValueKind::unreadable : ValueKind::text;
}

ValueKind read_list(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  constexpr std::string_view starts = "+-.0123456789[(nNiI";
  if (text.empty()) return ValueKind::text;
  if (starts.find(text[0]) == std::string_view::npos) return read_words(text, numbers_max, values);
  const ValueKind kind = read_numbers(text, numbers_max, values);
  if (is_digit(text[0]) || (kind != ValueKind::text && kind != ValueKind::unreadable)) return kind;
  restart(values);
  return read_words(text, numbers_max, values);
}

}  // namespace

void parse_values(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  restart(values);
  values.is_unit_unknown = false;
  values.clock = ClockForm::none;
  values.advice = {};
  text = text::trim(text);
  constexpr std::size_t typographic_bytes_max = 256;  // a longer text is not one number
  if (text.size() <= typographic_bytes_max && has_typography(text)) {
    values.plain = without_typography(text);
    text = text::trim(values.plain);
  }
  values.kind = read_list(text, numbers_max, values);
  if (values.kind == ValueKind::numbers) return;
  values.numbers.clear();
  values.unit.reset();
}

}  // namespace perftrend::metrics
