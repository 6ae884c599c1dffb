#pragma once
// From bytes of any encoding to one mutable text of valid UTF-8 without a byte order mark, and from an offset in it to
// a place a person can find.

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::junit {

struct Text {
  std::string utf8;                   ///< no NUL; control characters other than tab and line ends became '^'
  std::size_t mark_bytes = 0;         ///< of the UTF-8 byte order mark that was cut off
  std::size_t controls_replaced = 0;  ///< '^' can be no markup, so none came into being by it
  std::string encoding;               ///< "" for UTF-8, else what it was converted from
};

/// Decides by byte order mark, then by the XML declaration, else UTF-8. What cannot be converted is refused with its
/// place. Memory: one copy of at most limits.body_bytes_max.
tl::expected<Text, ReadError> to_utf8(std::string_view bytes, const ReadLimits& limits);

/// Fills line, column and byte_offset of an error at `offset` of `text` (UTF-8, whatever stands behind the offset).
void set_place(ReadError& error, std::string_view text, std::size_t offset, std::size_t mark_bytes = 0);

}  // namespace perftrend::junit
