#pragma once
// A report as JUnit XML in the dialect of schema/junit.md, valid by schema/junit.xsd.

#include <string>
#include <string_view>

#include "runner/report.h"

namespace perftrend::runner {

/// The document's bytes, UTF-8. Text that XML 1.0 cannot hold (control characters, malformed UTF-8) is left out of it.
std::string to_junit(const SuiteReport& suite);

/// `text` without what XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
std::string only_xml_characters(std::string_view text);

}  // namespace perftrend::runner
