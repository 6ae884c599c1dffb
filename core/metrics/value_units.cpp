#include "core/metrics/value_units.h"

#include <algorithm>
#include <array>

#include "core/metrics/name_words.h"
#include "core/text/trim.h"

namespace perftrend::metrics {

namespace {

/// Longest unknown unit; a longer text is not a unit and is left out.
constexpr std::size_t stated_bytes_max = 64;

/// Words of a name whose number may be a size written as "512 B".
bool says_bytes(std::string_view metric, const std::optional<NameUnit>& in_name) {
  if (in_name) return in_name->unit.family == UnitFamily::size;
  static constexpr auto words = std::to_array<std::string_view>(
      {"bytes", "byte",     "memory",    "mem",   "rss",    "vms",       "heap",   "ram",   "vram",    "size",
       "file",  "disk",     "footprint", "alloc", "allocs", "allocated", "buffer", "cache", "storage", "payload",
       "body",  "transfer", "traffic",   "swap",  "binary", "bundle",    "image",  "stack", "peak"});
  return NameWords(metric).contains_any(words);
}

bool differ(const std::optional<Unit>& a, const std::optional<Unit>& b) {
  return a && b && a->family != b->family;
}

}  // namespace

ValueUnits choose_units(std::string_view metric, const ParsedValues& values, std::string_view stated_text,
                        const std::optional<NameUnit>& in_name) {
  stated_text = text::trim(stated_text);
  if (stated_text.size() > stated_bytes_max) stated_text = {};
  std::optional<Unit> stated;
  if (!stated_text.empty()) {
    stated = known_unit(stated_text);
    if (!stated) stated = Unit{stated_text, UnitFamily::other, 1};
  }
  ValueUnits units;
  std::optional<Unit> written = values.unit;
  if (values.is_bare_b && !says_bytes(metric, in_name) && !(stated && stated->family == UnitFamily::size)) {
    written = Unit{"B", UnitFamily::other, 1};
    units.remark = ValueUnits::Remark::bare_b;
  } else if (values.is_unit_unknown) {
    units.remark = ValueUnits::Remark::unknown;
  } else if (written && written->is_prefix_doubtful) {
    units.remark = ValueUnits::Remark::doubtful_prefix;
  }
  units.source = written ? written : stated;
  std::optional<Unit> named;
  // The words of a name may mislead ("tokens_s"); what is stated is right.
  if (in_name && !(in_name->is_guess && differ(units.source, in_name->unit))) named = in_name->unit;
  if (!units.source) units.source = named;
  units.is_contradictory =
      values.kind == ValueKind::mixed_units || differ(written, stated) || differ(units.source, named);
  if (units.source && !units.is_contradictory) units.target = named ? named : family_unit(*units.source);
  return units;
}

bool is_duration_name(std::string_view metric) {
  static constexpr auto durations = std::to_array<std::string_view>(
      {"duration", "elapsed", "wall",    "walltime", "runtime", "latency", "uptime", "took",
       "total",    "span",    "startup", "boot",     "delay",   "wait",    "ttft",   "cputime",
       "timespan", "length",  "average", "mean",     "median",  "user",    "sys",    "real"});
  if (is_time_of_day_name(metric)) return false;
  const NameWords words(metric);
  if (words.contains_any(durations)) return true;
  return words.size() > 1 && (words.last() == "time" || words.last() == "times");  // "time" alone may be a time of day
}

bool is_time_of_day_name(std::string_view metric) {
  static constexpr auto clocks = std::to_array<std::string_view>(
      {"start", "started", "end",   "ended",     "finish",    "finished", "begin",   "began",
       "at",    "date",    "stamp", "scheduled", "timestamp", "clock",    "created", "updated",
       "when",  "since",   "until", "now",       "today",     "schedule"});
  return NameWords(metric).contains_any(clocks);
}

}  // namespace perftrend::metrics
