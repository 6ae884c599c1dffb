#pragma once
// Cutting text: blanks at its ends, or what is longer than a limit. Pure.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace perftrend::text {

/// `text` without the characters of `blanks` at either end.
constexpr std::string_view trim(std::string_view text, std::string_view blanks = " \t\n\v\f\r") {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// At most `bytes_max` bytes of `text`, which is valid UTF-8. A character is never split.
std::string_view beginning(std::string_view text, std::size_t bytes_max);

/// As beginning(); a text that was cut ends in `mark`, which is included in `bytes_max`.
std::string shortened(std::string_view text, std::size_t bytes_max, std::string_view mark = "\xE2\x80\xA6");

}  // namespace perftrend::text
