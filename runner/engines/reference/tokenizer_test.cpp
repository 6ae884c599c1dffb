#include "runner/engines/reference/tokenizer.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace perftrend::runner {
namespace {

TEST(Tokenizer, MergesTheMostFrequentPairFirstAndTheSmallerAmongEquals) {
  // "ab" occurs three times and becomes 256; then (256, 'c') and ('c', 256) occur twice each, and 'c' is the smaller.
  const Tokenizer tokenizer = Tokenizer::train("abcabcab", 2);
  EXPECT_EQ(tokenizer.vocabulary_size(), 258);
  EXPECT_EQ(tokenizer.encode("ab"), (std::vector<TokenId>{256}));
  EXPECT_EQ(tokenizer.encode("ba"), (std::vector<TokenId>{'b', 'a'}));
  EXPECT_EQ(tokenizer.encode("abcabc"), (std::vector<TokenId>{256, 257, 'c'}));
  EXPECT_EQ(tokenizer.decode(std::vector<TokenId>{257, 256}), "cabab");
}

TEST(Tokenizer, LearnsNoPairThatOccursOnce) {
  EXPECT_EQ(Tokenizer::train("abcdef", 10).vocabulary_size(), 256);
  EXPECT_EQ(Tokenizer::train("", 10).vocabulary_size(), 256);
}

TEST(Tokenizer, NeverMergesOverABlank) {
  const Tokenizer tokenizer = Tokenizer::train("a a a a a a", 10);
  EXPECT_EQ(tokenizer.encode("a a").size(), 2U) << "'a' and ' a'";
}

TEST(Tokenizer, RepeatedLettersAreMergedFromTheLeft) {
  const Tokenizer tokenizer = Tokenizer::train("aaaa", 1);
  EXPECT_EQ(tokenizer.encode("aaa"), (std::vector<TokenId>{256, 'a'}));
}

TEST(Tokenizer, BuiltInVocabularyIsTheSameEachTimeAndFull) {
  const Tokenizer one = Tokenizer::built_in();
  const Tokenizer two = Tokenizer::built_in();
  EXPECT_EQ(one.vocabulary_size(), 416);
  std::set<std::string> pieces;
  for (TokenId id = 0; id < one.vocabulary_size(); ++id) {
    const std::vector<TokenId> ids{id};
    EXPECT_EQ(one.decode(ids), two.decode(ids));
    pieces.insert(one.decode(ids));
  }
  EXPECT_EQ(pieces.size(), 416U) << "two ids with one text";
}

TEST(Tokenizer, EveryByteStringComesBackWhole) {
  const Tokenizer tokenizer = Tokenizer::built_in();
  std::mt19937 random(7);
  std::string text = "The prompt, the prefill \xF0\x9F\x98\x80 \xFF";
  for (int round = 0; round < 200; ++round) {
    const auto ids = tokenizer.encode(text);
    EXPECT_EQ(tokenizer.decode(ids), text);
    EXPECT_LE(ids.size(), text.size());
    text.clear();
    for (auto length = random() % 64; length > 0; --length)
      text.push_back(static_cast<char>(random() % 256));
  }
}

TEST(Tokenizer, WorkGrowsWithThePrompt) {
  const Tokenizer tokenizer = Tokenizer::built_in();
  const auto count = [&](std::string_view text) { return tokenizer.encode(text).size(); };
  EXPECT_LT(count("Short"), count("This is a medium length prompt"));
  EXPECT_LT(count("This is a medium length prompt") * 2,
            count("This is a very long prompt that should still work correctly with prefill operations"));
}

}  // namespace
}  // namespace perftrend::runner
