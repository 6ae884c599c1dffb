#pragma once
// Reader of Catch2's own XML (`-r xml`), which holds results of BENCHMARK; its JUnit (`-r junit`) does not.

#include <tl/expected.hpp>

#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// True for the root of Catch2 3 (<Catch2TestRun>) or 2 (<Catch>).
bool is_catch2_root(std::string_view root);

/// Limits, encodings and strictness are those of read_junit.
tl::expected<Report, junit::ReadError> read_catch2(std::string_view bytes, const junit::ReadLimits& limits);

}  // namespace perftrend::formats
