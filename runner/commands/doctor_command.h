#pragma once
// The command `doctor`: examines the machine and the scenario, says what to change, and measures the scenario against
// itself (the A/A noise score).

#include "runner/measure/aa.h"
#include "runner/scenario/chosen_scenario.h"
#include "runner/system/exit_codes.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Without a scenario file, doctor measures a short scenario of its own on the reference engine.
struct DoctorOptions : ScenarioChoice {
  int aa_runs = aa_runs_default;  ///< how often the scenario is measured against itself; 0: not at all
  bool json = false;
};

ExitCode doctor(const DoctorOptions& options, const Variables& variables);

}  // namespace perftrend::runner
