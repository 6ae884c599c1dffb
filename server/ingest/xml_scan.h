#pragma once
// Is a text one well-formed XML document, within limits? Decided in one pass with no memory but the open names, before
// any tree is built. pugixml forgives too much to be asked: it reads the first of two roots, leaves unknown entities
// literal, cuts names at &#0;, takes duplicate attributes.
//
// Strict as XML 1.0 (fifth edition) is, but for two things a report survives: blanks before the XML declaration, and
// text without any '<' behind the root (what a test program printed after its reporter had finished).

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "server/ingest/limits.h"

namespace perftrend::ingest {

struct Scanned {
  std::string_view root;           ///< local name of the root element
  std::size_t root_offset = 0;     ///< of its '<'
  std::size_t document_bytes = 0;  ///< up to and with the end of the root
  std::size_t elements = 0;
  std::size_t cases = 0;  ///< elements named testcase, wherever they stand
  bool has_trailing_text = false;
};

struct ScanError {
  std::string cause;
  std::size_t offset = 0;
  std::string limit;  ///< name of the field of ReadLimits that was exceeded, or ""
};

/// `text` is UTF-8 without NUL and control characters (see to_utf8). Views in the result point into it.
tl::expected<Scanned, ScanError> scan_xml(const std::string& text, const ReadLimits& limits);

/// Without a namespace prefix: "testsuite" of "ns:testsuite".
std::string_view local_name(std::string_view name);

}  // namespace perftrend::ingest
