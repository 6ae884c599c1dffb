#pragma once
// Values of a property as numbers: "10.081 10.079", "10.12ms", "3 KiB", "[1.5, 2.5]".

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

/// Result of parse_values. Can be used again without new allocations.
struct ParsedValues {
  ValueKind kind = ValueKind::text;
  std::vector<double> numbers;             ///< in `unit`, or as written without one; only for kind numbers
  std::optional<Unit> unit;                ///< written after the numbers; all are converted to the first
  std::vector<std::optional<Unit>> units;  ///< as written, as long as the last number that has one
};

/// Numbers are separated by blanks, by ';', by ',' with a blank, or, between brackets, by ',' alone. A unit follows
/// every number, or once the last one.
void parse_values(std::string_view text, std::size_t numbers_max, ParsedValues& values);

}  // namespace perftrend::metrics
