#pragma once
// Units as tools write them, and their conversion. Units of one family describe the same quantity.

#include <optional>
#include <string_view>

namespace perftrend::metrics {

enum class UnitFamily { time, size, rate, size_rate, percent, other };

struct Unit {
  std::string_view name;  ///< as stored: "ms", "bytes", "per_s"; for family other a view of the text
  UnitFamily family = UnitFamily::other;
  double factor = 1;  ///< to the unit of the family (ms, bytes, per_s, bytes_per_s, percent)
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// "ms", "µs", "KiB", "MB/s", "tokens/s", "%" …; nothing for an unknown unit. Case matters where it carries meaning.
/// Bit units ("Mb") are unknown.
std::optional<Unit> known_unit(std::string_view text);

/// Unit at the end of the name of a metric: ms of "prefill_ms", per_s of "tokens_per_s".
std::optional<Unit> unit_of_suffix(std::string_view metric);

/// Length of that suffix with its '_'; 0 without a suffix.
std::size_t unit_suffix_bytes(std::string_view metric);

/// Unit in which values of a family are stored when the name of the metric has no unit.
Unit family_unit(const Unit& unit);

/// Suffix that family_unit adds to a name: "_ms" for times; "" for other.
std::string_view family_suffix(UnitFamily family);

}  // namespace perftrend::metrics
