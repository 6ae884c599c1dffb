#pragma once
// Characters of XML 1.0 (fifth edition) as the scanner asks for them.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace perftrend::junit {

enum CharClass : std::uint8_t {
  name_start = 1,  // all bytes beyond ASCII too; those are checked once the name is known
  name_part = 2,
  blank = 4,
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c >= 0x80;
    const bool digit = c >= '0' && c <= '9';
    unsigned bits = 0;
    if (letter) bits |= name_start;
    if (letter || digit || c == '-' || c == '.') bits |= name_part;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') bits |= blank;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> char_classes = make_classes();

inline bool is(char c, CharClass what) {
  return (char_classes[static_cast<unsigned char>(c)] & what) != 0;
}

constexpr std::uint64_t every_byte(char c) {
  return 0x0101010101010101U * static_cast<unsigned char>(c);
}

/// Up to eight bytes, the first lowest; what is missing is 0.
inline std::uint64_t load_word(const char* at, std::size_t bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, bytes);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Marks with its highest bit every byte that is 0. Of the bytes behind a marked one it may mark some wrongly: the
/// first is right (Anderson, Bit Twiddling Hacks, "Determine if a word has a zero byte").
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - every_byte(0x01)) & ~word & every_byte('\x80');
}

/// Likewise every byte below 0x20.
constexpr std::uint64_t control_bytes(std::uint64_t word) {
  return (word - every_byte(0x20)) & ~word & every_byte('\x80');
}

/// Index of the first marked byte; at least one is.
constexpr std::size_t first_marked(std::uint64_t marked) {
  return static_cast<std::size_t>(std::countr_zero(marked)) / 8;
}

/// Whether the characters beyond ASCII of a name may stand there (productions [4] and [4a]). `name` is valid UTF-8.
bool is_name(std::string_view name);

/// Whether a character reference may refer to it (production [2]).
bool is_xml_char(std::uint32_t code);

}  // namespace perftrend::junit
