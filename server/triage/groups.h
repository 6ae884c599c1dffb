#pragma once
// Regressions that one commit may explain are one group: their ranges from last good to first bad overlap. Pure.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/store/regressions.h"

namespace perftrend::triage {

struct Group {
  std::vector<std::size_t> members;  ///< indices into what was grouped, at least one, ascending
  std::size_t last_good = 0;         ///< the member with the newest last good run: the range begins there …
  std::size_t first_bad = 0;         ///< … and ends with the first run of this one
};

/// Ranges of one branch, direction, kind and class (suspicions that were never confirmed are apart) share a group when
/// one place in time lies in all of them; the fewest groups there can be. Newest first; a drift is a group of its own.
std::vector<Group> group_by_range(const std::vector<store::Regression>& regressions);

}  // namespace perftrend::triage
