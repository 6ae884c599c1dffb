#pragma once
// One stored run against what the present reader makes of its documents.

#include <cstddef>
#include <string>
#include <vector>

#include "core/metrics/metrics.h"
#include "core/model.h"
#include "server/db/sql.h"
#include "server/store/runs.h"

namespace perftrend::intake {

/// What the present reader makes of a run.
struct Reading {
  Report report;
  metrics::ExtractedMetrics measured;
};

struct PointChange {
  enum class Kind {
    value,         ///< other samples
    added,         ///< no point of it is stored
    gone,          ///< nothing is read of it any more
    direction,     ///< lower or higher is better; said by the first run of a series
    unit,          ///< another unit than the point that is stored
    contradiction  ///< another unit than its series, and no point is stored, which is correct. Not reported
  };
  Kind kind = Kind::value;
  Id series = 0;            ///< 0: it does not exist yet
  std::size_t metric = 0;   ///< index into ExtractedMetrics::metrics; of no meaning where gone
  std::string unit_before;  ///< of a contradiction
};

struct ReprocessComparison {
  std::vector<PointChange> changes;
  std::size_t points = 0;  ///< stored
  bool cases_differ = false;
  bool judged_otherwise = false;   ///< environment or fitness differ
  bool unfinished = false;         ///< an earlier reprocess of this run was not finished
  std::vector<std::string> lines;  ///< the differences for a person; empty: nothing to do
};

/// Within one transaction.
/// Brings the reading in line with what was said of its series since the run was stored, so that reprocessing does not
/// undo it: a new name, a unit that was stated later, a value that was converted, a unit that a person set.
void align_reading(db::Connection& connection, Id project, const store::Run& run, Reading& reading);

ReprocessComparison compare_reading(db::Connection& connection, Id project, const store::Run& run,
                                    const Reading& reading);

}  // namespace perftrend::intake
