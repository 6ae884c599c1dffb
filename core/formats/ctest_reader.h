#pragma once
// Reader of CTest's Test.xml (`ctest -T Test`, the file for CDash): <Site> with <Testing>.

#include <tl/expected.hpp>

#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// True when the root is <Site>, the root of CTest's documents about tests or builds. Reads the beginning only.
bool looks_like_ctest(std::string_view bytes);

/// Limits, encodings and strictness are those of read_junit.
tl::expected<Report, junit::ReadError> read_ctest(std::string_view bytes, const junit::ReadLimits& limits);

}  // namespace perftrend::formats
