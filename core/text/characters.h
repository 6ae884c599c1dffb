#pragma once
// Kinds of characters. ASCII; other bytes are of no kind, except for is_any_letter. Pure.

#include <array>
#include <cstddef>

namespace perftrend::text {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c) {
  return is_lower(c) || is_upper(c);
}
/// Also a byte of a character outside ASCII: "µ".
constexpr bool is_any_letter(char c) {
  return is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// Kinds of characters as bits, by their code: names of cases are read byte by byte.
inline constexpr std::array<unsigned char, 256> char_kinds = [] {
  std::array<unsigned char, 256> kinds{};
  for (int c = 0; c < 256; ++c) {
    const char one = static_cast<char>(c);
    const bool hex_letter = (one >= 'a' && one <= 'f') || (one >= 'A' && one <= 'F');
    kinds[static_cast<std::size_t>(c)] =
        static_cast<unsigned char>((is_digit(one) || is_letter(one) ? 1 : 0) | (is_digit(one) || hex_letter ? 2 : 0));
  }
  return kinds;
}();

constexpr bool is_alnum(char c) {
  return (char_kinds[static_cast<unsigned char>(c)] & 1U) != 0;
}
constexpr bool is_hex(char c) {
  return (char_kinds[static_cast<unsigned char>(c)] & 2U) != 0;
}

}  // namespace perftrend::text
