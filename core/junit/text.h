#pragma once
// Decoding of documents: from bytes of any encoding to one mutable text of valid UTF-8 without a byte order mark, and
// from an offset in that text to a line and a column.

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::junit {

struct Text {
  std::string utf8;                   ///< no NUL; control characters other than tab and line ends became '^'
  bool is_ascii = false;              ///< every byte is below 0x80
  std::size_t mark_bytes = 0;         ///< of the UTF-8 byte order mark that was removed
  std::size_t controls_replaced = 0;  ///< '^' is never markup, so the structure stays the same
  std::string encoding;               ///< "" for UTF-8, else the encoding it was converted from
};

/// Chooses the encoding by byte order mark, then by the XML declaration, else UTF-8. Refuses bytes that cannot be
/// converted, with their place. Memory: one copy of at most limits.body_bytes_max.
tl::expected<Text, ReadError> to_utf8(std::string_view bytes, const ReadLimits& limits);

/// Sets line, column and byte_offset of an error at `offset` of `text` (UTF-8; bytes after the offset may be invalid).
void set_place(ReadError& error, std::string_view text, std::size_t offset, std::size_t mark_bytes = 0);

}  // namespace perftrend::junit
