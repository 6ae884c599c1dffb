#include "core/text/commit.h"

#include <algorithm>

namespace perftrend::text {

bool is_commit_hash(std::string_view commit) {
  return commit.size() >= commit_digits_min && std::all_of(commit.begin(), commit.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_same_commit(std::string_view a, std::string_view b) {
  if (a == b) return true;
  return is_commit_hash(a) && is_commit_hash(b) && (a.starts_with(b) || b.starts_with(a));
}

}  // namespace perftrend::text
