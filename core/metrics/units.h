#pragma once
// Units as tools write them, and their conversion. Units of one family describe the same quantity.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace perftrend::metrics {

enum class UnitFamily { time, size, rate, size_rate, flop_rate, percent, other };

struct Unit {
  std::string_view name;  ///< as stored: "ms", "bytes", "per_s"; for family other a view of the text
  UnitFamily family = UnitFamily::other;
  double factor = 1;  ///< to the unit of the family (ms, bytes, per_s, bytes_per_s, gflops, percent; for other: name)
  bool is_prefix_doubtful = false;  ///< "Mutants/s": the first letter is taken as a multiplier, and may not be one
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// "ms", "µs", "KiB", "MB/sec", "t/s", "tokens/s/gpu", "ms/token", "ns per iter", "17 GFLOPS", "allocs/op", "%" …;
/// nothing for an unknown unit. Anything per time is a rate, whatever else it is divided by; a time or size per item is
/// a time or size. SI prefixes may be before any word ("Mcells/s", "kIOPS", "kops"). Case matters where it carries
/// meaning. Bit units alone ("Mb") are unknown.
std::optional<Unit> known_unit(std::string_view text);

/// One spelling of a unit of family other: lower case, what is counted in the plural, what it is divided by in the
/// singular. "Error" is "errors", "alloc/OP" is "allocs/op". Units that are not words stay: "dB", "J/op".
std::string canonical_unit(std::string_view name);

/// True when the text has the shape of a unit, known or not: letters, perhaps with '/', '%', '_' or '°', at most 24
/// bytes.
bool looks_like_unit(std::string_view text);

/// True for a quantity per time.
bool is_rate(UnitFamily family);

/// Unit at the end of the name of a metric, and the length of that end with the separator before it: "_ms" of
/// "prefill_ms", "_per_s" of "tokens_per_s". The end of "prompt_tokens_seconds" is a rate: tokens per second.
struct NameUnit {
  Unit unit;
  std::size_t bytes = 0;
  bool is_guess = false;  ///< by the words before it ("tokens_s"); another unit that is stated is right
};
std::optional<NameUnit> find_name_unit(std::string_view metric);

/// Unit at the end of the name of a metric: ms of "prefill_ms", per_s of "tokens_per_s".
std::optional<Unit> unit_of_suffix(std::string_view metric);

/// Length of that suffix with its '_'; 0 without a suffix.
std::size_t unit_suffix_bytes(std::string_view metric);

/// Unit in which values of a family are stored when the name of the metric has no unit.
Unit family_unit(const Unit& unit);

/// Suffix that family_unit adds to a name: "_ms" for times; "" for other.
std::string_view family_suffix(UnitFamily family);

}  // namespace perftrend::metrics
