#include "server/ingest/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <system_error>

namespace perftrend::ingest {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_from(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end]))
    ++end;
  return end - begin;
}

/// Digits, a point among or after them, an exponent: the part after the sign.
bool is_decimal(std::string_view text) {
  std::size_t at = digits_from(text, 0);
  std::size_t digits = at;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_from(text, ++at);
    digits += fraction;
    at += fraction;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (++at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_from(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

/// std::from_chars reports overflow and underflow alike.
bool is_underflow(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return exponent + 1 < text.size() && text[exponent + 1] == '-';
  return text.substr(0, text.find('.')).find_first_not_of('0') == std::string_view::npos;
}

/// "1,234" and "12,345,678.9", but not "0,012": a group of thousands never starts with 0.
bool has_thousands(std::string_view text) {
  const std::size_t first = digits_from(text, 0);
  if (first == 0 || first > 3 || text[0] == '0') return false;
  std::size_t at = first;
  while (at < text.size() && text[at] == ',') {
    if (digits_from(text, at + 1) != 3) return false;
    at += 4;
  }
  if (at == first) return false;
  if (at < text.size() && text[at] == '.') at += 1 + digits_from(text, at + 1);
  return at == text.size();
}

bool has_decimal_comma(std::string_view text) {
  const std::size_t whole = digits_from(text, 0);
  if (whole == 0 || whole >= text.size() || text[whole] != ',') return false;
  const std::size_t fraction = digits_from(text, whole + 1);
  return fraction > 0 && whole + 1 + fraction == text.size();
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<double> parse_decimal(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (!is_decimal(text)) return std::nullopt;
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    if (!is_underflow(text)) return std::nullopt;
    value = 0;
  } else if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<double> parse_seconds(std::string_view text) {
  text = trim(text);
  std::optional<double> seconds = parse_decimal(text);
  if (!seconds && text.find(',') != std::string_view::npos) {
    std::string plain(text);
    if (has_thousands(text)) {
      plain.erase(std::remove(plain.begin(), plain.end(), ','), plain.end());
    } else if (has_decimal_comma(text)) {
      plain[plain.find(',')] = '.';
    }
    seconds = parse_decimal(plain);
  }
  if (!seconds || *seconds < 0) return std::nullopt;
  return *seconds + 0.0;  // "-0" is 0
}

}  // namespace perftrend::ingest
