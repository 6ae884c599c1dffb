#include <gtest/gtest.h>

TEST(Interop, Passes) {
  RecordProperty("prefill_ms", "10.12");
}
TEST(Interop, Fails) {
  EXPECT_EQ(1, 2);
}
TEST(Interop, Skips) {
  GTEST_SKIP() << "on purpose";
}
