#pragma once
// Declarations and checks that several commands share. Every check throws UsageError.

#include <optional>
#include <string>

#include "runner/commands/arguments.h"
#include "runner/delivery/upload.h"
#include "runner/report/coordinates.h"
#include "runner/scenario/chosen_scenario.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

inline constexpr const char* spool_help =
    "directory of reports that could not be delivered; the next upload sends them (default: perftrend/spool in "
    "XDG_STATE_HOME or ~/.local/state)";

/// --engine, --repeats and the mock's sleeps, as `run` and `doctor` have them.
void declare_engine(Arguments& arguments, ScenarioChoice& choice);
void declare_repeats(Arguments& arguments, ScenarioChoice& choice);
void declare_mock(Arguments& arguments, ScenarioChoice& choice);
/// Checks them, and sets the seed of the reference engine from BITNET_SEED.
void check_engine(ScenarioChoice& choice, const Variables& variables);

/// The token in `file` or, without a file, in PERFTREND_TOKEN; empty if neither is set.
std::string read_token(const std::string& file, const Variables& variables);
/// `url`, or PERFTREND_URL where it is empty; nullopt where both are.
std::optional<ServerUrl> read_server(const std::string& url, const Variables& variables);
/// `project`, or PERFTREND_PROJECT where it is empty; "" where both are.
std::string read_project(const std::string& project, const Variables& variables);
/// Checks lengths and characters, and converts times to UTC, so that the server cannot refuse them after the
/// measurement.
void check_coordinates(RunCoordinates& coordinates);

/// Declares the options that say which run an upload is a part of, why the run was made, and what it is compared with.
void declare_parts(Arguments& arguments, RunCoordinates& coordinates);

}  // namespace perftrend::runner
