#include "core/text/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace perftrend::text {
namespace {

TEST(MatchesGlob, Table) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*b?c", "axxbxbyc"));
  EXPECT_FALSE(matches_glob("a*b?c", "axxbc"));
  EXPECT_TRUE(matches_glob("**x", "aax"));
  EXPECT_FALSE(matches_glob("a", "ab"));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(MatchesGlob, ManyStarsStayFast) {
  std::string stars;
  for (int i = 0; i < 20; ++i)
    stars += "a*";
  EXPECT_FALSE(matches_glob(stars + "b", std::string(10'000, 'a')));
}

}  // namespace
}  // namespace perftrend::text
