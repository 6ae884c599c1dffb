#pragma once
// The scenario of a command: its file with the overrides of the command line.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/engines/make_engine.h"
#include "runner/scenario/scenario.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// The scenario and its overrides on the command line.
struct ScenarioChoice {
  std::string scenario_file;
  std::optional<std::string> engine;   ///< overrides the scenario's
  EngineOptions engine_options;        ///< mock and reference: the scenario file has no keys for them
  std::optional<int> repeats, warmup;  ///< override the scenario's
  std::string project;                 ///< overrides the scenario's unless ""
};

/// Reads the file and checks that it has everything that the engine requires.
ScenarioResult chosen_scenario(const ScenarioChoice& choice);

/// Options of all engines: servers (with their keys) and programs from the scenario, mock and reference from the
/// command line.
EngineOptions chosen_engine(const ScenarioChoice& choice, const Scenario& scenario, const Variables& variables);

/// A message for before a server is opened, which may load a model for minutes; "" where the engine is not a server.
std::string waiting_for_engine(const Scenario& scenario);

/// Parts of the fingerprint, by name.
using StatedParameters = std::map<std::string, std::string>;

/// The parameters in the scenario, and the hash of the model file as model_sha256. The error is one line: the file
/// cannot be read.
tl::expected<StatedParameters, std::string> stated_parameters(const Scenario& scenario);

/// Adds `stated` to `parameters`, overriding what the engine reported.
void add_stated(const StatedParameters& stated, std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace perftrend::runner
