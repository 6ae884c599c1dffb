#pragma once
// Reader of JUnit XML of any producer: bytes in, report out. A document is read completely or refused with a cause and
// a place; schema/junit.md states the rules. Pure: no I/O, no clock, no state; safe from any thread.

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/junit/limits.h"
#include "core/model.h"

namespace perftrend::junit {

/// Why a document was refused. `line` and `column` are 1-based positions in the text as UTF-8, and columns count
/// characters (code points). Both are 0 when the refusal has no place (an empty body, a limit of the whole document).
struct ReadError {
  std::string cause;            ///< one sentence without a full stop
  std::size_t line = 0;         ///< 1-based; 0: no place
  std::size_t column = 0;       ///< 1-based, in characters
  std::size_t byte_offset = 0;  ///< 0-based; into the bytes as sent when those were UTF-8, else into their UTF-8 form
  bool over_limit = false;      ///< the document exceeds a limit (HTTP 413 instead of 400)
  std::string limit;            ///< name of the field of ReadLimits, "" unless over_limit
};

/// Reads UTF-8, UTF-16 (with byte order mark) and the single-byte and East Asian encodings that an XML declaration may
/// name. Peak memory in addition to `bytes`: limits.body_bytes_max + tree_bytes_max + report_bytes_max. The report that
/// is returned owns the text that its cases borrow. Throws std::bad_alloc only.
tl::expected<Report, ReadError> read_junit(std::string_view bytes, const ReadLimits& limits = {});

}  // namespace perftrend::junit
