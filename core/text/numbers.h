#pragma once
// Decimal numbers as producers write them. Independent of the locale. Text that is not clearly a finite number gives
// nothing. Pure.

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/text/trim.h"

namespace perftrend::text {

/// Plain decimal with optional sign and exponent ("12", "+.5", "1e-3"). No blanks, hexadecimal, NaN, infinity or digit
/// grouping. A number too small for a double is 0; one above 1e100 gives nothing.
std::optional<double> parse_decimal(std::string_view text);

/// Decimal at the start of a text.
struct DecimalPrefix {
  std::size_t bytes = 0;        ///< its length, 0 without a number; "1e" is the number 1 and an 'e'
  std::optional<double> value;  ///< nothing when it is too large
};

DecimalPrefix parse_decimal_prefix(std::string_view text);

/// The `time` of a case in seconds: a decimal that is not negative, with blanks around it. Thousands separators
/// ("1,234.5", "1,234") and unambiguous decimal commas ("0,5", "0,012", "1234,567") are understood.
std::optional<double> parse_seconds(std::string_view text);

}  // namespace perftrend::text
