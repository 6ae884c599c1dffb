#pragma once
// UTF-8 (RFC 3629): validation and decoding, in one place for reading and writing. Pure.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace perftrend::text {

/// True when all of `text` is valid UTF-8. Uses simdjson: several gigabytes per second.
bool is_utf8(std::string_view text);

/// Offset of the first byte that is not part of valid UTF-8, or npos. Slower than is_utf8; for error messages.
std::size_t find_invalid_utf8(std::string_view text);

/// One decoded character.
struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  ///< 0: the text does not start with a valid character
};

/// Decodes the character at the start of `text`.
Utf8Character decode_utf8(std::string_view text);

/// True for the characters that XML 1.0 allows (production 2).
constexpr bool is_xml_character(std::uint32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

}  // namespace perftrend::text
