#pragma once
// Common shifts of stored runs, judged again after a correction or another policy. A correction judges series one by
// one; whether the series of a run moved together can only be said of the run as a whole.

#include <optional>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/store/regressions.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

/// What a run that raised open records shows as a whole.
struct ShiftOfRun {
  Id run = 0;
  std::optional<store::CommonShift> shift;
  std::vector<Id> series;  ///< that moved with it
};

/// Judges each run that raised several open records of the project. Reads only; costs a replay of every series of these
/// runs.
std::vector<ShiftOfRun> judge_common_shifts(db::Connection& connection, const Policies& policies, Id project,
                                            std::string_view project_name);

/// Stores what judge_common_shifts found. Nothing of the project may have changed since.
void save_common_shifts(db::Connection& connection, Id project, const std::vector<ShiftOfRun>& shifts);

/// Both for a project that other uploads change meanwhile: judges while others write, and in the writer's turn only
/// where the project does not stand still.
void restore_common_shifts(db::Database& database, const Policies& file, Id project, std::string_view project_name);

}  // namespace perftrend::triage
