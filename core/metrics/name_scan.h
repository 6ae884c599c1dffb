#pragma once
// Characters and numbers in names of cases, for the patterns of changing parts. ASCII; other bytes are neither letters
// nor digits. Pure.

#include <array>
#include <cstddef>
#include <string_view>

namespace perftrend::metrics {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}
/// Kinds of characters as bits, by their code.
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

/// Number of characters from `at` on for which `is` is true.
template <typename Is>
std::size_t run_of(std::string_view text, std::size_t at, Is is) {
  std::size_t end = at;
  while (end < text.size() && is(text[end]))
    ++end;
  return end - at;
}

/// True where no word goes on.
inline bool is_border(std::string_view text, std::size_t at) {
  return at >= text.size() || !is_alnum(text[at]);
}

/// Number of `count` digits, or -1.
inline int number_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// What a pattern found at a place; `bytes` is 0 when nothing.
struct ChangingPart {
  std::size_t kept = 0;          ///< bytes that stay, before the part: "pid=" of "pid=4711"
  std::size_t bytes = 0;         ///< that are replaced, after `kept`
  std::string_view replacement;  ///< "<address>"
  bool is_certain = true;        ///< false for what a parameter may be: dates, long numbers
};

}  // namespace perftrend::metrics
