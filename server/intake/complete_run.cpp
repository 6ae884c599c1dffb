#include "server/intake/complete_run.h"

#include <vector>

#include "server/store/run_parts.h"
#include "server/store/runs.h"
#include "server/store/vanished.h"

namespace perftrend::intake {

triage::RunVerdict complete_run(db::Connection& connection, const triage::Policies& policies, Id project,
                                std::string_view project_name, Id run, std::int64_t now_us) {
  auto verdict = store::set_complete(connection, run)
                     ? triage::judge_whole_run(connection, policies, project, project_name, run, now_us)
                     : triage::find_verdict(connection, policies, project, project_name, run);
  if (!verdict.base)
    verdict.vanished = store::update_vanished(connection, project, run, 0, triage::vanished_listed_max);
  return verdict;
}

int complete_quiet_runs(db::Database& database, const triage::Policies& policies, std::int64_t now_us) {
  std::vector<store::WaitingRun> waiting;
  database.read(
      [&](db::Connection& connection) { waiting = store::list_waiting_runs(connection, now_us - quiet_period_us); });
  for (const auto& [run, project_name] : waiting) {
    database.write([&, id = run, &name = project_name](db::Connection& connection) {
      const auto project = store::find_project_revision(connection, name);
      if (project.id != 0) complete_run(connection, policies, project.id, name, id, now_us);
    });
  }
  return static_cast<int>(waiting.size());
}

}  // namespace perftrend::intake
