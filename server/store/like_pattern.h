#pragma once
// Patterns with * and ? as SQL LIKE patterns.

#include <string>
#include <string_view>

namespace perftrend::store {

/// A pattern with * and ? as that of LIKE, with \ as its escape. SQLite's LIKE takes no notice of case, PostgreSQL's
/// does: statements lower both sides where they use it.
inline std::string like_pattern(std::string_view pattern) {
  std::string like;
  for (const char c : pattern) {
    if (c == '*') {
      like += '%';
    } else if (c == '?') {
      like += '_';
    } else {
      if (c == '%' || c == '_' || c == '\\') like += '\\';
      like += c;
    }
  }
  return like;
}

/// Matches a text that contains `text`, or one that matches it where it is a pattern.
inline std::string part_pattern(std::string_view text) {
  const bool is_pattern = text.find_first_of("*?") != std::string_view::npos;
  return is_pattern ? like_pattern(text) : "%" + like_pattern(text) + "%";
}

}  // namespace perftrend::store
