#include "core/metrics/values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
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
  if (number.bytes == 0) {
    if (is_not_finite(token)) return ValueKind::not_finite;
    const auto unit = known_unit(token);
    if (!unit || list.numbers.empty() || list.units.size() == list.numbers.size()) return ValueKind::text;
    list.units.resize(list.numbers.size());
    list.units.back() = unit;
    return ValueKind::numbers;
  }
  if (number.bytes < token.size()) {
    if (has_inner_comma(token)) return ValueKind::ambiguous;
    const auto unit = known_unit(token.substr(number.bytes));
    if (!unit) return ValueKind::text;
    list.units.resize(list.numbers.size() + 1);
    list.units.back() = unit;
  }
  if (!number.value) return ValueKind::not_finite;
  list.numbers.push_back(*number.value);
  return ValueKind::numbers;
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
    if (!list.units[i] || !unit || list.units[i]->family != unit->family) return ValueKind::mixed_units;
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
      return values.unit.has_value();
    }
    text.remove_prefix(number.bytes + 1);
  }
}

/// The kind of the whole. A value is a metric only as a whole: anything that is not a number makes all of it text,
/// whatever else went wrong before.
ValueKind read_list(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  text = text::trim(text);
  // Most properties are words: a number, a list in brackets, NaN and Inf are all that can matter.
  constexpr std::string_view starts = "+-.0123456789[(nNiI";
  if (text.empty() || starts.find(text[0]) == std::string_view::npos) return ValueKind::text;
  if (read_plain(text, numbers_max, values)) return ValueKind::numbers;
  values.numbers.clear();
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

}  // namespace

void parse_values(std::string_view text, std::size_t numbers_max, ParsedValues& values) {
  values.numbers.clear();
  values.units.clear();
  values.unit.reset();
  values.kind = read_list(text, numbers_max, values);
  if (values.kind == ValueKind::numbers) return;
  values.numbers.clear();
  values.unit.reset();
}

}  // namespace perftrend::metrics
