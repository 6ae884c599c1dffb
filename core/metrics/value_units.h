#pragma once
// Unit of a value and of its series: written after the number, stated as a property, or part of the name. Pure.

#include <optional>
#include <string_view>

#include "core/metrics/units.h"
#include "core/metrics/values.h"

namespace perftrend::metrics {

struct ValueUnits {
  /// What is unusual about the unit.
  enum class Remark {
    none,
    unknown,          ///< not in the tables: stored as written
    doubtful_prefix,  ///< "Mutants/s": read as a million utants
    bare_b,           ///< "B" that may be bytes or billions: stored as written
  };

  std::optional<Unit> source;     ///< in which the numbers are
  std::optional<Unit> target;     ///< of the series: that of the name, else of the family; nothing without a unit
  bool is_contradictory = false;  ///< two places state units of different families
  Remark remark = Remark::none;
};

/// `stated` is the text of the property NAME.unit, "" without one. The units may be views of `stated` and of the text
/// that `values` were read from.
ValueUnits choose_units(std::string_view metric, const ParsedValues& values, std::string_view stated,
                        const std::optional<NameUnit>& in_name);

/// True when "00:01:30" in a metric of this name is a duration, not a time of day: "wall_time", "startup".
bool is_duration_name(std::string_view metric);

/// True when "14:03:22" in a metric of this name is a time of day: "started_at".
bool is_time_of_day_name(std::string_view metric);

}  // namespace perftrend::metrics
