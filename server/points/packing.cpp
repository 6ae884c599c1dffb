#include "server/points/packing.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "server/points/numbers.h"
#include "server/points/varint.h"

namespace perftrend::points {
namespace {

constexpr std::uint8_t format = 1;  ///< the first byte; any other value is a newer format or damage
/// Which columns follow the medians. Where each point has one sample, none do.
constexpr std::uint8_t single_samples = 0, same_samples = 1, different_samples = 2;
constexpr std::size_t points_max = 1U << 24U;  ///< more than any row holds: bounds the allocation for damaged bytes

struct ValueColumns {
  std::vector<double> median, minimum, mad;
  std::vector<std::int64_t> samples;
};

template <typename Row>
ValueColumns columns_of(std::span<const Row> rows) {
  ValueColumns columns;
  columns.median.reserve(rows.size());
  columns.samples.reserve(rows.size());
  for (const Row& row : rows) {
    const PointValue& value = row.value;
    columns.median.push_back(value.median);
    columns.mad.push_back(value.mad);
    columns.samples.push_back(value.samples);
    if (value.samples != 1) columns.minimum.push_back(value.minimum);
  }
  return columns;
}

void pack_values(std::string& to, const ValueColumns& columns) {
  pack_reals(to, columns.median);
  const auto first = columns.samples.empty() ? 1 : columns.samples.front();
  const bool same = std::all_of(columns.samples.begin(), columns.samples.end(), [&](auto n) { return n == first; });
  const bool spread = std::any_of(columns.mad.begin(), columns.mad.end(), [](double mad) { return mad != 0; });
  if (same && first == 1 && !spread) {
    to += static_cast<char>(single_samples);
    return;
  }
  to += static_cast<char>(same ? same_samples : different_samples);
  pack_integers(to, same ? std::span(columns.samples).first(1) : std::span(columns.samples));
  pack_reals(to, columns.minimum);
  pack_reals(to, columns.mad);
}

bool take_samples(std::span<const std::byte>& bytes, bool same, std::size_t count, std::vector<std::int64_t>& samples) {
  if (!take_integers(bytes, same ? 1 : count, samples)) return false;
  if (same) samples.assign(count, std::int64_t{samples.front()});
  return true;
}

std::optional<std::vector<PointValue>> take_values(std::span<const std::byte>& bytes, std::size_t count) {
  ValueColumns columns;
  if (!take_reals(bytes, count, columns.median) || bytes.empty()) return std::nullopt;
  const auto how = std::to_integer<std::uint8_t>(bytes.front());
  bytes = bytes.subspan(1);
  std::vector<PointValue> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = {columns.median[i], columns.median[i], 0, 1};
  if (how == single_samples) return values;
  if (how > different_samples || !take_samples(bytes, how == same_samples, count, columns.samples)) return std::nullopt;
  const auto single = std::count(columns.samples.begin(), columns.samples.end(), 1);
  if (!take_reals(bytes, count - static_cast<std::size_t>(single), columns.minimum) ||
      !take_reals(bytes, count, columns.mad))
    return std::nullopt;
  auto minimum = columns.minimum.begin();
  for (std::size_t i = 0; i < count; ++i) {
    values[i].samples = columns.samples[i];
    values[i].mad = columns.mad[i];
    if (columns.samples[i] != 1) values[i].minimum = *minimum++;
  }
  return values;
}

std::uint32_t checksum_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

/// Distances hide damage: one flipped bit would shift all points after it.
void append_checksum(std::string& to) {
  const auto checksum = checksum_of(std::as_bytes(std::span(to)));
  to.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
}

/// Removes the checksum from the end, the format and the number of points from the front. Returns that number, or
/// nullopt where the bytes are damaged.
std::optional<std::size_t> take_head(std::span<const std::byte>& bytes) {
  std::uint32_t checksum = 0;
  if (bytes.size() <= sizeof(checksum) || std::to_integer<std::uint8_t>(bytes.front()) != format) return std::nullopt;
  const auto tail = bytes.last(sizeof(checksum));
  std::memcpy(&checksum, tail.data(), sizeof(checksum));
  bytes = bytes.first(bytes.size() - sizeof(checksum));
  if (checksum != checksum_of(bytes)) return std::nullopt;
  bytes = bytes.subspan(1);
  const auto count = take_varint(bytes);
  if (!count || *count > points_max || *count > bytes.size()) return std::nullopt;
  return static_cast<std::size_t>(*count);
}

void append_head(std::string& to, std::size_t count) {
  to += static_cast<char>(format);
  append_varint(to, count);
}

std::string pack_block(std::span<const Point> points) {
  std::vector<std::int64_t> at_us;
  std::vector<std::int64_t> run;
  for (const auto& point : points) {
    at_us.push_back(point.at_us);
    run.push_back(point.run);
  }
  std::string packed;
  append_head(packed, points.size());
  pack_integers(packed, at_us);
  pack_integers(packed, run);
  pack_values(packed, columns_of(points));
  append_checksum(packed);
  return packed;
}

}  // namespace

std::string pack_run(std::span<const SeriesPoint> points) {
  std::vector<std::int64_t> series;
  series.reserve(points.size());
  for (const auto& point : points)
    series.push_back(point.series);
  assert(std::adjacent_find(series.begin(), series.end(), std::greater_equal<>()) == series.end());
  std::string packed;
  append_head(packed, points.size());
  pack_integers(packed, series);
  pack_values(packed, columns_of(points));
  append_checksum(packed);
  return packed;
}

std::optional<std::vector<Id>> unpack_series_of_run(std::span<const std::byte> bytes) {
  const auto count = take_head(bytes);
  std::vector<Id> series;
  if (!count || !take_integers(bytes, *count, series)) return std::nullopt;
  return series;
}

std::optional<std::vector<SeriesPoint>> unpack_run(std::span<const std::byte> bytes) {
  const auto count = take_head(bytes);
  std::vector<Id> series;
  if (!count || !take_integers(bytes, *count, series)) return std::nullopt;
  const auto values = take_values(bytes, *count);
  if (!values || !bytes.empty()) return std::nullopt;
  std::vector<SeriesPoint> points(*count);
  for (std::size_t i = 0; i < *count; ++i)
    points[i] = {series[i], (*values)[i]};
  return points;
}

std::optional<std::optional<PointValue>> find_in_run(std::span<const std::byte> bytes, Id series) {
  const auto ids = unpack_series_of_run(bytes);
  if (!ids) return std::nullopt;
  const auto place = std::lower_bound(ids->begin(), ids->end(), series);
  if (place == ids->end() || *place != series) return std::optional<PointValue>();
  const auto points = unpack_run(bytes);
  if (!points) return std::nullopt;
  return (*points)[static_cast<std::size_t>(place - ids->begin())].value;
}

std::vector<Block> pack_blocks(std::span<const Point> points) {
  std::vector<Block> blocks;
  while (!points.empty()) {
    std::size_t count = std::min(points.size(), block_points_max);
    std::string packed = pack_block(points.first(count));
    while (packed.size() > block_bytes_max && count > 1) {
      count = std::max<std::size_t>(1, std::min(count - 1, count * block_bytes_max / packed.size()));
      packed = pack_block(points.first(count));
    }
    if (count < points.size() &&
        points.size() - count < count / 2) {  // two halves instead of a full block and a tiny one
      count = (points.size() + 1) / 2;
      packed = pack_block(points.first(count));
    }
    const auto& first = points.front();
    blocks.push_back({first.at_us, first.run, points[count - 1].at_us, count, std::move(packed)});
    points = points.subspan(count);
  }
  return blocks;
}

bool unpack_block(std::span<const std::byte> packed, std::vector<Point>& points) {
  const auto count = take_head(packed);
  std::vector<std::int64_t> at_us;
  std::vector<std::int64_t> run;
  if (!count || *count == 0) return false;  // a block has at least one point
  if (!take_integers(packed, *count, at_us) || !take_integers(packed, *count, run)) return false;
  const auto values = take_values(packed, *count);
  if (!values || !packed.empty()) return false;
  points.reserve(points.size() + *count);
  for (std::size_t i = 0; i < *count; ++i)
    points.push_back({at_us[i], run[i], (*values)[i]});
  return true;
}

}  // namespace perftrend::points
