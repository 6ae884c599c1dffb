#include "server/triage/shifts_of_runs.h"

#include "server/store/runs.h"
#include "server/triage/project_policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::triage {
namespace {

/// Judgements that other uploads may overtake; the next one is made in the writer's turn.
constexpr int attempts_max = 3;

}  // namespace

std::vector<ShiftOfRun> judge_common_shifts(db::Connection& connection, const Policies& policies, Id project,
                                            std::string_view project_name) {
  std::vector<ShiftOfRun> shifts;
  for (const Id run : store::list_runs_with_unresolved_records(connection, project)) {
    auto verdict = find_verdict_by(connection, policies, project, project_name, run);
    ShiftOfRun of_run{run, verdict.common_shift, {}};
    for (const Finding& finding : verdict.findings) {
      if (finding.part_of_common_shift) of_run.series.push_back(finding.series.id);
    }
    shifts.push_back(std::move(of_run));
  }
  return shifts;
}

void save_common_shifts(db::Connection& connection, Id project, const std::vector<ShiftOfRun>& shifts) {
  for (const ShiftOfRun& of_run : shifts) {
    store::delete_common_shift(connection, of_run.run);
    if (!of_run.shift) continue;
    store::save_common_shift(connection, project, *of_run.shift);
    store::set_common_shift(connection, of_run.run, of_run.series);
  }
}

void restore_common_shifts(db::Database& database, const Policies& file, Id project, std::string_view project_name) {
  std::vector<ShiftOfRun> shifts;
  store::ProjectRevision judged_at;
  const auto judge = [&](db::Connection& connection) {
    judged_at = store::find_project_revision(connection, project_name);
    shifts = judge_common_shifts(connection, policies_of(connection, file, project), project, project_name);
  };
  bool is_saved = false;
  for (int attempt = 0; !is_saved; ++attempt) {
    if (attempt < attempts_max) database.read(judge);
    database.write([&](db::Connection& connection) {
      if (attempt == attempts_max) judge(connection);
      if (judged_at != store::find_project_revision(connection, project_name)) return;
      save_common_shifts(connection, project, shifts);
      is_saved = true;
    });
  }
}

}  // namespace perftrend::triage
