#pragma once
// Regression records follow their branches and lanes: no record stays unresolved where its branch is not long-lived, or
// where its lane has ended. When the branch is long-lived again, or the lane goes on, such a record takes the state it
// had.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/db/sql.h"
#include "server/store/regressions.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

struct FollowedBranches {
  std::int64_t closed = 0;   ///< records
  std::vector<Id> restored;  ///< series whose records are open again; the caller judges them
  bool more = false;         ///< series are left: call again in another transaction
};

/// Closes and restores records of at most `series_max` series, in the caller's write transaction. `policies` are those
/// of the project. Cost: the project's long-lived lanes and its open records.
FollowedBranches follow_branches(db::Connection& connection, const Policies& policies, Id project,
                                 std::string_view project_name, std::int64_t now_us, std::size_t series_max = SIZE_MAX);

/// The same for all projects of the database, with the policies of the server's file, in small transactions; restored
/// series are judged again. Returns how many records were closed or restored.
std::int64_t follow_all_branches(db::Database& database, const Policies& file, std::int64_t now_us);

/// The record as it was before perftrend closed it because of its branch or lane, or because its points were
/// taken back; any other record as it is.
store::RegressionRecord before_closing(db::Connection& connection, store::RegressionRecord record);

}  // namespace perftrend::triage
