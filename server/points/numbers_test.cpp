#include "server/points/numbers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace perftrend::points {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::vector<std::uint64_t> bits(const std::vector<double>& values) {
  std::vector<std::uint64_t> all;
  for (const double value : values)
    all.push_back(std::bit_cast<std::uint64_t>(value));
  return all;
}

/// The packed size in bytes. Every bit must be restored, and nothing after the numbers may be read.
std::size_t bytes_of_reals(const std::vector<double>& values) {
  std::string packed;
  pack_reals(packed, values);
  const std::size_t size = packed.size();
  packed += "after";
  auto rest = bytes_of(packed);
  std::vector<double> taken;
  EXPECT_TRUE(take_reals(rest, values.size(), taken));
  EXPECT_EQ(bits(taken), bits(values));
  EXPECT_EQ(rest.size(), 5U);
  return size;
}

std::size_t bytes_of_integers(const std::vector<std::int64_t>& values) {
  std::string packed;
  pack_integers(packed, values);
  auto rest = bytes_of(packed);
  std::vector<std::int64_t> taken;
  EXPECT_TRUE(take_integers(rest, values.size(), taken));
  EXPECT_EQ(taken, values);
  EXPECT_TRUE(rest.empty());
  return packed.size();
}

TEST(Integers, ComeBack) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(bytes_of_integers({}), 1U);
  bytes_of_integers({0});
  bytes_of_integers({least, most, least, 0, -1, most});
  bytes_of_integers({-1'000'000, 2'000'000, 0});
  bytes_of_integers({1, 2, 3, 1'000'000});
}

TEST(Integers, WholeSecondsTakeAsManyBytesAsSeconds) {
  std::vector<std::int64_t> days;
  for (int i = 0; i < 64; ++i)
    days.push_back(1'700'000'000'000'000 + i * std::int64_t{86'400'000'000});
  EXPECT_LE(bytes_of_integers(days), 1 + 5 + 63 * 3U);
  for (auto& day : days)
    day += 1;  // a microsecond
  EXPECT_GT(bytes_of_integers(days), 63 * 5U);
}

TEST(Reals, ComeBackWithEveryBit) {
  constexpr double least = std::numeric_limits<double>::denorm_min();
  constexpr double most = std::numeric_limits<double>::max();
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const double no_number = std::bit_cast<double>(std::uint64_t{0x7ff8'0000'dead'beef});
  bytes_of_reals({});
  bytes_of_reals({0, -0.0, 0});
  bytes_of_reals({1.5, -0.0, 2.5});
  bytes_of_reals({infinite, -infinite, no_number, 1});
  bytes_of_reals({least, most, -most, -least, 0.1});
  bytes_of_reals({9007199254740991, 9007199254740992, 9007199254740994, -9007199254740996});
  bytes_of_reals({0.1, 0.2, 0.1 + 0.2, 1.0 / 3});
}

TEST(Reals, DecimalsTakeWhatTheirDigitsNeed) {
  EXPECT_EQ(bytes_of_reals(std::vector<double>(64, 0)), 65U);
  EXPECT_EQ(bytes_of_reals({10.25, 10.26, 10.24, 10.25}), 1 + 2 + 3U);
  // Nanoseconds, written as milliseconds: differences of some 10 us are three bytes.
  EXPECT_LE(bytes_of_reals({10.085432, 10.091201, 10.079995, 10.085001}), 1 + 4 + 3 * 3U);
}

TEST(Reals, WhatIsAlmostADecimalTakesLittleMore) {
  const std::vector<double> measured = {10.085432, 10.091201, 10.079995, 10.085001, 10.090017};
  std::vector<double> deviations;
  for (const double value : measured)
    deviations.push_back(std::abs(value - 10.085001));
  EXPECT_NE(deviations[0], 0.000431);  // else this shows nothing
  EXPECT_LT(bytes_of_reals(deviations), 1 + deviations.size() * 6);
}

TEST(Reals, WithoutDecimalsTakeEightBytes) {
  std::mt19937_64 random(7);
  std::vector<double> values;
  while (values.size() < 64)
    values.push_back(std::bit_cast<double>(random()));
  EXPECT_EQ(bytes_of_reals(values), 1 + 64 * 8U);
}

TEST(Reals, OfAnyKindComeBack) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 2000; ++round) {
    const auto decimals = static_cast<int>(random() % 12);
    const double level = std::pow(10.0, static_cast<double>(random() % 12) - 4);
    std::uniform_real_distribution<double> near(0.9 * level, 1.1 * level);
    std::vector<double> values;
    for (std::size_t i = random() % 70; i > 0; --i) {
      double value = near(random);
      if (decimals < 10) value = std::round(value * std::pow(10.0, decimals)) / std::pow(10.0, decimals);
      if (random() % 16 == 0) value = std::nextafter(value, 0);
      if (random() % 64 == 0) value = -value;
      values.push_back(value);
    }
    EXPECT_LE(bytes_of_reals(values), 1 + values.size() * 8);
  }
}

TEST(Numbers, CutShortAreRefused) {
  std::string packed;
  pack_reals(packed, std::vector<double>{10.1, 10.2, 0.1 + 0.2});
  std::vector<double> reals;
  for (std::size_t size = 0; size < packed.size(); ++size) {
    auto bytes = bytes_of(packed).first(size);
    EXPECT_FALSE(take_reals(bytes, 3, reals)) << size;
  }
  packed.clear();
  pack_integers(packed, std::vector<std::int64_t>{5, 1'000'000'007, -3});
  std::vector<std::int64_t> integers;
  for (std::size_t size = 0; size < packed.size(); ++size) {
    auto bytes = bytes_of(packed).first(size);
    EXPECT_FALSE(take_integers(bytes, 3, integers)) << size;
  }
}

TEST(Numbers, OfAnotherMakingAreRefused) {
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  for (const std::string text : {"\x0a\x02", "\x3f\x02", "\x4b\x02\x02", "\xff\x02", "\xc0\x02\x02"}) {
    auto bytes = bytes_of(text);
    EXPECT_FALSE(take_reals(bytes, 1, reals)) << text;
  }
  for (const std::string& text :
       {std::string("\x03\x02"), std::string("\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11)}) {
    auto bytes = bytes_of(text);
    EXPECT_FALSE(take_integers(bytes, 1, integers)) << "an unknown unit, and seconds beyond 64 bits";
  }
}

}  // namespace
}  // namespace perftrend::points
