#pragma once
// The scenario of a command: its file, and what the command line puts in its place.

#include <optional>
#include <string>

#include "runner/engines/make_engine.h"
#include "runner/scenario.h"
#include "runner/variables.h"

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

}  // namespace perftrend::runner
