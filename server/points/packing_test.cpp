#include "server/points/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace perftrend::points {
namespace {

using testing::ElementsAre;

constexpr std::int64_t day_us = 86'400'000'000;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// Days of a runner that measures `samples` times, in nanoseconds written as milliseconds.
std::vector<Point> days(std::size_t count, int samples, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(10.0, 0.1);
  const auto measure = [&] { return std::round(noise(random) * 1e6) / 1e6; };
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> measured(static_cast<std::size_t>(samples));
    std::generate(measured.begin(), measured.end(), measure);
    std::sort(measured.begin(), measured.end());
    const double value = measured[measured.size() / 2];
    const double mad = samples == 1 ? 0 : std::abs(measured[measured.size() / 2 + 1] - value);
    const auto day = static_cast<std::int64_t>(i);
    points.push_back({1'700'000'000'000'000 + day * day_us, 5 + 3 * day, {value, measured.front(), mad, samples}});
  }
  return points;
}

std::vector<Point> unpack(const std::vector<Block>& blocks) {
  std::vector<Point> points;
  for (const auto& block : blocks) {
    const std::size_t before = points.size();
    EXPECT_TRUE(unpack_block(bytes_of(block.packed), points));
    EXPECT_EQ(points.size() - before, block.points);
    EXPECT_EQ(points[before].at_us, block.first_at_us);
    EXPECT_EQ(points[before].run, block.first_run);
    EXPECT_EQ(points.back().at_us, block.last_at_us);
    EXPECT_TRUE(block.packed.size() <= block_bytes_max || block.points == 1);
  }
  return points;
}

std::size_t bytes(const std::vector<Block>& blocks) {
  std::size_t sum = 0;
  for (const auto& block : blocks)
    sum += block.packed.size();
  return sum;
}

TEST(Blocks, GiveBackWhatWasPacked) {
  for (const int samples : {1, 5, 6}) {
    for (const std::size_t count : {0U, 1U, 2U, 63U, 64U, 65U, 128U, 1000U}) {
      const auto points = days(count, samples);
      EXPECT_EQ(unpack(pack_blocks(points)), points);
    }
  }
}

TEST(Blocks, AreSmall) {
  const auto single = days(640, 1);
  EXPECT_LT(bytes(pack_blocks(single)), 640 * 9U);
  EXPECT_EQ(pack_blocks(single).size(), 10U);
  const auto several = days(640, 5);
  EXPECT_LT(bytes(pack_blocks(several)), 640 * 17U);
}

TEST(Blocks, OfPointsThatCannotBePackedHoldFewer) {
  std::mt19937_64 random(3);
  std::vector<Point> points;
  for (int i = 0; i < 200; ++i) {
    const double value = std::ldexp(static_cast<double>(random()), -60);
    points.push_back({static_cast<std::int64_t>(random() >> 8U), i, {value, value / 3, value / 7, 1 + i % 3}});
    if (points.back().value.samples == 1) points.back().value.minimum = value;
  }
  std::sort(points.begin(), points.end(), is_before);
  const auto blocks = pack_blocks(points);
  EXPECT_EQ(unpack(blocks), points);
  EXPECT_GT(blocks.size(), 4U);
}

TEST(Blocks, OneSampleIsItsMinimum) {
  std::vector<Point> points = days(3, 5);
  points[1].value = {10, 10, 0, 1};
  points[2].value.samples = 3;
  EXPECT_EQ(unpack(pack_blocks(points)), points);
  points[1].value.minimum = 7;
  EXPECT_EQ(unpack(pack_blocks(points))[1].value.minimum, 10);
}

TEST(Blocks, DamagedAreRefused) {
  const auto whole = pack_blocks(days(64, 5)).front().packed;
  std::vector<Point> points;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(unpack_block(bytes_of(whole).first(size), points)) << size;
  EXPECT_FALSE(unpack_block(bytes_of(whole + "x"), points));
  EXPECT_FALSE(unpack_block(bytes_of("\x02" + whole.substr(1)), points)) << "a format to come";
  EXPECT_TRUE(points.empty());
  EXPECT_FALSE(unpack_block(bytes_of(pack_run({})), points)) << "no block is empty";
  EXPECT_TRUE(points.empty());
  for (std::size_t i = 0; i < 8 * whole.size(); ++i) {
    std::string bent = whole;
    bent[i / 8] = static_cast<char>(bent[i / 8] ^ (1 << i % 8));
    EXPECT_FALSE(unpack_block(bytes_of(bent), points)) << "bit " << i;
  }
}

TEST(RunPoints, GiveBackWhatWasPacked) {
  std::vector<SeriesPoint> points;
  EXPECT_THAT(unpack_run(bytes_of(pack_run(points))), testing::Optional(points));
  for (int i = 0; i < 300; ++i) {
    const int samples = i % 3 == 0 ? 1 : 5;
    points.push_back({100 + 7 * i, {0.1 * i, samples == 1 ? 0.1 * i : 0.09 * i, samples == 1 ? 0 : 0.01, samples}});
  }
  const auto packed = pack_run(points);
  EXPECT_THAT(unpack_run(bytes_of(packed)), testing::Optional(points));
  EXPECT_EQ(unpack_series_of_run(bytes_of(packed))->size(), 300U);
  EXPECT_EQ(find_in_run(bytes_of(packed), 107)->value(), points[1].value);
  EXPECT_EQ(find_in_run(bytes_of(packed), 108).value(), std::nullopt);
  EXPECT_EQ(find_in_run(bytes_of(packed), 1'000'000).value(), std::nullopt);
}

TEST(RunPoints, DamagedAreRefused) {
  const auto whole = pack_run(std::vector<SeriesPoint>{{1, {10.5, 10.5, 0, 1}}, {2, {11.5, 11, 0.25, 5}}});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(unpack_run(bytes_of(whole).first(size)), std::nullopt) << size;
  EXPECT_EQ(unpack_run(bytes_of(whole + "x")), std::nullopt);
  EXPECT_EQ(find_in_run(bytes_of(whole).first(5), 2), std::nullopt);
}

}  // namespace
}  // namespace perftrend::points
