#pragma once
// What the texts of a document read as: references expanded, line ends and white space made one (XML 1.0, 2.11, 3.3.3
// and 4.4).

#include <span>
#include <string_view>

#include "core/junit/xml_scan.h"

namespace perftrend::junit {

/// Text between tags. `bytes` are those of `raw`, which the scanner has passed; they are overwritten unless plain.
/// Returns a view of their beginning. Never fails, never grows.
std::string_view expand_text(const RawText& raw, std::span<char> bytes);

/// The value of an attribute, likewise.
std::string_view expand_attribute(const RawText& raw, std::span<char> bytes);

}  // namespace perftrend::junit
