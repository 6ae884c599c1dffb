#pragma once
// Columns of numbers in few bytes, without loss: what the points of a series have beside each other differs little, and
// what was measured was written down in a few decimals. Pure; threads may call everything at once.
//
// A column is packed behind what `to` holds already, and taken from the front of `bytes`. How many numbers there are is
// not packed: whoever takes a column knows. Taking answers false where the bytes are none that packing made (a damaged
// file): then `values` is in no particular state.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace perftrend::points {

/// Integers as LEB128 of their zigzagged distances. Times that are whole milliseconds or whole seconds are packed so.
void pack_integers(std::string& to, std::span<const std::int64_t> values);
[[nodiscard]] bool take_integers(std::span<const std::byte>& bytes, std::size_t count,
                                 std::vector<std::int64_t>& values);

/// Doubles as decimals: value = n / 10^k with one k for the column, each n as the distance from the one before; where a
/// value is not the double nearest to a decimal (a mean of two, a difference), the distance in units of the last place
/// is packed beside it. Where eight bytes each are fewer, those. Every bit comes back: signs of zero, infinities, NaN.
void pack_reals(std::string& to, std::span<const double> values);
[[nodiscard]] bool take_reals(std::span<const std::byte>& bytes, std::size_t count, std::vector<double>& values);

}  // namespace perftrend::points
