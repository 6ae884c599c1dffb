#include "runner/scenario/chosen_scenario.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/system/model_hash.h"

namespace perftrend::runner {

ScenarioResult chosen_scenario(const ScenarioChoice& choice) {
  auto scenario = load_scenario(choice.scenario_file, engine_names());
  if (!scenario) return scenario;
  scenario->engine = choice.engine.value_or(scenario->engine);
  if (choice.repeats) {
    scenario->repeats = *choice.repeats;
    scenario->precision_percent.reset();  // an explicit number of rounds
  }
  scenario->warmup = choice.warmup.value_or(scenario->warmup);
  if (!choice.project.empty()) scenario->project = choice.project;
  const bool is_command = scenario->engine == command_engine_name;
  if (is_command ? scenario->engine_options.command.process.argv.empty() : scenario->prompts.empty()) {
    const char* missing = is_command ? "'engine.argv', the program" : "'prompts'";
    return tl::unexpected(
        ScenarioError{fmt::format("the engine {} requires {}", scenario->engine, missing), choice.scenario_file, 0, 0});
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

std::string waiting_for_engine(const Scenario& scenario) {
  const std::string url = scenario.engine_url();
  if (url.empty()) return "";
  const auto& start = scenario.engine_options.llama_server.start;  // the same for both kinds of servers
  constexpr double ms_per_s = 1000;
  return fmt::format("{}: {} {}, waiting at most {} s until it is ready", scenario.name,
                     start ? "starting the engine on" : "connecting to the engine on", url,
                     (start ? start->ready_timeout_ms : scenario.engine_ready_timeout_ms) / ms_per_s);
}

tl::expected<StatedParameters, std::string> stated_parameters(const Scenario& scenario) {
  StatedParameters stated = scenario.engine_parameters;
  if (scenario.model_file.empty()) return stated;
  auto hash = file_sha256(scenario.model_file);
  if (!hash) return tl::unexpected("engine.model_file: " + hash.error());
  stated["model_sha256"] = std::move(*hash);
  return stated;
}

void add_stated(const StatedParameters& stated, std::vector<std::pair<std::string, std::string>>& parameters) {
  for (const auto& part : stated) {
    const auto reported =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& each) { return each.first == part.first; });
    if (reported == parameters.end())
      parameters.emplace_back(part);
    else
      reported->second = part.second;
  }
}

}  // namespace perftrend::runner
