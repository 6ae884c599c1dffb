#pragma once
// A report as JUnit XML in the dialect of schema/junit.md, valid by schema/junit.xsd.

#include <string>
#include <string_view>

#include "core/junit/suite_report.h"

namespace perftrend::junit {

/// The document's bytes, UTF-8. Text that XML 1.0 cannot hold (control characters, malformed UTF-8) is left out of it.
std::string to_junit(const SuiteReport& suite);

/// Properties of the first suite of a report: what to_junit wrote, read back. Empty where there are none or the bytes
/// are no XML; it is the server that judges a document.
Properties suite_properties(std::string_view xml);

/// `text` without what XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
std::string only_xml_characters(std::string_view text);

}  // namespace perftrend::junit
