#include "core/metrics/value_words.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/metrics/unit_words.h"
#include "core/metrics/units.h"
#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

constexpr auto leading_words = std::to_array<std::string_view>(
    {"took",      "takes",   "taken",   "in",   "about",      "approx",   "approximately", "around",
     "roughly",   "ca",      "circa",   "c",    "avg",        "average",  "mean",          "median",
     "total",     "elapsed", "time",    "real", "time taken", "duration", "value",         "result",
     "is",        "of",      "was",     "used", "measured",   "ran",      "finished",      "done",
     "completed", "wall",    "overall", "est",  "estimated"});

constexpr auto averages = std::to_array<std::string_view>(
    {"avg", "avg.", "average", "mean", "median", "total", "elapsed", "each", "on average", "in total"});

constexpr auto signs = std::to_array<std::string_view>({"~", "\xE2\x89\x88", "\xE2\x89\x85", "=", ":", "\xC3\x98"});

using text::is_digit;
using text::is_letter;

bool begins_with_number(std::string_view text) {
  return text::parse_decimal_prefix(text).bytes > 0;
}

}  // namespace

LedValue without_leading_words(std::string_view text) {
  constexpr int words_max = 4;
  LedValue led = {text};
  for (int i = 0; i <= 2 * words_max && !text.empty(); ++i) {
    const auto* sign = std::find_if(signs.begin(), signs.end(), [&](auto one) { return text.starts_with(one); });
    if (sign != signs.end()) {
      text = text::trim(text.substr(sign->size()));
      led.is_marked = true;
    } else {
      const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_letter) - text.begin());
      if (end == 0 || end > unit_bytes_max || !is_one_of(Lower(text.substr(0, end)).view(), leading_words)) break;
      text.remove_prefix(end);
      if (text.starts_with('.')) text.remove_prefix(1);  // "approx."
      if (!text.empty() && std::string_view(" \t:=").find(text[0]) == std::string_view::npos) return {led.value};
      text = text::trim(text);
      led.is_marked = false;
    }
    led.is_led = true;
  }
  const bool is_value = begins_with_number(text) || text.starts_with('P') || text.starts_with('(');
  return led.is_led && is_value ? LedValue{text, true, led.is_marked} : LedValue{led.value};
}

std::string_view without_average(std::string_view unit) {
  for (const std::string_view word : averages) {
    if (unit.size() > word.size() + 1 && unit.ends_with(word) && unit[unit.size() - word.size() - 1] == ' ')
      return text::trim(unit.substr(0, unit.size() - word.size()), " ,");
  }
  return unit;
}

bool ends_in_quantity(std::string_view text) {
  constexpr std::size_t bytes_max = 48;
  constexpr int blanks_max = 4;
  text = text::trim(text, " \t.)");
  if (text.size() > bytes_max || std::count(text.begin(), text.end(), ' ') > blanks_max) return false;
  if (text.find_first_of("@\\") != std::string_view::npos || text.find("://") != std::string_view::npos) return false;
  std::size_t end = text.size();
  while (end > 0 && !is_digit(text[end - 1]))
    --end;
  const auto unit = known_unit(text::trim(text.substr(end)));
  if (!unit || unit->family == UnitFamily::other) return false;
  std::size_t begin = end;
  while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.' || text[begin - 1] == ','))
    --begin;
  if (begin == 0) return true;
  const char before = text[begin - 1];
  // "sha1s" and "gpt-4s" are names.
  return before == ' ' || before == ':' || before == '=' || before == '(' || (is_digit(text[0]) && !is_letter(before));
}

bool is_statistic(std::string_view word) {
  static constexpr auto statistics = std::to_array<std::string_view>(
      {"min", "max",  "avg",   "mean",    "average", "median",  "med",     "std",   "stddev",  "stdev", "sd", "mdev",
       "sum", "best", "worst", "fastest", "slowest", "minimum", "maximum", "total", "geomean", "q1",    "q3", "iqr"});
  const Lower lower(word);
  if (is_one_of(lower.view(), statistics)) return true;
  return word.size() >= 2 && lower.view()[0] == 'p' &&
         word.find_first_not_of("0123456789.", 1) == std::string_view::npos && is_digit(word[1]);
}

}  // namespace perftrend::metrics
