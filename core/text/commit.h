#pragma once
// Commit ids as version control writes them: a hash in hexadecimal digits, in full or abbreviated, or any other text.

#include <cstddef>
#include <string>
#include <string_view>

namespace perftrend::text {

/// Shorter text is not an abbreviation: Git writes at least so many digits.
inline constexpr std::size_t commit_digits_min = 7;

/// At least commit_digits_min hexadecimal digits, of either case, and nothing else.
bool is_commit_hash(std::string_view commit);

/// A hash in lower case, any other text as it is.
std::string plain_commit(std::string_view commit);

/// The same text, or both are hashes and one is the beginning of the other, in either case.
bool is_same_commit(std::string_view a, std::string_view b);

}  // namespace perftrend::text
