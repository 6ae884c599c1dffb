#pragma once
// Integers as LEB128: seven bits a byte, the lowest first.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace perftrend::points {

constexpr unsigned varint_bits = 7;
constexpr unsigned varint_more = 0x80;
constexpr std::size_t varint_bytes_max = 10;  ///< of 64 bits

inline void append_varint(std::string& to, std::uint64_t value) {
  while (value >= varint_more) {
    to += static_cast<char>((value & (varint_more - 1)) | varint_more);
    value >>= varint_bits;
  }
  to += static_cast<char>(value);
}

/// Takes one from the front of `bytes`; nullopt where they end within it or it is longer than 64 bits.
inline std::optional<std::uint64_t> take_varint(std::span<const std::byte>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < varint_bytes_max; ++i) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[i]);
    const auto shift = static_cast<unsigned>(i) * varint_bits;
    if (i + 1 == varint_bytes_max && byte > 1) return std::nullopt;
    value |= (byte & (varint_more - 1)) << shift;
    if (byte < varint_more) {
      bytes = bytes.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

/// Small numbers of either sign as small numbers: 0, -1, 1, -2, …
inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0);
}
inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ ((value & 1U) != 0 ? ~std::uint64_t{0} : 0));
}

}  // namespace perftrend::points
