#include "core/junit/xml_chars.h"

#include <algorithm>
#include <cstddef>

namespace perftrend::junit {

namespace {

struct CodeRange {
  char32_t first, last;
};

/// XML 1.0, production [4] and [4a], beyond ASCII.
constexpr std::array<CodeRange, 12> start_ranges = {{{0xC0, 0xD6},
                                                     {0xD8, 0xF6},
                                                     {0xF8, 0x2FF},
                                                     {0x370, 0x37D},
                                                     {0x37F, 0x1FFF},
                                                     {0x200C, 0x200D},
                                                     {0x2070, 0x218F},
                                                     {0x2C00, 0x2FEF},
                                                     {0x3001, 0xD7FF},
                                                     {0xF900, 0xFDCF},
                                                     {0xFDF0, 0xFFFD},
                                                     {0x10000, 0xEFFFF}}};
constexpr std::array<CodeRange, 3> part_ranges = {{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}};

template <std::size_t N>
bool within(char32_t code, const std::array<CodeRange, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](CodeRange r) { return code >= r.first && code <= r.last; });
}

/// One code point of valid UTF-8; advances `at`.
char32_t next_code(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t lead = byte(at);
  const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code = more == 0 ? lead : lead & (0x3FU >> more);
  for (std::size_t i = 1; i <= more; ++i)
    code = (code << 6U) | (byte(at + i) & 0x3FU);
  at += more + 1;
  return code;
}

}  // namespace

bool is_name(std::string_view name) {
  std::size_t at = 0;
  while (at < name.size()) {
    const bool first = at == 0;
    const char32_t code = next_code(name, at);
    if (code < 0x80) continue;
    if (within(code, start_ranges) || (!first && within(code, part_ranges))) continue;
    return false;
  }
  return true;
}

bool is_xml_char(std::uint32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

}  // namespace perftrend::junit
