#include "server/points/numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "server/points/varint.h"

namespace perftrend::points {

static_assert(std::endian::native == std::endian::little, "doubles are packed little-endian, as they lie in memory");

namespace {

// The first byte of a column of reals: the number of decimals, or one of these.
constexpr std::uint8_t with_ulps = 0x40;  ///< added to the decimals: distances in units of the last place follow
constexpr std::uint8_t as_they_are = 0x80;

constexpr std::array<double, 10> powers_of_ten = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
/// A double has 53 bits: not every larger integer is a double.
constexpr double exact_max = 9007199254740992.0;

constexpr std::array<std::int64_t, 3> time_units = {1'000'000, 1'000, 1};

std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void append_distances(std::string& to, std::span<const std::int64_t> values) {
  std::int64_t before = 0;
  for (const auto value : values) {
    append_varint(to, zigzag(minus(value, before)));
    before = value;
  }
}

bool take_distances(std::span<const std::byte>& bytes, std::size_t count, std::vector<std::int64_t>& values) {
  if (count > bytes.size()) return false;  // each takes at least a byte
  values.resize(count);
  std::int64_t before = 0;
  for (auto& value : values) {
    const auto distance = take_varint(bytes);
    if (!distance) return false;
    before = value = plus(before, unzigzag(*distance));
  }
  return true;
}

std::optional<std::uint8_t> take_byte(std::span<const std::byte>& bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto byte = std::to_integer<std::uint8_t>(bytes.front());
  bytes = bytes.subspan(1);
  return byte;
}

/// A column as decimals.
struct Decimals {
  std::vector<std::int64_t> numbers;  ///< value * 10^k
  std::vector<std::int64_t> ulps;     ///< from number / 10^k to the value, as their bits count
  bool exact = true;                  ///< all ulps are zero
  std::size_t bytes = 0;
};

std::size_t varint_bytes(std::uint64_t value) {
  return 1 + (static_cast<std::size_t>(std::bit_width(value | 1U)) - 1) / varint_bits;
}

/// False where the values need more decimals, or more than `bytes_max` bytes.
bool as_decimals(std::span<const double> values, double power, std::size_t bytes_max, Decimals& made) {
  made.numbers.clear();
  made.ulps.clear();
  made.exact = true;
  std::size_t number_bytes = 0;
  std::size_t ulp_bytes = 0;
  std::int64_t before = 0;
  std::int64_t ulps_before = 0;
  for (const double value : values) {
    const double scaled = value * power;
    if (!(std::abs(scaled) < exact_max)) return false;  // also for NaN, which compares false
    const auto number = static_cast<std::int64_t>(std::nearbyint(scaled));
    const double nearest = static_cast<double>(number) / power;
    const auto ulps = minus(std::bit_cast<std::int64_t>(value), std::bit_cast<std::int64_t>(nearest));
    number_bytes += varint_bytes(zigzag(minus(number, before)));
    ulp_bytes += varint_bytes(zigzag(minus(ulps, ulps_before)));
    made.exact = made.exact && ulps == 0;
    made.bytes = number_bytes + (made.exact ? 0 : ulp_bytes);
    if (made.bytes > bytes_max) return false;
    made.numbers.push_back(number);
    made.ulps.push_back(ulps);
    before = number;
    ulps_before = ulps;
  }
  return true;
}

}  // namespace

void pack_integers(std::string& to, std::span<const std::int64_t> values) {
  std::uint8_t unit = 0;
  while (std::any_of(values.begin(), values.end(), [&](std::int64_t value) { return value % time_units[unit] != 0; }))
    ++unit;
  to += static_cast<char>(unit);
  std::vector<std::int64_t> counted(values.begin(), values.end());
  for (auto& value : counted)
    value /= time_units[unit];
  append_distances(to, counted);
}

bool take_integers(std::span<const std::byte>& bytes, std::size_t count, std::vector<std::int64_t>& values) {
  const auto unit = take_byte(bytes);
  if (!unit || *unit >= time_units.size() || !take_distances(bytes, count, values)) return false;
  for (auto& value : values) {
    if (__builtin_mul_overflow(value, time_units[*unit], &value)) return false;
  }
  return true;
}

void pack_reals(std::string& to, std::span<const double> values) {
  Decimals best;
  Decimals tried;
  std::size_t bytes_max = values.size() * sizeof(double);
  std::optional<std::uint8_t> decimals;
  for (std::size_t k = 0; k < powers_of_ten.size(); ++k) {
    if (!as_decimals(values, powers_of_ten[k], bytes_max, tried)) continue;
    if (decimals && tried.bytes >= best.bytes) continue;
    std::swap(best, tried);
    decimals = static_cast<std::uint8_t>(k);
    bytes_max = best.bytes;
    if (best.exact) break;  // more decimals are more bytes
  }
  if (!decimals) {
    to += static_cast<char>(as_they_are);
    const auto bytes = std::as_bytes(values);
    to.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  to += static_cast<char>(*decimals | (best.exact ? 0 : with_ulps));
  append_distances(to, best.numbers);
  if (!best.exact) append_distances(to, best.ulps);
}

bool take_reals(std::span<const std::byte>& bytes, std::size_t count, std::vector<double>& values) {
  const auto how = take_byte(bytes);
  if (!how) return false;
  if (*how == as_they_are) {
    if (count > bytes.size() / sizeof(double)) return false;
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes.data(), count * sizeof(double));
    bytes = bytes.subspan(count * sizeof(double));
    return true;
  }
  const bool ulps = (*how & with_ulps) != 0;
  const std::size_t decimals = ulps ? *how - with_ulps : *how;
  std::vector<std::int64_t> numbers;
  if (decimals >= powers_of_ten.size() || !take_distances(bytes, count, numbers)) return false;
  values.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<double>(numbers[i]) / powers_of_ten[decimals];
  if (!ulps) return true;
  if (!take_distances(bytes, count, numbers)) return false;
  for (std::size_t i = 0; i < count; ++i)
    values[i] = std::bit_cast<double>(plus(std::bit_cast<std::int64_t>(values[i]), numbers[i]));
  return true;
}

}  // namespace perftrend::points
