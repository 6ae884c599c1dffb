#pragma once
// Words around a number: "took 12.3ms", "mean: 12.3", "VmRSS: 12345 kB". For values.cpp. Pure.

#include <string_view>

namespace perftrend::metrics {

/// A value after words that say only that it is a value.
struct LedValue {
  std::string_view value;  ///< the text after the words; the whole text without any
  bool is_led = false;     ///< there were words or a '~'
  bool is_marked = false;  ///< they end in a sign ("mean:", "=", "~"), so that a number needs no unit
};

/// "~12", "took about 12 ms", "mean: 12.3", "total time = 5 s".
LedValue without_leading_words(std::string_view text);

/// "12.3 ms avg": without the word for an average.
std::string_view without_average(std::string_view unit);

/// True for a short text that ends in a number with a unit of time, size, rate or percent: "VmRSS: 12345 kB". It was
/// meant as a value, perhaps of another name.
bool ends_in_quantity(std::string_view text);

/// True for "p50", "p99.9", "min", "mean", "stddev": a number that summarises others.
bool is_statistic(std::string_view word);

}  // namespace perftrend::metrics
