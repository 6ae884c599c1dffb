#include "core/text/numbers.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

#include "core/text/characters.h"

namespace perftrend::text {

namespace {

std::size_t digits_from(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end]))
    ++end;
  return end - begin;
}

/// std::from_chars reports overflow and underflow alike.
bool is_underflow(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return exponent + 1 < text.size() && text[exponent + 1] == '-';
  return text.substr(0, text.find('.')).find_first_not_of('0') == std::string_view::npos;
}

/// Nothing measured is larger, and sums and differences of what is smaller stay finite.
constexpr double magnitude_max = 1e100;

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

DecimalPrefix parse_decimal_prefix(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::string_view number = text.substr(sign);
  // std::from_chars would take "inf" and "nan" too.
  if (digits_from(number, number.starts_with('.') ? 1 : 0) == 0) return {};
  double value = 0;
  const auto [past, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  const auto bytes = static_cast<std::size_t>(past - text.data());
  if (error == std::errc::result_out_of_range) {
    if (!is_underflow(number.substr(0, bytes - sign))) return {bytes, std::nullopt};
    value = 0;
  }
  if (value > magnitude_max) return {bytes, std::nullopt};
  return {bytes, text.starts_with('-') ? -value : value};
}

std::optional<double> parse_decimal(std::string_view text) {
  const DecimalPrefix prefix = parse_decimal_prefix(text);
  return prefix.bytes > 0 && prefix.bytes == text.size() ? prefix.value : std::nullopt;
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

}  // namespace perftrend::text
