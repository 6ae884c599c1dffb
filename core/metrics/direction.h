#pragma once
// Direction of a metric by its name and unit: schema/junit.md, "Direction". Pure.

#include <optional>
#include <string_view>

#include "core/metrics/units.h"
#include "core/model.h"

namespace perftrend::metrics {

/// What the words of a name say about its direction.
enum class NameDirection {
  unknown,      ///< "result", "score"
  good,         ///< more is better, except of a time: "throughput", "hit_rate", "f1"
  bad,          ///< less is better, whatever the unit: "errors_per_s", "cache_miss_percent"
  likely_good,  ///< more is better for most metrics of this name: "score", "completion_rate"
  resource,     ///< less is better, except of a rate: "memory", "latency", "cpu"
};

NameDirection direction_of_name(std::string_view metric);

struct Direction {
  Better better = Better::lower;
  bool is_assumed = false;  ///< neither name nor unit says it
};

/// Direction by name and unit. A rate is better higher, a time or size is better lower, unless the name says otherwise.
Direction direction_of(NameDirection name, const std::optional<Unit>& unit);

}  // namespace perftrend::metrics
