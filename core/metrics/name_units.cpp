#include <algorithm>
#include <array>
#include <cstddef>

#include "core/metrics/name_words.h"
#include "core/metrics/unit_tables.h"
#include "core/metrics/unit_words.h"
#include "core/metrics/units.h"

namespace perftrend::metrics {

namespace {

constexpr double ms_per_s = 1e3;

std::optional<Unit> find_in(std::span<const unit_tables::Known> table, std::string_view word) {
  for (const unit_tables::Known& known : table) {
    if (known.text == word) return known.unit;
  }
  return std::nullopt;
}

/// Times and sizes as names have them: "_min" is a minimum, not minutes.
std::optional<Unit> find_name_time(std::string_view word) {
  return find_in(unit_tables::times, word);
}
std::optional<Unit> find_name_size(std::string_view word) {
  return find_in(unit_tables::sizes, word);
}

/// Work whose name before a time in seconds makes a rate: "tok_s", "ops_sec", "prompt_tokens_seconds".
constexpr auto rate_nouns =
    std::to_array<std::string_view>({"tokens", "tok", "toks", "ops", "op", "req", "reqs", "it", "its", "txns", "txn",
                                     "msgs", "msg", "pkts", "pkt", "img", "imgs"});

/// Work that makes a rate only when little else is in the name: "rows_s" is a rate, "load_rows_s" a time.
constexpr auto plural_nouns = std::to_array<std::string_view>(
    {"samples",      "frames",   "queries", "items", "rows",     "records", "events",  "images", "requests",
     "transactions", "messages", "packets", "steps", "calls",    "docs",    "pages",   "words",  "cells",
     "rays",         "lines",    "files",   "keys",  "elements", "elems",   "objects", "bits"});

constexpr auto before_plural_nouns =
    std::to_array<std::string_view>({"output", "input", "total", "avg", "mean", "median", "max", "min", "peak", "read",
                                     "write", "completed", "processed"});

constexpr auto time_words =
    std::to_array<std::string_view>({"time", "duration", "latency", "elapsed", "wall", "delay", "wait"});

bool is_work_in_seconds(const NameWords& words, const Unit& time) {
  const std::size_t count = words.size();
  const std::string_view noun = words[count - 2];
  if (words.contains_any(time_words)) return false;
  if (time.factor != ms_per_s) return noun == "ops";  // "ops_ms"
  if (is_one_of(noun, rate_nouns)) return true;
  if (!is_one_of(noun, plural_nouns) || words.last() == "seconds") return false;
  return count == 2 || (count == 3 && is_one_of(words.first(), before_plural_nouns));
}

/// "Mb" in a name is megabits.
bool is_bits(std::string_view written) {
  return written.size() == 2 && written[1] == 'b' && written[0] >= 'A' && written[0] <= 'Z';
}

/// A unit that takes the words from `first` on.
NameUnit take_words(std::string_view metric, const NameWords& words, std::size_t first, const Unit& unit) {
  auto begin = static_cast<std::size_t>(words.written(first).data() - metric.data());
  const auto is_separator = [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
           !(c >= '0' && c <= '9');
  };
  while (first > 0 && begin > 0 && is_separator(metric[begin - 1]))
    --begin;
  return {unit, metric.size() - begin};
}

std::optional<Unit> size_in_name(const NameWords& words, std::size_t i) {
  return is_bits(words.written(i)) ? std::nullopt : find_name_size(words[i]);
}

/// "fps", "MLUPS". Short words that only have the form of a rate, such as "eps", are not.
std::optional<Unit> rate_in_name(std::string_view written) {
  const auto rate = find_rate(written);
  const bool is_form = rate && rate->name == "per_s" && !find_in(unit_tables::rates, Lower(written).view());
  return is_form && written.size() <= 3 ? std::nullopt : rate;
}

NameUnit guess(NameUnit unit) {
  unit.is_guess = true;
  return unit;
}

/// A name that ends in a unit of time.
std::optional<NameUnit> time_at_end(std::string_view metric, const NameWords& words, const Unit& time) {
  const std::size_t last = words.size() - 1;
  const bool after_per = last > 0 && words[last - 1] == "per";
  if (after_per || (last > 0 && words.follows_slash(last))) {
    const std::size_t divisor = after_per ? last - 1 : last;
    if (divisor == 0) return take_words(metric, words, 0, *per_time({}, time));
    const auto size = size_in_name(words, divisor - 1);
    if (size) return take_words(metric, words, divisor - 1, size_per_time(*size, time));
    const bool is_amount = find_bits(words[divisor - 1]).has_value() || find_flops(words[divisor - 1]).has_value();
    if (is_amount) return take_words(metric, words, divisor - 1, *per_time(words[divisor - 1], time));
    if (find_name_time(words[divisor - 1])) return std::nullopt;
    return take_words(metric, words, divisor, *per_time({}, time));
  }
  if (last > 0 && time.factor == ms_per_s) {
    if (const auto size = size_in_name(words, last - 1); size && !words.contains_any(time_words))
      return guess(take_words(metric, words, last - 1, size_per_time(*size, time)));
  }
  if (last > 0 && words[last - 1].size() > 1 && !words.contains_any(time_words)) {  // "Gbit_s", "net_Mb_s"
    if (const auto size = find_bits(words.written(last - 1)))
      return guess(take_words(metric, words, last - 1, *per_time(words.written(last - 1), time)));
  }
  if (last > 0 && is_work_in_seconds(words, time)) return guess(take_words(metric, words, last, *per_time({}, time)));
  constexpr std::size_t full_word_bytes = 4;  // "seconds", but not "s"
  if (last == 0 && words.last().size() < full_word_bytes) return std::nullopt;
  return take_words(metric, words, last, time);
}

/// "ns_per_op", "bytes_per_request", "ns/op".
std::optional<NameUnit> quantity_per_item(std::string_view metric, const NameWords& words) {
  for (std::size_t i = words.size() - 1; i > 0; --i) {
    const bool is_per = words[i] == "per" && i + 1 < words.size();
    if (!is_per && !words.follows_slash(i)) continue;
    // "tokens_per_second_per_gpu", "tokens/s/user": a rate, shared by several.
    const bool is_rate = words.follows_slash(i - 1) || (i > 1 && words[i - 2] == "per");
    if (const auto time = is_rate ? find_time(words[i - 1]) : std::nullopt)
      return take_words(metric, words, words.follows_slash(i - 1) ? i - 1 : i - 2, *per_time({}, *time));
    if (const auto time = find_name_time(words[i - 1])) return take_words(metric, words, i - 1, *time);
    if (const auto size = size_in_name(words, i - 1)) return take_words(metric, words, i - 1, *size);
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<NameUnit> find_name_unit(std::string_view metric) {
  if (metric.ends_with('%') && metric.size() > 1) {
    const std::size_t end = metric.find_last_not_of("% _-.");
    if (end != std::string_view::npos) return NameUnit{unit_tables::percent, metric.size() - end - 1};
  }
  const NameWords words(metric);
  if (words.empty()) return std::nullopt;
  const std::size_t last = words.size() - 1;
  const bool is_small = words.last().size() > 1 || words.written(last) == words.last();  // "class_S" is not a time
  const bool is_divisor = words.follows_slash(last) || (last > 0 && words[last - 1] == "per");
  const auto time = is_divisor ? find_time(words.last()) : find_name_time(words.last());  // "_min" alone is a minimum
  if (time && is_small) return time_at_end(metric, words, *time);
  if (const auto quantity = quantity_per_item(metric, words)) return quantity;
  if (const auto size = size_in_name(words, last); size && (last > 0 || words.last() == "bytes"))
    return take_words(metric, words, last, *size);
  if (const auto rate = rate_in_name(words.written(last))) return take_words(metric, words, last, *rate);
  if (words.last() == "percent" || words.last() == "pct" || words.last() == "percentage")
    return take_words(metric, words, last, unit_tables::percent);
  return std::nullopt;
}

std::optional<Unit> unit_of_suffix(std::string_view metric) {
  const auto found = find_name_unit(metric);
  return found ? std::optional(found->unit) : std::nullopt;
}

std::size_t unit_suffix_bytes(std::string_view metric) {
  const auto found = find_name_unit(metric);
  return found ? found->bytes : 0;
}

}  // namespace perftrend::metrics
