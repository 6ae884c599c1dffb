#pragma once
// JSON parsed by nlohmann's SAX parser with limits: a document that is too deep or too large as a tree is refused while
// the tree is built. Linear in the bytes. Pure; safe from any thread.

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/junit/limits.h"

namespace perftrend::formats {

/// True when the first byte that is not blank starts an object or an array, in any Unicode encoding. XML never does.
bool looks_like_json(std::string_view bytes);

/// The objects and arrays of a document, separated only by blanks (JSON Lines; usually one). Stricter than RFC 8259 in
/// one point: an object with two members of one name is refused. Less strict in another: NaN and infinities, which
/// Python and Google Benchmark write although JSON has none, are read as `no_number`. Encodings: UTF-8, and UTF-16 with
/// byte order mark. Errors have the line and column of the first byte that is wrong.
tl::expected<std::vector<nlohmann::json>, junit::ReadError> read_json(std::string_view bytes,
                                                                      const junit::ReadLimits& limits);

/// True for JSON that is only wrong because it has comments: settings of editors and compilers have them, results of
/// benchmarks never. Limits as for read_json do not apply; memory: that of the tree.
bool is_json_with_comments(std::string_view bytes);

/// Replaces numbers that are not finite. No producer writes this text.
inline constexpr std::string_view no_number = "\x7f";

/// Numbers as text for a property, separated by blanks, each followed by `unit`; "NaN" for no_number. For an array its
/// elements. "" for any other value.
std::string numbers_as_text(const nlohmann::json& value, std::string_view unit);

/// Member of an object; nullptr when it is absent or null, or when `object` is another value.
const nlohmann::json* member_of(const nlohmann::json& object, std::string_view member);

/// Text of a member, or "" when it is absent or not text.
std::string text_of(const nlohmann::json& object, std::string_view member);

/// Finite number of a member, also one written as text ("12.5"); nothing for another value.
std::optional<double> number_of(const nlohmann::json& object, std::string_view member);

/// Text, number or boolean as text; "" for another value.
std::string scalar_as_text(const nlohmann::json& value);

/// True when the member is an object; an array.
bool has_object(const nlohmann::json& object, std::string_view member);
bool has_array(const nlohmann::json& object, std::string_view member);

}  // namespace perftrend::formats
