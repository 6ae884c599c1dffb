#pragma once
// Configurations of runs: how the subject was run. Another configuration is another series.

#include <cstdint>
#include <string>

#include "server/db/sql.h"
#include "server/store/runs.h"

namespace perftrend::store {

/// Series that begin again because their testbed and branch had them with another configuration only.
struct ConfigurationChange {
  std::string differences;  ///< of one of them: "threads 8 → 16"
  std::int64_t series = 0;
};
/// Cost: nothing for cases that the project does not know or whose series are stored; else a look-up for each, up to a
/// limit beyond which series count as changed.
ConfigurationChange find_configuration_change(db::Connection& connection, const NewRun& run,
                                              const ResolvedRun& resolved);

}  // namespace perftrend::store
