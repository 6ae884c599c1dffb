#pragma once
// One number as it is written for people: with thousands separators, a sign, a multiplier. For values.cpp. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace perftrend::metrics {

/// A number at the start of a text.
struct LeadingNumber {
  std::size_t bytes = 0;  ///< 0 without a number
  std::optional<double> value;
  bool is_one_group = false;  ///< "5,933": thousands, or a comma before three decimals
  bool is_ambiguous = false;  ///< "1,5", "1.234,5"
};

/// "12", "-1.5e3", "1,234.5", "1'234.5", "1_234". Groups have exactly three digits.
LeadingNumber read_leading_number(std::string_view text);

/// "1 234.5": groups of three digits with single blanks between them.
struct BlankGroups {
  std::size_t bytes = 0;  ///< 0 where the text does not begin so
  std::optional<double> value;
  bool may_be_list = false;  ///< as samples, the numbers would be close to each other: "101 100 102"
};
BlankGroups read_blank_groups(std::string_view text);

/// Factor of a multiplier right after a number, which is cut off: "3.2K", "1.2M ops/s", "3 million".
double take_multiplier(std::string_view& rest);

/// Whether a text has blanks or signs outside ASCII: a no-break space, a minus sign, a typographic apostrophe.
bool has_typography(std::string_view text);

/// The text with their ASCII equivalents. A no-break or thin space between groups of three digits is an apostrophe.
std::string without_typography(std::string_view text);

}  // namespace perftrend::metrics
