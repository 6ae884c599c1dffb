#include "core/text/commit.h"

#include <gtest/gtest.h>

namespace perftrend::text {
namespace {

TEST(Commit, AnAbbreviatedHashIsTheSameCommit) {
  struct Case {
    std::string_view a, b;
    bool is_same;
  };
  for (const auto& [a, b, is_same] : {Case{"abc1234", "abc1234", true},
                                      {"abc1234", "abc1234f00d", true},
                                      {"abc1234f00d", "abc1234", true},
                                      {"abc123", "abc1234f00d", false},
                                      {"abc1234", "abc1235f00d", false},
                                      {"ABC1234", "abc1234f00d", true},
                                      {"release", "release-2", false},
                                      {"1234567", "1234567-dirty", false},
                                      {"", "abc1234", false},
                                      {"v1", "v1", true}}) {
    EXPECT_EQ(is_same_commit(a, b), is_same) << a << " and " << b;
  }
}

}  // namespace
}  // namespace perftrend::text
