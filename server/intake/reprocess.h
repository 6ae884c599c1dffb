#pragma once
// Reprocessing: reads stored documents again with the present reader and rules, compares the result with what is
// stored, and replaces it. The coordinates of a run stay as they were uploaded.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "server/db/sql.h"
#include "server/intake/intake.h"
#include "server/store/projects.h"
#include "server/store/runs.h"
#include "server/triage/policies.h"

namespace perftrend::intake {

struct ReprocessRun {
  enum class Outcome {
    same,
    changed,
    refused,          ///< the present reader refuses a document of it: the run stays as it is
    damaged,          ///< a document does not unpack: the run stays as it is
    without_document  ///< no document is stored any longer, or one was redacted
  };
  store::Run run;  ///< as it is stored
  Outcome outcome = Outcome::same;
  std::vector<std::string> lines;  ///< the differences, or why it cannot be read
};

struct ReprocessSums {
  std::size_t runs = 0, changed = 0, refused = 0, damaged = 0, without_document = 0;
  std::size_t points = 0;  ///< of runs that were read: what is stored
  std::size_t points_changed = 0, points_added = 0, points_gone = 0;
};

/// Reads all runs of a project again, in the order they were stored; `on_run` receives each. With `apply` the new
/// reading is stored, a transaction for each run, and the series concerned are judged again at the end. Until then
/// every run that changed carries the warning reprocess_unfinished; ended in the middle, the next one goes on from
/// there. Needs the database for itself. Throws as db/sql.h says.
ReprocessSums reprocess_project(db::Database& database, const triage::Policies& policies, const Options& options,
                                const store::Project& project, bool apply,
                                const std::function<void(const ReprocessRun&)>& on_run);

inline constexpr const char* reprocess_unfinished =
    "read again, and not judged again yet: perftrend-server reprocess --apply";

}  // namespace perftrend::intake
