#pragma once
// Parser of JSON with limits: a document that is too deep or too large as a tree is refused before the tree is built.

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/junit/limits.h"

namespace perftrend::formats {

/// True when the first byte that is not blank starts an object or an array, in any Unicode encoding. XML never does.
bool looks_like_json(std::string_view bytes);

/// The values of a document, separated only by blanks (JSON Lines; usually one value). Stricter than RFC 8259 in one
/// point: an object with two members of one name is refused. Less strict in another: NaN and infinities, which Google
/// Benchmark writes although JSON has none, are read as `no_number`. Encodings: UTF-8, and UTF-16 with byte order mark.
tl::expected<std::vector<nlohmann::json>, junit::ReadError> read_json(std::string_view bytes,
                                                                      const junit::ReadLimits& limits);

/// Replaces numbers that are not finite. No producer writes this text.
inline constexpr std::string_view no_number = "\x7f";

/// Numbers as text for a property, separated by blanks, each followed by `unit`; "NaN" for no_number. For an array its
/// elements. "" for any other value.
std::string numbers_as_text(const nlohmann::json& value, std::string_view unit);

/// Text of a member, or "" when it is absent or not text. `object` is an object.
std::string text_of(const nlohmann::json& object, const char* member);

}  // namespace perftrend::formats
