#pragma once
// Values of a property as numbers: "10.081 10.079", "10.12ms", "1,234.5 ms", "12.3 ms ± 0.4", "1m30s", "[1.5, 2.5]".

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/units.h"

namespace perftrend::metrics {

enum class ValueKind {
  numbers,      ///< one or more finite numbers
  text,         ///< no numbers: not a metric
  unreadable,   ///< has a number, and the rest is not understood: "12 requests failed", "12 / 15"
  not_finite,   ///< NaN, an infinity, or too large
  ambiguous,    ///< "1,5", "01:30", "1s, 500ms": it may mean several things
  mixed_units,  ///< numbers of different families in one list, or only some with a unit
  too_many,     ///< more numbers than asked for
};

/// A value with ':' that is a duration or a time of day.
enum class ClockForm {
  none,
  full,       ///< "00:01:30.5"; the number is in seconds
  two_parts,  ///< "01:30": also minutes or hours first; the number has no meaning
};

/// Result of parse_values. Can be used again without new allocations.
struct ParsedValues {
  ValueKind kind = ValueKind::text;
  std::vector<double> numbers;             ///< in `unit`, or as written without one; only for kind numbers
  std::optional<Unit> unit;                ///< written after the numbers; all are converted to the first
  std::vector<std::optional<Unit>> units;  ///< as written, as long as the last number that has one
  bool is_unit_unknown = false;            ///< `unit` is of family other and named as written
  bool is_bare_b = false;                  ///< the unit is "B": bytes, or billions as in "7B"
  ClockForm clock = ClockForm::none;
  std::string_view advice;  ///< for kind ambiguous and unreadable: what to write instead; "" for no special advice
  std::string plain;        ///< the text with ASCII blanks and signs, where it had others; `unit` may be a view of it
};

/// Numbers are separated by blanks, by ';', by ',' with a blank, or, between brackets, by ',' alone. A unit follows
/// every number, or once the last one; different units separated by blanks alone are not a list. One number may have
/// thousands separators ("1,234.5 ms", "1'234", "1 234.5 ms"), a multiplier ("3.2K", "1.2M ops/s", "3 million rows"), a
/// spread that is left out ("12.3 ms ± 0.4", "5,933 ns/iter (+/- 12)"), words that say only that it is a value before
/// it ("~12 ms", "took 12 ms", "mean: 12.3"), and a remark in parentheses after it. Durations of several parts
/// ("1m30s", "1s 500ms", "PT1M30.5S", "0:12.34") are one number in seconds. Linear.
void parse_values(std::string_view text, std::size_t numbers_max, ParsedValues& values);

}  // namespace perftrend::metrics
