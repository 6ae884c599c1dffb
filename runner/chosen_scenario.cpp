#include "runner/chosen_scenario.h"

#include <fmt/format.h>

namespace perftrend::runner {

ScenarioResult chosen_scenario(const ScenarioChoice& choice) {
  auto scenario = load_scenario(choice.scenario_file, engine_names());
  if (!scenario) return scenario;
  scenario->engine = choice.engine.value_or(scenario->engine);
  if (choice.repeats) {
    scenario->repeats = *choice.repeats;
    scenario->precision_percent.reset();  // so many were asked for
  }
  scenario->warmup = choice.warmup.value_or(scenario->warmup);
  if (!choice.project.empty()) scenario->project = choice.project;
  const bool is_command = scenario->engine == command_engine_name;
  if (is_command ? scenario->engine_options.command.process.argv.empty() : scenario->prompts.empty()) {
    const char* missing = is_command ? "'engine.argv', the program" : "'prompts'";
    return tl::unexpected(
        ScenarioError{fmt::format("the engine {} needs {}", scenario->engine, missing), choice.scenario_file, 0, 0});
  }
  return scenario;
}

EngineOptions chosen_engine(const ScenarioChoice& choice, const Scenario& scenario, const Variables& variables) {
  EngineOptions engines = scenario.engine_options;
  engines.mock = choice.engine_options.mock;
  engines.reference = choice.engine_options.reference;
  engines.llama_server.api_key = engines.openai.api_key = value_of(variables, scenario.api_key_variable);
  return engines;
}

}  // namespace perftrend::runner
