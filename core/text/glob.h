#pragma once
// Glob patterns.

#include <string_view>

namespace perftrend::text {

/// Whether `pattern` matches the whole `text`: '*' matches any characters, '?' any single byte, everything else itself.
/// Linear in the length of `text` for each '*'; no recursion.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace perftrend::text
