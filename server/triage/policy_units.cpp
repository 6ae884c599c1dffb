#include "server/triage/policy_units.h"

#include "server/points/points.h"
#include "server/store/names.h"
#include "server/store/run_rows.h"
#include "server/store/series.h"
#include "server/store/statements.h"

namespace perftrend::triage {

std::int64_t convert_to_policy_units(db::Connection& connection, const Policies& policies, Id project,
                                     std::string_view project_name) {
  std::int64_t changed = 0;
  if (!policies.states_units(project_name)) return changed;
  for (const auto& series : store::list_series_keys(connection, project, 0, 0, INT32_MAX)) {
    const auto unit = policies.find_unit(project_name, series.key.metric);
    auto statement = store::find_statement(connection, series.key.id);
    if (!unit || *unit == series.key.unit || statement.unit_by == StatedBy::person) continue;
    const auto factor = series.key.unit.empty() ? 1 : store::conversion_factor(series.key.unit, *unit);
    if (!factor) continue;
    if (*factor != 1) {
      points::rescale(connection, series.key.id, *factor);
      store::rescale_records(connection, series.key.id, *factor);
    }
    statement.unit = *unit;
    statement.unit_by = StatedBy::policy;
    store::set_statement(connection, series.key.id, statement);
    ++changed;
  }
  if (changed > 0) points::bump_revision(connection, project);
  return changed;
}

}  // namespace perftrend::triage
