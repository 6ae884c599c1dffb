#pragma once
// Durations of several parts: "1m30s", "1 minute, 30 seconds", "PT1M30.5S", "0:12.34". For values.cpp. Pure.

#include <optional>
#include <string_view>

#include "core/metrics/values.h"

namespace perftrend::metrics {

/// Two or more parts with units, each smaller than the one before, whole except the last: "1h 2m 3.5s", "1s 500ms",
/// "90s 500ms". Words may be between them ("1 hour and 5 minutes"). Nothing for anything else.
struct CompositeDuration {
  double seconds = 0;
  bool may_be_list = false;  ///< "1s, 500ms": a comma between short units
};
std::optional<CompositeDuration> read_composite_duration(std::string_view text);

/// ISO 8601: "PT1M30.5S", "P1DT2H". Years and months have no fixed length: nothing.
std::optional<double> read_iso_duration(std::string_view text);

/// "1:02:03", "00:01:30.5", "1.02:03:04.5", "1 day, 2:03:04" (a time of day or a duration), "0:12.34" (minutes and
/// seconds, never a time of day: form none), "01:30".
struct ClockReading {
  double seconds = 0;
  ClockForm form = ClockForm::none;
};
std::optional<ClockReading> read_clock(std::string_view text);

}  // namespace perftrend::metrics
