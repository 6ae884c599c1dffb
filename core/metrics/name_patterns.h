#pragma once
// Built-in patterns of parts of names that change with every run. Each looks at one place of a name and at a bounded
// number of characters after it.

#include <cstddef>
#include <string_view>

#include "core/metrics/name_dates.h"
#include "core/metrics/name_scan.h"

namespace perftrend::metrics {

/// A changing part and its place.
struct FoundPart {
  std::size_t at = 0;
  ChangingPart part;
};

/// The first changing part at or after `from`, where a word or a separator begins; `part.bytes` is 0 without one. A
/// date that is not near `run` is not a changing part.
FoundPart find_changing_part(std::string_view name, std::size_t from, const RunTime& run);

}  // namespace perftrend::metrics
