#include "core/text/trim.h"

#include <gtest/gtest.h>

#include "core/text/glob.h"
#include "core/text/sha256.h"

namespace perftrend::text {
namespace {

TEST(Trim, BlanksAtTheEndsOnly) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\"a\"", "\""), "a");
}

TEST(Beginning, NeverSplitsACharacter) {
  EXPECT_EQ(beginning("abc", 3), "abc");
  EXPECT_EQ(beginning("abcd", 3), "abc");
  EXPECT_EQ(beginning("a\xC3\xA9z", 2), "a");
  EXPECT_EQ(beginning("\xE2\x82\xAC", 2), "");
}

TEST(Shortened, EndsInAMarkWithinTheLimit) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcdef", 5), "ab\xE2\x80\xA6");
  EXPECT_EQ(shortened("abcdef", 5, "..."), "ab...");
  EXPECT_EQ(shortened("abcdef", 1), "\xE2\x80\xA6");
}

TEST(Glob, MatchesTheWholeText) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*b?c", "axxbxbyc"));
  EXPECT_FALSE(matches_glob("a*b?c", "axxbc"));
  EXPECT_TRUE(matches_glob("**x", "aax"));
  EXPECT_TRUE(matches_glob("*[Prompt 0]", "case[Prompt 0]"));
  EXPECT_FALSE(matches_glob("a", "ab"));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Glob, ManyStarsTakeNoTime) {
  std::string stars;
  for (int i = 0; i < 1000; ++i)
    stars += "*a";
  EXPECT_FALSE(matches_glob(stars + "b", std::string(10'000, 'a')));
}

TEST(Sha256, InPiecesAndAtOnce) {
  EXPECT_EQ(sha256_hex({"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(sha256_hex({"ab", "c"}), sha256_hex({"a", "bc"}));
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(hash.hex(), sha256_hex({"abc"}));
}

}  // namespace
}  // namespace perftrend::text
