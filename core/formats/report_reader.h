#pragma once
// Any report perftrend reads, whatever its format (schema/formats.md): JUnit unless the bytes or the sender say
// otherwise. Pure; safe from any thread.

#include <tl/expected.hpp>

#include <optional>
#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// The content type of CTest's Test.xml, which is read only when it is named so: its root could be anybody's.
inline constexpr std::string_view ctest_content_type = "application/vnd.ctest+xml";

/// The content type that `?format=NAME` stands for: "" for "auto", none for a name nobody knows.
std::optional<std::string_view> content_type_of_format(std::string_view format);

/// JSON, by its first byte, is Google Benchmark's, llama-bench's or hyperfine's, told apart by their members; XML is
/// JUnit, or CTest's Test.xml where `content_type` (parameters and case ignored) says so. `file_name`, which may be
/// empty, is never opened; it only helps to say what was expected. The memory promised of read_junit holds for all.
tl::expected<Report, junit::ReadError> read_report(std::string_view bytes, std::string_view content_type,
                                                   std::string_view file_name, const junit::ReadLimits& limits = {});

}  // namespace perftrend::formats
