#include "core/metrics/units.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace perftrend::metrics {

namespace {

struct Known {
  std::string_view text;
  std::string_view name;
  UnitFamily family;
  double factor;
};

constexpr double kib = 1024;
constexpr double mib = kib * 1024;
constexpr double gib = mib * 1024;

constexpr std::array<Known, 30> time_units = {{
    {"ns", "ns", UnitFamily::time, 1e-6},
    {"nsec", "ns", UnitFamily::time, 1e-6},
    {"nanoseconds", "ns", UnitFamily::time, 1e-6},
    {"ns/op", "ns", UnitFamily::time, 1e-6},
    {"ns/iter", "ns", UnitFamily::time, 1e-6},
    {"us", "us", UnitFamily::time, 1e-3},
    {"usec", "us", UnitFamily::time, 1e-3},
    {"microseconds", "us", UnitFamily::time, 1e-3},
    {"us/op", "us", UnitFamily::time, 1e-3},
    {"us/iter", "us", UnitFamily::time, 1e-3},
    {"\xC2\xB5s/op", "us", UnitFamily::time, 1e-3},
    {"\xCE\xBCs/op", "us", UnitFamily::time, 1e-3},
    {"\xC2\xB5s", "us", UnitFamily::time, 1e-3},  // micro sign
    {"\xCE\xBCs", "us", UnitFamily::time, 1e-3},  // Greek mu
    {"ms", "ms", UnitFamily::time, 1},
    {"msec", "ms", UnitFamily::time, 1},
    {"msecs", "ms", UnitFamily::time, 1},
    {"millis", "ms", UnitFamily::time, 1},
    {"millisecond", "ms", UnitFamily::time, 1},
    {"milliseconds", "ms", UnitFamily::time, 1},
    {"ms/op", "ms", UnitFamily::time, 1},
    {"ms/iter", "ms", UnitFamily::time, 1},
    {"s", "s", UnitFamily::time, 1e3},
    {"sec", "s", UnitFamily::time, 1e3},
    {"secs", "s", UnitFamily::time, 1e3},
    {"second", "s", UnitFamily::time, 1e3},
    {"seconds", "s", UnitFamily::time, 1e3},
    {"s/op", "s", UnitFamily::time, 1e3},
    {"min", "min", UnitFamily::time, 60e3},
    {"minutes", "min", UnitFamily::time, 60e3},
}};

constexpr std::array<Known, 59> other_units = {{
    {"B", "bytes", UnitFamily::size, 1},
    {"byte", "bytes", UnitFamily::size, 1},
    {"bytes", "bytes", UnitFamily::size, 1},
    {"B/op", "bytes", UnitFamily::size, 1},
    {"kB/op", "kb", UnitFamily::size, 1e3},
    {"kB", "kb", UnitFamily::size, 1e3},
    {"KB", "kb", UnitFamily::size, 1e3},
    {"kb", "kb", UnitFamily::size, 1e3},
    {"MB", "mb", UnitFamily::size, 1e6},
    {"mb", "mb", UnitFamily::size, 1e6},
    {"GB", "gb", UnitFamily::size, 1e9},
    {"gb", "gb", UnitFamily::size, 1e9},
    {"KiB", "kib", UnitFamily::size, kib},
    {"kib", "kib", UnitFamily::size, kib},
    {"MiB", "mib", UnitFamily::size, mib},
    {"mib", "mib", UnitFamily::size, mib},
    {"GiB", "gib", UnitFamily::size, gib},
    {"gib", "gib", UnitFamily::size, gib},
    {"per_s", "per_s", UnitFamily::rate, 1},
    {"/s", "per_s", UnitFamily::rate, 1},
    {"1/s", "per_s", UnitFamily::rate, 1},
    {"Hz", "per_s", UnitFamily::rate, 1},
    {"kHz", "per_s", UnitFamily::rate, 1e3},
    {"MHz", "per_s", UnitFamily::rate, 1e6},
    {"GHz", "per_s", UnitFamily::rate, 1e9},
    {"fps", "per_s", UnitFamily::rate, 1},
    {"FPS", "per_s", UnitFamily::rate, 1},
    {"rps", "per_s", UnitFamily::rate, 1},
    {"qps", "per_s", UnitFamily::rate, 1},
    {"tps", "per_s", UnitFamily::rate, 1},
    {"ops/ms", "per_s", UnitFamily::rate, 1e3},
    {"ops/us", "per_s", UnitFamily::rate, 1e6},
    {"op/s", "per_s", UnitFamily::rate, 1},
    {"ops/s", "per_s", UnitFamily::rate, 1},
    {"ops/sec", "per_s", UnitFamily::rate, 1},
    {"req/s", "per_s", UnitFamily::rate, 1},
    {"req/sec", "per_s", UnitFamily::rate, 1},
    {"requests/s", "per_s", UnitFamily::rate, 1},
    {"requests/sec", "per_s", UnitFamily::rate, 1},
    {"it/s", "per_s", UnitFamily::rate, 1},
    {"items/s", "per_s", UnitFamily::rate, 1},
    {"tok/s", "per_s", UnitFamily::rate, 1},
    {"tokens/s", "per_s", UnitFamily::rate, 1},
    {"tokens/sec", "per_s", UnitFamily::rate, 1},
    {"bytes_per_s", "bytes_per_s", UnitFamily::size_rate, 1},
    {"bytes/s", "bytes_per_s", UnitFamily::size_rate, 1},
    {"B/s", "bytes_per_s", UnitFamily::size_rate, 1},
    {"kB/s", "kb_per_s", UnitFamily::size_rate, 1e3},
    {"MB/s", "mb_per_s", UnitFamily::size_rate, 1e6},
    {"GB/s", "gb_per_s", UnitFamily::size_rate, 1e9},
    {"kbit/s", "bytes_per_s", UnitFamily::size_rate, 1e3 / 8},
    {"Mbit/s", "bytes_per_s", UnitFamily::size_rate, 1e6 / 8},
    {"Gbit/s", "bytes_per_s", UnitFamily::size_rate, 1e9 / 8},
    {"KiB/s", "kib_per_s", UnitFamily::size_rate, kib},
    {"MiB/s", "mib_per_s", UnitFamily::size_rate, mib},
    {"GiB/s", "gib_per_s", UnitFamily::size_rate, gib},
    {"percent", "percent", UnitFamily::percent, 1},
    {"pct", "percent", UnitFamily::percent, 1},
    {"%", "percent", UnitFamily::percent, 1},
}};

/// The longer first where one ends in another.
constexpr std::array<Known, 33> suffixes = {{
    {"_bytes_per_s", "bytes_per_s", UnitFamily::size_rate, 1},
    {"_kib_per_s", "kib_per_s", UnitFamily::size_rate, kib},
    {"_mib_per_s", "mib_per_s", UnitFamily::size_rate, mib},
    {"_gib_per_s", "gib_per_s", UnitFamily::size_rate, gib},
    {"_kb_per_s", "kb_per_s", UnitFamily::size_rate, 1e3},
    {"_mb_per_s", "mb_per_s", UnitFamily::size_rate, 1e6},
    {"_gb_per_s", "gb_per_s", UnitFamily::size_rate, 1e9},
    {"_per_s", "per_s", UnitFamily::rate, 1},
    {"_ns", "ns", UnitFamily::time, 1e-6},
    {"_us", "us", UnitFamily::time, 1e-3},
    {"_ms", "ms", UnitFamily::time, 1},
    {"_s", "s", UnitFamily::time, 1e3},
    {"_nanoseconds", "ns", UnitFamily::time, 1e-6},
    {"_microseconds", "us", UnitFamily::time, 1e-3},
    {"_milliseconds", "ms", UnitFamily::time, 1},
    {"_seconds", "s", UnitFamily::time, 1e3},
    {"_sec", "s", UnitFamily::time, 1e3},
    {"_secs", "s", UnitFamily::time, 1e3},
    {"_nsec", "ns", UnitFamily::time, 1e-6},
    {"_usec", "us", UnitFamily::time, 1e-3},
    {"_msec", "ms", UnitFamily::time, 1},
    {"_millis", "ms", UnitFamily::time, 1},
    {"_micros", "us", UnitFamily::time, 1e-3},
    {"_nanos", "ns", UnitFamily::time, 1e-6},
    {"_bytes", "bytes", UnitFamily::size, 1},
    {"_kib", "kib", UnitFamily::size, kib},
    {"_mib", "mib", UnitFamily::size, mib},
    {"_gib", "gib", UnitFamily::size, gib},
    {"_kb", "kb", UnitFamily::size, 1e3},
    {"_mb", "mb", UnitFamily::size, 1e6},
    {"_gb", "gb", UnitFamily::size, 1e9},
    {"_percent", "percent", UnitFamily::percent, 1},
    {"_pct", "percent", UnitFamily::percent, 1},
}};

Unit make(const Known& known) {
  return {known.name, known.family, known.factor};
}

constexpr const Known& known_at(std::size_t i) {
  return i < time_units.size() ? time_units[i] : other_units[i - time_units.size()];
}

/// Table of 256 slots. A third are used, so most texts that are not units find an empty slot.
constexpr std::size_t slot_of(std::string_view text) {
  const auto byte = [](char c) { return static_cast<std::size_t>(static_cast<unsigned char>(c)); };
  return (byte(text.front()) * 3 + byte(text.back()) * 7 + text.size() * 31) % 256;
}

/// Index of the unit in each slot, counted from 1; 0 for an empty slot.
constexpr std::array<std::uint8_t, 256> make_slots() {
  std::array<std::uint8_t, 256> made{};
  for (std::size_t i = 0; i < time_units.size() + other_units.size(); ++i) {
    std::size_t at = slot_of(known_at(i).text);
    while (made[at] != 0)
      at = (at + 1) % made.size();
    made[at] = static_cast<std::uint8_t>(i + 1);
  }
  return made;
}

constexpr std::array<std::uint8_t, 256> slots = make_slots();

const Known* find_suffix(std::string_view metric) {
  const char last = metric.empty() ? ' ' : metric.back();
  if (last != 's' && last != 'b' && last != 'c' && last != 't') return nullptr;  // what all suffixes end in
  const auto* found = std::find_if(suffixes.begin(), suffixes.end(), [&](const Known& known) {
    return metric.size() > known.text.size() && metric.ends_with(known.text);
  });
  return found == suffixes.end() ? nullptr : found;
}

}  // namespace

std::optional<Unit> known_unit(std::string_view text) {
  if (text.empty()) return std::nullopt;
  for (std::size_t at = slot_of(text); slots[at] != 0; at = (at + 1) % slots.size()) {
    const Known& known = known_at(slots[at] - std::size_t{1});
    if (known.text == text) return make(known);
  }
  return std::nullopt;
}

std::optional<Unit> unit_of_suffix(std::string_view metric) {
  const Known* found = find_suffix(metric);
  if (found == nullptr) return std::nullopt;
  return make(*found);
}

std::size_t unit_suffix_bytes(std::string_view metric) {
  const Known* found = find_suffix(metric);
  return found == nullptr ? 0 : found->text.size();
}

Unit family_unit(const Unit& unit) {
  switch (unit.family) {
    case UnitFamily::time:
      return {"ms", unit.family, 1};
    case UnitFamily::size:
      return {"bytes", unit.family, 1};
    case UnitFamily::rate:
      return {"per_s", unit.family, 1};
    case UnitFamily::size_rate:
      return {"bytes_per_s", unit.family, 1};
    case UnitFamily::percent:
      return {"percent", unit.family, 1};
    case UnitFamily::other:
      break;
  }
  return unit;
}

std::string_view family_suffix(UnitFamily family) {
  switch (family) {
    case UnitFamily::time:
      return "_ms";
    case UnitFamily::size:
      return "_bytes";
    case UnitFamily::rate:
      return "_per_s";
    case UnitFamily::size_rate:
      return "_bytes_per_s";
    case UnitFamily::percent:
      return "_percent";
    case UnitFamily::other:
      break;
  }
  return "";
}

}  // namespace perftrend::metrics
