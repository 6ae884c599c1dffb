#pragma once
// Deletion of all runs of a branch, of a testbed, or of one branch on one testbed.

#include <string>

#include "server/corrections/correction.h"
#include "server/store/corrections.h"

namespace perftrend::corrections {

/// Empty: any. At least one is given.
struct RunsToDelete {
  std::string testbed, branch;
};

/// Deletes the runs that are stored now, and series that have no point then. Uploads that arrive in between stay.
/// not_found: no run matches.
Result<store::DeletedRows> delete_runs(const Site& site, const ProjectRef& project, const RunsToDelete& filter,
                                       const Person& person);

}  // namespace perftrend::corrections
