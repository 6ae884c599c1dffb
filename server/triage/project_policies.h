#pragma once
// The policies of one project: those of the server's file, then the project's own, which are stored in versions.
// Every finding states which version judged it. A new version judges every open finding again, so each follows from the
// current policy. Closed findings stay as they were reported.

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/db/sql.h"
#include "server/store/policies.h"
#include "server/triage/policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::triage {

constexpr std::size_t policy_bytes_max = 100'000;  ///< some thousand rules; each is evaluated for every series of a run

/// What judges the project now.
Policies policies_of(db::Connection& connection, const Policies& file, Id project);

struct PolicyRefusal {
  bool conflict = false;  ///< another version holds than the one that was to be replaced
  std::string cause;
};

struct NewPolicy {
  std::string toml, author, note;
  std::optional<std::int64_t> replaces;  ///< the version that must hold now, 0 for none
};

struct StoredPolicy {
  store::PolicyVersion policy;
  JudgedAgain judged;  ///< all 0 where the text is that of the version that holds
};

/// Stores the project's next version and judges its open regressions by it. The same text again is the same version.
tl::expected<StoredPolicy, PolicyRefusal> put_policy(db::Connection& connection, const Policies& file, Id project,
                                                     std::string_view project_name, const NewPolicy& policy,
                                                     std::int64_t now_us);

}  // namespace perftrend::triage
