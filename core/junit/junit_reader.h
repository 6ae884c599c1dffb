#pragma once
// Any producer's JUnit XML, bytes in, report out; or refused whole with a cause and a place (schema/junit.md states the
// rules of counting and what is forgiven). Pure: no I/O, no clock, no state; safe from any thread.

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/junit/limits.h"
#include "core/model.h"

namespace perftrend::junit {

/// Why a document was refused. `line` and `column` are 1-based, the column counts characters (code points), both of the
/// text as UTF-8; 0 when the refusal has no place (an empty body, a limit of the whole).
struct ReadError {
  std::string cause;            ///< one sentence without a full stop, fit for a problem's detail
  std::size_t line = 0;         ///< 1-based; 0: no place
  std::size_t column = 0;       ///< 1-based, in characters
  std::size_t byte_offset = 0;  ///< 0-based; into the bytes as sent when those were UTF-8, else into their UTF-8 form
  bool over_limit = false;      ///< well-formed perhaps, but over a limit: 413 rather than 400
  std::string limit;            ///< name of the field of ReadLimits, "" unless over_limit
};

/// Reads UTF-8, UTF-16 (with byte order mark) and the single-byte and East Asian encodings an XML declaration may name.
/// Peak memory beside `bytes`: limits.body_bytes_max + report_bytes_max; after the return the report is left and the
/// text its cases are lent. Throws nothing but std::bad_alloc.
tl::expected<Report, ReadError> read_junit(std::string_view bytes, const ReadLimits& limits = {});

}  // namespace perftrend::junit
