#include "server/points/series_directory.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace perftrend::points {
namespace {

constexpr std::size_t bytes_max = 1U << 20U;

TEST(SeriesDirectory, DistinguishesNamesWithTheSameConcatenation) {
  SeriesDirectory directory(bytes_max);
  Id id = 0;
  for (const auto& key : {CaseName{"ab", "c", "d"}, CaseName{"a", "bc", "d"}, CaseName{"a", "b", "cd"},
                          CaseName{"", "", "abcd"}, CaseName{"abcd", "", ""}, CaseName{"", "", ""}})
    directory.add_case(key, ++id);
  EXPECT_EQ(directory.find_case({"ab", "c", "d"}), 1);
  EXPECT_EQ(directory.find_case({"a", "bc", "d"}), 2);
  EXPECT_EQ(directory.find_case({"a", "b", "cd"}), 3);
  EXPECT_EQ(directory.find_case({"", "", "abcd"}), 4);
  EXPECT_EQ(directory.find_case({"abcd", "", ""}), 5);
  EXPECT_EQ(directory.find_case({"", "", ""}), 6);
  EXPECT_EQ(directory.find_case({"abc", "", "d"}), 0);
  EXPECT_NE(directory.lane("ab", "c", 1, Purpose::trend), directory.lane("a", "bc", 1, Purpose::trend));
  EXPECT_NE(directory.lane("1 a", "", 1, Purpose::trend), directory.lane("1", " a", 1, Purpose::trend));
  EXPECT_EQ(directory.lane("ab", "c", 1, Purpose::trend), directory.lane("ab", "c", 1, Purpose::trend));
  EXPECT_NE(directory.lane("ab", "c", 1, Purpose::trend), directory.lane("ab", "c", 2, Purpose::trend));
  EXPECT_NE(directory.lane("ab", "c", 1, Purpose::trend), directory.lane("ab", "c", 1, Purpose::bisect));
}

TEST(SeriesDirectory, CopiesTheNamesItIsGiven) {
  SeriesDirectory directory(bytes_max);
  for (int i = 0; i < 1000; ++i) {
    const auto name = fmt::format("a case with a name that is not short, number {}", i);
    directory.add_case({"suite", "class", text::BorrowedText::borrow(name)}, i + 1);
    directory.add_series(i + 1, fmt::format("metric {}", i % 7), 0,
                         {5000 + i, i, fmt::format("unit {}", i % 3), Better::higher});
  }
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(
        directory.find_case({"suite", "class", fmt::format("a case with a name that is not short, number {}", i)}),
        i + 1);
    const auto* series = directory.find_series(i + 1, fmt::format("metric {}", i % 7), 0);
    ASSERT_NE(series, nullptr);
    EXPECT_EQ(series->id, 5000 + i);
    EXPECT_EQ(series->unit, fmt::format("unit {}", i % 3));
    EXPECT_EQ(series->better, Better::higher);
    EXPECT_EQ(series->points, i);
  }
  EXPECT_EQ(directory.find_series(1, "metric 0", 1), nullptr) << "another testbed";
  EXPECT_EQ(directory.find_series(1, "metric 1", 0), nullptr) << "of another case";
  EXPECT_EQ(directory.find_series(1, "unknown", 0), nullptr);
  EXPECT_GT(directory.bytes(), 1000U * 100);
}

TEST(SeriesDirectory, CountsPointsInPlace) {
  SeriesDirectory directory(bytes_max);
  directory.add_series(1, "x_ms", 0, {10, 3, "ms"});
  ++directory.find_series(1, "x_ms", 0)->points;
  EXPECT_EQ(directory.find_series(1, "x_ms", 0)->points, 4);
}

TEST(SeriesDirectory, AddsNothingBeyondItsLimit) {
  SeriesDirectory none;
  none.add_case({"s", "c", "n"}, 1);
  none.add_series(1, "x_ms", 0, {10, 3, "ms"});
  EXPECT_EQ(none.find_case({"s", "c", "n"}), 0);
  EXPECT_EQ(none.find_series(1, "x_ms", 0), nullptr);

  SeriesDirectory small(10'000);
  for (int i = 1; i <= 1000; ++i) {
    small.add_case({"s", "c", std::to_string(i)}, i);
    small.add_series(i, "x_ms", 0, {i, 1, "ms"});
  }
  EXPECT_EQ(small.find_case({"s", "c", "1"}), 1);
  EXPECT_EQ(small.find_case({"s", "c", "1000"}), 0);
  EXPECT_LE(small.bytes(), 10'000U + 500U);
}

}  // namespace
}  // namespace perftrend::points
