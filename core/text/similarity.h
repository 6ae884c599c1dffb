#pragma once
// Similarity of two names.

#include <string_view>

namespace perftrend::text {

/// Share of the bytes that both names have in common, in order: 2 * (longest common subsequence) / (sum of lengths); 1
/// for equal names, 0 for names without a common byte. Only the first 200 bytes count. O(200 * 200).
double similarity(std::string_view a, std::string_view b);

}  // namespace perftrend::text
