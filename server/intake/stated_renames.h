#pragma once
// Former names of cases that a report states: the property `perftrend.was` of a case is its name so far, and
// `perftrend.was.classname` and `perftrend.was.suite` are its classname and suite where these changed too.

#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/triage/policies.h"

namespace perftrend::intake {

/// A case and its former name.
struct StatedRename {
  CaseKey key, was;
};
std::vector<StatedRename> find_stated_renames(const Report& report);

/// On a short-lived branch the case of the project keeps its name, because the change may never be merged. The cases
/// are filed under their former name in this upload alone, with a warning.
std::vector<std::string> use_former_names(db::Connection& connection, Id project, Report& report,
                                          std::vector<MetricValue>& metrics, const std::vector<StatedRename>& renames);

/// Renames the cases that still have their former name, each in a transaction of its own. Returns a warning for each
/// that cannot be renamed: the report has a case of the old name too, a person renamed it back, or the units differ.
std::vector<std::string> apply_renames(db::Database& database, const triage::Policies& policies,
                                       std::string_view project, const Report& report,
                                       const std::vector<StatedRename>& renames);

}  // namespace perftrend::intake
