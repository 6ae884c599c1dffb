#pragma once
// CTest's own Test.xml (`ctest -T Test`, what CDash is sent): <Site> with <Testing>.

#include <tl/expected.hpp>

#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// True when the root is <Site>: CTest's kind of document, whether it tells of tests or of a build. Looks at the
/// beginning only.
bool looks_like_ctest(std::string_view bytes);

/// Limits, encodings and strictness are those of read_junit.
tl::expected<Report, junit::ReadError> read_ctest(std::string_view bytes, const junit::ReadLimits& limits);

}  // namespace perftrend::formats
