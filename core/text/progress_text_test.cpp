#include "core/text/progress_text.h"

#include <gtest/gtest.h>

namespace perftrend::text {
namespace {

TEST(ProgressText, ShowsDoneTotalAndTimeLeft) {
  EXPECT_EQ(progress_text(0, 3000, 0), "[..............................] 0 of 3000, 0 s left");
  EXPECT_EQ(progress_text(1000, 3000, 10), "[##########....................] 1000 of 3000, 20 s left");
  EXPECT_EQ(progress_text(3000, 3000, 30), "[##############################] 3000 of 3000, 0 s left");
}

}  // namespace
}  // namespace perftrend::text
