#pragma once
// The text of a property as numbers: "10.081 10.079", "10.12ms", "3 KiB", "[1.5, 2.5]".

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/metrics/units.h"

namespace perftrend::metrics {

enum class ValueKind {
  numbers,      ///< one or more finite numbers
  text,         ///< no numbers: not a metric
  not_finite,   ///< NaN, an infinity, or too large
  ambiguous,    ///< "1,5": a list or a decimal comma
  mixed_units,  ///< numbers of different families in one list, or only some with a unit
  too_many,     ///< more numbers than asked for
};

/// May be used again and again: its vectors keep their room.
struct Values {
  ValueKind kind = ValueKind::text;
  std::vector<double> numbers;             ///< in `unit`, or as written where there is none; only of kind numbers
  std::optional<Unit> unit;                ///< written behind the numbers; the first's, all are converted to it
  std::vector<std::optional<Unit>> units;  ///< as written, as long as the last number that has one
};

/// Numbers are separated by blanks, by ';', by ',' with a blank, or, between brackets, by ',' alone. A unit stands
/// behind every number or once behind the last.
void parse_values(std::string_view text, std::size_t numbers_max, Values& values);

}  // namespace perftrend::metrics
