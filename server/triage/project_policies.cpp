#include "server/triage/project_policies.h"

#include <fmt/format.h>

#include "server/store/audit.h"
#include "server/triage/policy_units.h"
#include "server/triage/shifts_of_runs.h"

namespace perftrend::triage {

Policies policies_of(db::Connection& connection, const Policies& file, Id project) {
  const auto own = store::newest_policy(connection, project);
  if (!own) return file;
  auto joined = file.with_project_rules(own->toml, "policy", own->version);
  if (!joined) {
    throw db::Unusable(fmt::format("the stored policy version {} cannot be read: {}", own->version, joined.error()));
  }
  return std::move(*joined);
}

tl::expected<StoredPolicy, PolicyRefusal> put_policy(db::Connection& connection, const Policies& file, Id project,
                                                     std::string_view project_name, const NewPolicy& policy,
                                                     std::int64_t now_us) {
  if (policy.toml.size() > policy_bytes_max) {
    return tl::unexpected(PolicyRefusal{false, fmt::format("a policy has at most {} bytes", policy_bytes_max)});
  }
  const auto newest = store::newest_policy(connection, project);
  const std::int64_t held = newest ? newest->version : 0;
  const auto joined = file.with_project_rules(policy.toml, "policy", held + 1);
  if (!joined) return tl::unexpected(PolicyRefusal{false, joined.error()});
  if (policy.replaces && *policy.replaces != held) {
    return tl::unexpected(
        PolicyRefusal{true, fmt::format("the policies changed: the current version is {}, not {}; read them again",
                                        held, *policy.replaces)});
  }
  if (newest && newest->toml == policy.toml) return StoredPolicy{*newest, {}};
  const store::PolicyVersion stored{held + 1, policy.toml, policy.author, policy.note, now_us};
  store::add_policy(connection, project, stored);
  store::add_audit(connection,
                   {0, project, now_us, policy.author, "policy", stored.version, "changed", "", "", policy.note, ""});
  convert_to_policy_units(connection, *joined, project, project_name);
  auto again = judge_open_again(connection, *joined, project, project_name, now_us);
  save_common_shifts(connection, project, judge_common_shifts(connection, *joined, project, project_name));
  return StoredPolicy{stored, again};
}

}  // namespace perftrend::triage
