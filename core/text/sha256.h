#pragma once
// SHA-256 (OpenSSL), as lower-case hex.

#include <initializer_list>
#include <string>
#include <string_view>

namespace perftrend::text {

/// Of the parts, each preceded by its length, so that no two different lists of parts are the same text.
/// A single part is hashed as it stands.
std::string sha256_hex(std::initializer_list<std::string_view> parts);

}  // namespace perftrend::text
