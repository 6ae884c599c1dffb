#include "server/intake/unsteady_configuration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <map>
#include <string>

#include "server/corrections/join.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/store/projects.h"
#include "server/store/quarantine.h"
#include "server/store/run_rows.h"
#include "server/store/unsteady_facts.h"

namespace perftrend::intake {
namespace {

/// Configurations of one upload that are examined: cases may have facts of their own.
constexpr std::size_t configurations_max = 20;

store::UnsteadyNames find_new(db::Connection& connection, Id project, const Coordinates& coordinates,
                              const metrics::ExtractedMetrics& measured) {
  store::UnsteadyNames found;
  std::map<std::uint32_t, bool> seen;
  for (const auto& metric : measured.metrics) {
    if (seen.size() == configurations_max || !seen.emplace(metric.facts, true).second) continue;
    const auto parts = store::configuration_with(coordinates, measured.case_facts, metric.facts);
    if (parts.empty() || store::find_facts(connection, store::FactsTable::configuration, project, parts) != 0) continue;
    const auto case_id = store::find_case(connection, project, CaseKey(metric.key));
    if (!case_id) continue;
    std::map<std::string, std::string> now;
    for (const auto& part : parts)
      now[part.name] = part.value;
    const auto before =
        store::list_short_configurations(connection, project, *case_id, metric.metric.view(), coordinates);
    found.merge(store::find_unsteady(now, before));
  }
  return found;
}

/// Takes the facts out of the stored configurations and joins the series that they divided.
void take_out(db::Connection& connection, Id project, const store::UnsteadyNames& names, std::int64_t now_us) {
  store::add_unsteady_facts(connection, project, names, now_us);
  std::size_t joined = 0;
  for (const auto& pair : store::remove_from_configurations(connection, project, names)) {
    try {
      corrections::join_series(connection, project, pair.series, pair.same);
      ++joined;
    } catch (const corrections::CannotJoin& error) {  // it changed nothing
      spdlog::warn("unsteady facts of project {}: {}", project, error.what());
    }
  }
  store::recount_lanes(connection, project);
  points::bump_revision(connection, project);
  store::add_audit(connection, {0, project, now_us, std::string(store::own_name), "project", project, "unsteady facts",
                                "configuration", "subject",
                                fmt::format("{}; joined {} series", fmt::join(names, ", "), joined), ""});
}

}  // namespace

void set_unsteady_facts_aside(db::Database& database, std::string_view project, Coordinates& coordinates,
                              metrics::ExtractedMetrics& measured, std::int64_t now_us) {
  Id id = 0;
  store::UnsteadyNames found;
  database.read([&](db::Connection& connection) {
    id = store::find_project_id(connection, project).value_or(0);
    if (id == 0) return;
    store::set_unsteady_aside(store::list_unsteady_facts(connection, id), coordinates, measured.case_facts);
    found = find_new(connection, id, coordinates, measured);
  });
  if (found.empty()) return;
  database.write([&](db::Connection& connection) { take_out(connection, id, found, now_us); });
  store::set_unsteady_aside(found, coordinates, measured.case_facts);
  measured.warnings.push_back(
      fmt::format("{} had a new value in nearly every run, so that no series was judged: from now on it is shown as "
                  "subject and is not part of the configuration. State it as subject.NAME, or give it a value that "
                  "stays",
                  fmt::join(found, ", ")));
}

}  // namespace perftrend::intake
