#pragma once
// Built-in patterns of parts of names that change with every run. Each looks at one place of a name and at a bounded
// number of characters after it.

#include <cstddef>
#include <string_view>

namespace perftrend::metrics {

/// What a pattern found at a place; `bytes` is 0 when nothing.
struct ChangingPart {
  std::size_t kept = 0;          ///< bytes that stay, before the part: "pid=" of "pid=4711"
  std::size_t bytes = 0;         ///< that are replaced, after `kept`
  std::string_view replacement;  ///< "<address>"
  bool is_certain = true;        ///< false for what a parameter may be: dates, long numbers
};

/// The changing part that begins at `at`, where a word or a separator begins.
ChangingPart find_changing_part(std::string_view name, std::size_t at);

}  // namespace perftrend::metrics
