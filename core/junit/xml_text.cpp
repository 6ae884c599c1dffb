#include "core/junit/xml_text.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace perftrend::junit {

namespace {

/// Writes `code` as UTF-8; returns behind it. A reference is never shorter than what it refers to.
char* put(std::uint32_t code, char* to) {
  const auto byte = [&to](std::uint32_t value) { *to++ = static_cast<char>(static_cast<unsigned char>(value)); };
  const auto tail = [&](unsigned shift) { byte(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    byte(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    byte(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return to;
}

std::uint32_t digit_of(char c) {
  return static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/// Expands the reference at `from`, which it moves behind the ';'. Read before written: `to` may be the same place.
char* expand_reference(const char*& from, const char* end, char* to) {
  struct Entity {
    std::string_view name;
    char character;
  };
  static constexpr std::array<Entity, 5> entities = {
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  const std::string_view rest(from, static_cast<std::size_t>(end - from));
  for (const Entity& entity : entities) {
    if (!rest.starts_with(entity.name)) continue;
    from += entity.name.size();
    *to++ = entity.character;
    return to;
  }
  const bool hex = from[2] == 'x';
  std::uint32_t code = 0;
  for (from += hex ? 3 : 2; *from != ';'; ++from)
    code = code * (hex ? 16 : 10) + digit_of(*from);
  ++from;
  return put(code, to);
}

enum class Kind { text, section, value };

std::string_view expand(Kind kind, std::span<char> bytes) {
  const char* from = bytes.data();
  const char* const end = from + bytes.size();
  char* to = bytes.data();
  while (from != end) {
    const char c = *from;
    if (c == '&' && kind != Kind::section) {
      to = expand_reference(from, end, to);
      continue;
    }
    ++from;
    if (c == '\r') {
      if (from != end && *from == '\n') ++from;
      *to++ = kind == Kind::value ? ' ' : '\n';
    } else {
      *to++ = kind == Kind::value && (c == '\n' || c == '\t') ? ' ' : c;
    }
  }
  return {bytes.data(), static_cast<std::size_t>(to - bytes.data())};
}

}  // namespace

std::string_view expand_text(const RawText& raw, std::span<char> bytes) {
  if (raw.is_plain) return raw.view;
  return expand(raw.is_section ? Kind::section : Kind::text, bytes);
}

std::string_view expand_attribute(const RawText& raw, std::span<char> bytes) {
  return raw.is_plain ? raw.view : expand(Kind::value, bytes);
}

}  // namespace perftrend::junit
