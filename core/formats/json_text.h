#pragma once
// JSON within limits: what would be too deep or too large as a tree is refused before the tree is built.

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/junit/limits.h"

namespace perftrend::formats {

/// True when the first byte that is no blank begins an object or an array, whatever Unicode encoding. No XML does.
bool looks_like_json(std::string_view bytes);

/// The values of a document, one behind the other with nothing but blanks between them (JSON Lines; usually one value).
/// Strict as RFC 8259, and stricter: an object that names a member twice is refused. But for one thing: NaN and
/// infinities, which Google Benchmark writes although JSON has none, are read as `no_number`.
/// Encodings: UTF-8 and, with byte order mark, UTF-16.
tl::expected<std::vector<nlohmann::json>, junit::ReadError> read_json(std::string_view bytes,
                                                                      const junit::ReadLimits& limits);

/// What stands in the place of a number that is none: a text no producer writes.
inline constexpr std::string_view no_number = "\x7f";

/// Numbers as text for a property, separated by blanks and each followed by `unit`; "NaN" for no_number. Of an array
/// its elements. "" where `value` is anything else.
std::string numbers_as_text(const nlohmann::json& value, std::string_view unit);

/// The member's text, or "" where it is absent or no text. `object` is an object.
std::string text_of(const nlohmann::json& object, const char* member);

}  // namespace perftrend::formats
