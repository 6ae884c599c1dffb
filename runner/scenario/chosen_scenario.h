#pragma once
// The scenario of a command: its file, and what the command line puts in its place.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/engines/make_engine.h"
#include "runner/scenario/scenario.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// What a command line says of the scenario and its engine.
struct ScenarioChoice {
  std::string scenario_file;
  std::optional<std::string> engine;   ///< else the scenario's
  EngineOptions engine_options;        ///< mock and reference: the scenario file has no keys for them
  std::optional<int> repeats, warmup;  ///< else the scenario's
  std::string project;                 ///< "" is the scenario's
};

/// Reads the file and checks that the engine has what it needs.
ScenarioResult chosen_scenario(const ScenarioChoice& choice);

/// The scenario's servers and programs with their keys, the command line's mock and reference.
EngineOptions chosen_engine(const ScenarioChoice& choice, const Scenario& scenario, const Variables& variables);

/// What is told before a server is opened, which may load a model for minutes; "" of an engine that is none.
std::string waiting_for_engine(const Scenario& scenario);

/// Parts of the fingerprint, by name.
using StatedParameters = std::map<std::string, std::string>;

/// What the scenario says of the engine: its parameters, and the hash of the model file as model_sha256. Why not, in
/// one line: the file cannot be read.
tl::expected<StatedParameters, std::string> stated_parameters(const Scenario& scenario);

/// What is stated wins over what the engine told.
void add_stated(const StatedParameters& stated, std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace perftrend::runner
