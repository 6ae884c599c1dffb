#pragma once
// Numbers in names of cases, for the patterns of changing parts. Pure.

#include <cstddef>
#include <string_view>

#include "core/text/characters.h"

namespace perftrend::metrics {

using text::is_alnum;
using text::is_digit;
using text::is_hex;
using text::is_letter;
using text::is_lower;

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
