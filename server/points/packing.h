#pragma once
// Byte format of stored points (docs/format.md). One row holds one run's points in neighbouring series, or one series'
// points of neighbouring runs. Pure functions; any thread.
//
// Packing loses nothing. A checksum (CRC-32) ends each row. Unpacking returns nullopt (or false) for bytes that packing
// did not produce, for example those of a damaged file.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/points/point.h"

namespace perftrend::points {

/// `points` ascending by series, each series once.
std::string pack_run(std::span<const SeriesPoint> points);
std::optional<std::vector<SeriesPoint>> unpack_run(std::span<const std::byte> bytes);
/// Only the ids of the series.
std::optional<std::vector<Id>> unpack_series_of_run(std::span<const std::byte> bytes);
/// The point of one series. The inner optional is empty where the run has no point in it.
std::optional<std::optional<PointValue>> find_in_run(std::span<const std::byte> bytes, Id series);

/// Consecutive points of one series, packed.
struct Block {
  std::int64_t first_at_us = 0;
  Id first_run = 0;
  std::int64_t last_at_us = 0;
  std::size_t points = 0;
  std::string packed;
};

constexpr std::size_t block_points_max = 64;
/// Limit of a block with more than one point. Four such blocks and their keys fit on a page of SQLite; a longer row
/// would need an overflow page.
constexpr std::size_t block_bytes_max = 900;

/// Packs `points` (ascending) into blocks that are as full as possible. The last two blocks share the rest evenly.
std::vector<Block> pack_blocks(std::span<const Point> points);
/// Appends the points of a block (at least one) to `points`. False where the block is damaged.
[[nodiscard]] bool unpack_block(std::span<const std::byte> packed, std::vector<Point>& points);

}  // namespace perftrend::points
