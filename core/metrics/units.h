#pragma once
// Units as tools write them, and how they convert. Units of one family measure the same thing.

#include <optional>
#include <string_view>

namespace perftrend::metrics {

enum class UnitFamily { time, size, rate, size_rate, percent, other };

struct Unit {
  std::string_view name;  ///< as kept in a measure: "ms", "bytes", "per_s"; of family other a view of what was written
  UnitFamily family = UnitFamily::other;
  double factor = 1;  ///< times this is the family's own unit (ms, bytes, per_s, bytes_per_s, percent)
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// "ms", "µs", "KiB", "MB/s", "tokens/s", "%" …; nothing where the text is no unit known here. Case matters where it
/// carries meaning; bit units ("Mb") are not known.
std::optional<Unit> known_unit(std::string_view text);

/// The unit a metric's name ends in: ms of "prefill_ms", per_s of "tokens_per_s".
std::optional<Unit> unit_of_suffix(std::string_view metric);

/// Length of that suffix with its '_', 0 if there is none.
std::size_t unit_suffix_bytes(std::string_view metric);

/// The unit in which a family is kept when the metric's name has no unit.
Unit family_unit(const Unit& unit);

/// What family_unit adds to a name: "_ms" for times; "" for other.
std::string_view family_suffix(UnitFamily family);

}  // namespace perftrend::metrics
