#pragma once
// Facts of the configuration that have a new value in nearly every run. They are not part of the identity of a
// project's series: else each run would begin new ones, and none would be judged. Functions run in the caller's
// transaction.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

using UnsteadyNames = std::set<std::string, std::less<>>;

/// The project's unsteady facts.
UnsteadyNames list_unsteady_facts(db::Connection& connection, Id project);
void add_unsteady_facts(db::Connection& connection, Id project, const UnsteadyNames& names, std::int64_t now_us);

/// Moves these facts from configuration to subject, in which they are shown.
void set_unsteady_aside(const UnsteadyNames& names, Coordinates& coordinates, std::vector<Facts>& case_facts);

/// A configuration in which the same case and metric was measured before.
struct FormerConfiguration {
  std::map<std::string, std::string> parts;
  std::vector<std::string> commits;  ///< one for each point; of a run without commit its id
};
/// Those of the newest series of the case and metric on this testbed and branch that have few points each, newest
/// first; ends at the first that has more.
std::vector<FormerConfiguration> list_short_configurations(db::Connection& connection, Id project, Id case_id,
                                                           std::string_view metric, const Coordinates& where);

/// Facts of `now` whose value is in none of `before`, and that had a value of its own in nearly every commit of these.
UnsteadyNames find_unsteady(const std::map<std::string, std::string>& now,
                            const std::vector<FormerConfiguration>& before);

/// Series that have the same identity without the project's unsteady facts.
struct UnsteadySeries {
  Id series = 0;
  Id same = 0;  ///< the series to which its points belong
};
/// Gives runs and series their configuration without the unsteady facts. Returns the series that already have another
/// one of the same identity; the caller joins them.
std::vector<UnsteadySeries> remove_from_configurations(db::Connection& connection, Id project,
                                                       const UnsteadyNames& names);

}  // namespace perftrend::store
