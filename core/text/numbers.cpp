#include "core/text/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>

namespace perftrend::text {

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

/// std::from_chars reports overflow and underflow alike.
bool is_underflow(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return exponent + 1 < text.size() && text[exponent + 1] == '-';
  return text.substr(0, text.find('.')).find_first_not_of('0') == std::string_view::npos;
}

/// More digits than these may not fit the 53 bits of a double.
constexpr std::ptrdiff_t exact_digits_max = 15;
constexpr std::array<double, exact_digits_max + 1> powers_of_ten = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

std::uint64_t digit_of(char c) {
  return static_cast<std::uint64_t>(c - '0');
}

/// Length of "e-3" at the front of `text`, 0 where no whole exponent stands.
std::size_t exponent_bytes(std::string_view text) {
  if (text.empty() || (text[0] | 0x20) != 'e') return 0;
  const std::size_t sign = text.size() > 1 && (text[1] == '+' || text[1] == '-') ? 1 : 0;
  const std::size_t digits = digits_from(text, 1 + sign);
  return digits == 0 ? 0 : 1 + sign + digits;
}

/// Nothing measured is larger, and sums and differences of what is smaller stay finite.
constexpr double magnitude_max = 1e100;

/// Any decimal without its sign.
std::optional<double> slow_decimal(std::string_view text, bool negative) {
  double value = 0;
#ifdef __cpp_lib_to_chars
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
#else
  // libc++ has no from_chars of a double before its version 20. The program never leaves the locale "C".
  struct {
    std::errc ec{};
  } result;
  value = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(value)) result.ec = std::errc::result_out_of_range;
#endif
  if (result.ec == std::errc::result_out_of_range) {
    if (!is_underflow(text)) return std::nullopt;
    value = 0;
  } else if (result.ec != std::errc() || !std::isfinite(value) || value > magnitude_max) {
    return std::nullopt;
  }
  return negative ? -value : value;
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

DecimalPrefix parse_decimal_prefix(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  const bool negative = at != end && *at == '-';
  if (at != end && (negative || *at == '+')) ++at;
  const char* const whole = at;
  std::uint64_t mantissa = 0;
  for (; at != end && is_digit(*at); ++at)
    mantissa = mantissa * 10 + digit_of(*at);
  std::ptrdiff_t digits = at - whole;
  std::ptrdiff_t fraction_digits = 0;
  if (at != end && *at == '.') {
    const char* const fraction = at + 1;
    const char* past = fraction;
    for (; past != end && is_digit(*past); ++past)
      mantissa = mantissa * 10 + digit_of(*past);
    fraction_digits = past - fraction;
    digits += fraction_digits;
    if (digits > 0) at = past;
  }
  if (digits == 0) return {};
  const auto bytes = static_cast<std::size_t>(at - begin);
  const std::size_t exponent = exponent_bytes(text.substr(bytes));
  if (exponent == 0 && digits <= exact_digits_max) {
    // Both exact in a double, so their quotient is the nearest (Clinger 1990).
    const double value = static_cast<double>(mantissa) / powers_of_ten[static_cast<std::size_t>(fraction_digits)];
    return {bytes, negative ? -value : value};
  }
  const auto sign = static_cast<std::size_t>(whole - begin);
  return {bytes + exponent, slow_decimal(text.substr(sign, bytes + exponent - sign), negative)};
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
