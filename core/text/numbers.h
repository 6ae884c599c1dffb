#pragma once
// Numbers as producers write them. Nothing here depends on the locale, nothing guesses: what is not surely a finite
// number is none.

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/text/trim.h"

namespace perftrend::text {

/// Plain decimal, optionally signed, optionally with an exponent ("12", "+.5", "1e-3"). No blanks, hex, NaN, Inf or
/// digit grouping. Too small for a double is 0; too large is none.
std::optional<double> parse_decimal(std::string_view text);

/// A decimal at the front of a text.
struct DecimalPrefix {
  std::size_t bytes = 0;        ///< its length, 0 if there is none; "1e" is the number 1 and an 'e'
  std::optional<double> value;  ///< none where it is too large
};

DecimalPrefix parse_decimal_prefix(std::string_view text);

/// The `time` of a case in seconds: a decimal as above that is not negative, surrounded by blanks perhaps, or with
/// thousands separators ("1,234.5", "1,234") or a decimal comma where it cannot be one ("0,5", "0,012", "1234,567").
std::optional<double> parse_seconds(std::string_view text);

}  // namespace perftrend::text
