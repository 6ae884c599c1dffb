#pragma once
// Reader of all report formats (schema/formats.md): JUnit unless the bytes or the sender say otherwise. Pure; safe from
// any thread.

#include <tl/expected.hpp>

#include <optional>
#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// Content type of CTest's Test.xml. It is read only when the sender names it, because any XML may have the root
/// <Site>.
inline constexpr std::string_view ctest_content_type = "application/vnd.ctest+xml";

/// Content type of `?format=NAME`: "" for "auto", nothing for an unknown name.
std::optional<std::string_view> content_type_of_format(std::string_view format);

/// JSON (by its first byte) is a report of Google Benchmark, llama-bench or hyperfine, distinguished by their members.
/// XML is JUnit, or CTest's Test.xml when `content_type` says so (parameters and case are ignored). `file_name` may be
/// empty; it only improves error messages and is never opened. Memory as promised for read_junit.
tl::expected<Report, junit::ReadError> read_report(std::string_view bytes, std::string_view content_type,
                                                   std::string_view file_name, const junit::ReadLimits& limits = {});

}  // namespace perftrend::formats
