#pragma once
// Writer of reports as JUnit XML in the dialect of schema/junit.md, valid by schema/junit.xsd. Pure.

#include <string>
#include <string_view>

#include "core/junit/suite_report.h"

namespace perftrend::junit {

/// The document as UTF-8. Text that XML 1.0 cannot contain (control characters, malformed UTF-8) is left out.
std::string to_junit(const SuiteReport& suite);

/// Properties of the first suite of a report, as to_junit wrote them. Empty if the suite has no properties or the bytes
/// are not XML.
Properties suite_properties(std::string_view xml);

/// `text` without the characters that XML 1.0 does not allow: https://www.w3.org/TR/xml/#charsets
std::string only_xml_characters(std::string_view text);

}  // namespace perftrend::junit
