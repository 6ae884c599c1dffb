#include "core/text/commit.h"

#include <algorithm>

namespace perftrend::text {

bool is_commit_hash(std::string_view commit) {
  return commit.size() >= commit_digits_min && std::all_of(commit.begin(), commit.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::string plain_commit(std::string_view commit) {
  std::string plain(commit);
  if (!is_commit_hash(commit)) return plain;
  std::transform(plain.begin(), plain.end(), plain.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  return plain;
}

bool is_same_commit(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (!is_commit_hash(a) || !is_commit_hash(b)) return false;
  const auto one = plain_commit(a);
  const auto other = plain_commit(b);
  return one.starts_with(other) || other.starts_with(one);
}

}  // namespace perftrend::text
