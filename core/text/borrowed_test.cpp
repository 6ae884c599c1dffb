#include "core/text/borrowed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/text/arena.h"

namespace perftrend::text {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Borrowed, ACopyOwnsAndAMovedOneIsWhatItWas) {
  std::string owner = "abc";
  BorrowedText text = BorrowedText::borrow(owner);
  const BorrowedText copy = text;
  const BorrowedText moved = std::move(text);
  const BorrowedText shared = moved.share();
  BorrowedText assigned = "before";
  assigned = moved;
  owner[0] = 'X';
  EXPECT_EQ(copy, "abc");
  EXPECT_EQ(assigned, "abc");
  EXPECT_EQ(moved, "Xbc");
  EXPECT_EQ(shared, "Xbc");
  EXPECT_TRUE(copy.is_owned());
  EXPECT_FALSE(moved.is_owned());

  BorrowedText owned = copy;
  const BorrowedText other = owned.share();
  const BorrowedText taken = std::move(owned);
  EXPECT_EQ(other, "abc");
  EXPECT_EQ(taken, "abc");
  EXPECT_TRUE(other.is_owned());
  EXPECT_NE(other.view().data(), taken.view().data());
}

TEST(Borrowed, NothingIsEmptyAndOwnsNothing) {
  EXPECT_TRUE(BorrowedText().empty());
  EXPECT_FALSE(BorrowedText("").is_owned());
  EXPECT_EQ(BorrowedText(), "");
  EXPECT_EQ(std::string(BorrowedText("a")), "a");
  BorrowedText text = "a";
  const BorrowedText& same = text;
  text = same;
  EXPECT_EQ(text, "a");
  EXPECT_THAT(Borrowed<double>(), IsEmpty());
}

TEST(Borrowed, NumbersCompareAsRows) {
  const Borrowed<double> numbers = {1, 2};
  EXPECT_TRUE(numbers == std::vector<double>({1, 2}));
  EXPECT_FALSE(numbers == std::vector<double>({1, 3}));
  EXPECT_FALSE(numbers == std::vector<double>({1}));
  EXPECT_THAT(Borrowed<double>(numbers), ElementsAre(1, 2));
  const std::vector<double> vector = numbers;
  EXPECT_THAT(vector, ElementsAre(1, 2));
}

TEST(Arena, WhatItGaveStaysWhereItIs) {
  Arena<double> arena;
  std::vector<std::span<double>> taken;
  for (std::size_t size = 0; size < 20'000; size = size * 2 + 1) {
    for (int i = 0; i < 10; ++i) {
      taken.push_back(arena.take(size));
      std::fill(taken.back().begin(), taken.back().end(), static_cast<double>(taken.size()));
    }
  }
  for (std::size_t i = 0; i < taken.size(); ++i)
    EXPECT_THAT(taken[i], Each(static_cast<double>(i + 1)));
}

TEST(Arena, KeepsTwoTextsAsOne) {
  Arena<char> arena;
  EXPECT_EQ(copy_into(arena, "case", "[label]"), "case[label]");
  EXPECT_EQ(copy_into(arena, "", ""), "");
  EXPECT_EQ(copy_into(arena, std::string(100'000, 'a'), "b").size(), 100'001U);
}

}  // namespace
}  // namespace perftrend::text
