#pragma once
// Columns of numbers in few bytes, without loss (docs/format.md). Neighbouring points of a series differ little, and
// measured values have few decimals. Pure functions; any thread.
//
// Packing appends a column to `to`; taking removes it from the front of `bytes`. The number of values is not packed:
// the caller knows it. Taking returns false, with `values` unspecified, for bytes that packing did not produce (a
// damaged file).

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace perftrend::points {

/// Integers as LEB128 of their zigzagged distances, in whole seconds or milliseconds where all are.
void pack_integers(std::string& to, std::span<const std::int64_t> values);
[[nodiscard]] bool take_integers(std::span<const std::byte>& bytes, std::size_t count,
                                 std::vector<std::int64_t>& values);

/// Doubles as decimals: value = n / 10^k with one k for the column, each n as the distance from the one before. Where a
/// value is not the double nearest to a decimal (a mean of two, a difference), its distance in units of the last place
/// is packed too. Where that takes more than eight bytes each, the doubles are packed as they are. Every bit comes
/// back: signs of zero, infinities, NaN.
void pack_reals(std::string& to, std::span<const double> values);
[[nodiscard]] bool take_reals(std::span<const std::byte>& bytes, std::size_t count, std::vector<double>& values);

}  // namespace perftrend::points
