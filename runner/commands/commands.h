#pragma once
// The commands beside `run` and `upload`, each what its name says; main.cpp dispatches.

#include "runner/commands/command_line.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Looks at the machine (and the scenario) and says what to change; measures the scenario, or a short one of its own,
/// against itself.
ExitCode doctor(const DoctorOptions& options, const Variables& variables);

/// The last of the reports against those before it.
ExitCode compare(const CompareOptions& options);

/// A command of others under the quarantine of timing.
ExitCode guard(const GuardOptions& options, const Variables& variables);

}  // namespace perftrend::runner
