#include "core/text/similarity.h"

#include <gtest/gtest.h>

#include <string>

namespace perftrend::text {
namespace {

TEST(Similarity, IsTheShareOfCommonBytesInOrder) {
  EXPECT_EQ(similarity("", ""), 1);
  EXPECT_EQ(similarity("decode", "decode"), 1);
  EXPECT_EQ(similarity("abc", "xyz"), 0);
  EXPECT_EQ(similarity("abc", ""), 0);
  EXPECT_DOUBLE_EQ(similarity("ab", "abcd"), 2.0 / 3);
  EXPECT_GT(similarity("BM_decode/8", "BM_decode/batch:8"), 0.75);
  EXPECT_LT(similarity("BM_decode/8", "prefill_ms"), 0.4);
}

TEST(Similarity, LooksAtTheBeginningOfLongNames) {
  EXPECT_EQ(similarity(std::string(10'000, 'a') + "x", std::string(10'000, 'a') + "y"), 1);
}

}  // namespace
}  // namespace perftrend::text
