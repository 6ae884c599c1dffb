#pragma once
// Reader of all report formats (schema/formats.md): the bytes say which it is, except where only the sender can know.
// Pure; safe from any thread.

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// Content type of CTest's Test.xml. It is read only when the sender names it, because any XML may have the root
/// <Site>.
inline constexpr std::string_view ctest_content_type = "application/vnd.ctest+xml";

/// Content types of github-action-benchmark's custom JSON, which does not state its direction.
inline constexpr std::string_view bigger_content_type = "application/vnd.custom-bigger-is-better+json";
inline constexpr std::string_view smaller_content_type = "application/vnd.custom-smaller-is-better+json";

/// Content type of `?format=NAME`: "" for "auto", nothing for an unknown name.
std::optional<std::string_view> content_type_of_format(std::string_view format);

/// Names of all formats that are read, for messages.
std::string known_formats();

/// Why a document was not read.
struct FormatError : junit::ReadError {
  /// The bytes are not those of a format that is read, as opposed to a broken report. In an archive such a file is
  /// skipped.
  bool is_other_file = false;
};

/// Recognises the format by the bytes. `content_type` decides only for those above (parameters and case are ignored).
/// `file_name` may be empty and is never opened; results of Criterion may have no other name. Memory as promised for
/// read_junit.
tl::expected<Report, FormatError> read_report(std::string_view bytes, std::string_view content_type,
                                              std::string_view file_name, const junit::ReadLimits& limits = {});

/// True for text in which read_report finds results of benchmarks: output of a benchmark program, or CSV. Linear.
bool is_text_report(std::string_view bytes);

}  // namespace perftrend::formats
