#pragma once
// Points as they are stored: a run's beside each other (one row for many series, written at once when it is uploaded)
// and a series' beside each other (one row for many nights, read at once when a trend is asked for). Pure; threads may
// call everything at once.
//
// Packing loses nothing; a checksum (CRC-32) stands at the end. Taking apart answers nullopt where the bytes are none
// that packing made (a damaged file).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "core/model.h"

namespace perftrend::blocks {

/// What a point says, in the unit of its series.
struct Measured {
  double value = 0;    ///< median of the samples
  double minimum = 0;  ///< not kept of one sample: it is the value then
  double mad = 0;
  std::int64_t samples = 1;
  friend bool operator==(const Measured&, const Measured&) = default;
};

/// A run's point of one series.
struct SeriesPoint {
  Id series = 0;
  Measured measured;
  friend bool operator==(const SeriesPoint&, const SeriesPoint&) = default;
};

/// A series' point of one run. Points of a series lie in the order of (at_us, run).
struct Point {
  std::int64_t at_us = 0;
  Id run = 0;
  Measured measured;
  friend bool operator==(const Point&, const Point&) = default;
};
inline bool is_before(const Point& a, const Point& b) {
  return std::tie(a.at_us, a.run) < std::tie(b.at_us, b.run);
}

/// `points` ascending by series, each once.
std::string pack_run(std::span<const SeriesPoint> points);
std::optional<std::vector<SeriesPoint>> unpack_run(std::span<const std::byte> bytes);
/// The ids alone.
std::optional<std::vector<Id>> unpack_series_of_run(std::span<const std::byte> bytes);
/// The point of one series; an empty inner optional where the run has none.
std::optional<std::optional<Measured>> find_in_run(std::span<const std::byte> bytes, Id series);

/// A part of a series' points.
struct Block {
  std::int64_t first_at_us = 0;
  Id first_run = 0;
  std::int64_t last_at_us = 0;
  std::size_t points = 0;
  std::string packed;
};

constexpr std::size_t block_points_max = 64;
/// Of a block with more than one point. Four lie on a page of SQLite's with room for their keys: a longer row would
/// take a page of its own beside it.
constexpr std::size_t block_bytes_max = 900;

/// `points` ascending, in blocks that are as full as they may be; the last two share what is left.
std::vector<Block> pack_blocks(std::span<const Point> points);
/// Adds the block's points, at least one, to `points`; false where it is damaged.
[[nodiscard]] bool unpack_block(std::span<const std::byte> packed, std::vector<Point>& points);

}  // namespace perftrend::blocks
