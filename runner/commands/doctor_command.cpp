#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

#include "runner/commands/commands.h"
#include "runner/machine/doctor.h"
#include "runner/machine/machine.h"
#include "runner/measure/aa.h"
#include "runner/measure/command_cases.h"

namespace perftrend::runner {
namespace {

constexpr std::int64_t look_ns = 1'000'000'000;

DoctorLook look_at_machine(Clock& clock) {
  const MachineState machine = machine_before(clock);
  LoadSampler sampler(machine_root, clock);
  clock.sleep_ns(look_ns);
  return {machine.cores, machine.timer_resolution_ns, machine.harness_overhead_us, machine.before, sampler.stop()};
}

/// What is measured where nobody names a scenario: something that computes, for about a second.
Scenario own_scenario(const DoctorOptions& options) {
  Scenario scenario;
  scenario.name = "doctor";
  scenario.engine = options.engine.value_or("reference");
  scenario.prompts = {"Short", "This is a very long prompt that should still work correctly with prefill operations"};
  scenario.repeats = options.repeats.value_or(scenario.repeats);
  if (!options.repeats) {
    scenario.precision_percent = 5;
    scenario.repeats_max = 50;
    scenario.budget_s = 1;
  }
  return scenario;
}

struct Once {
  std::vector<PromptSamples> samples;
  LoadDuring during;
};

/// One measurement from the engine's opening to its closing.
EngineResult<Once> measure_once(const Scenario& scenario, const EngineOptions& options, Clock& clock,
                                const OnStep& on_step) {
  const auto engine = make_engine(scenario.engine, options, clock);
  if (!engine) {
    LoadSampler sampler(machine_root, clock, engine_beside(scenario));
    CommandReports reports = measure_command(scenario, options.command, clock, on_step);
    if (reports.performance.status != CaseStatus::passed)
      return tl::unexpected(EngineError{EngineError::Kind::failed, reports.performance.message});
    return Once{std::move(reports.samples), sampler.stop()};
  }
  const auto info = engine->open(scenario.engine_ready_timeout_ms);
  if (!info) return tl::unexpected(info.error());
  LoadSampler sampler(machine_root, clock, engine_beside(scenario));
  auto measurement = measure(*engine, info->can, scenario, clock, on_step);
  LoadDuring during = sampler.stop();
  engine->close();
  if (!measurement) return tl::unexpected(std::move(measurement.error()));
  return Once{std::move(measurement->samples), during};
}

EngineResult<AaScore> measure_against_itself(const DoctorOptions& options, const Scenario& scenario,
                                             const Variables& variables, Clock& clock, Progress& progress) {
  const EngineOptions engine_options = chosen_engine(options, scenario, variables);
  std::vector<std::vector<PromptSamples>> runs;
  std::size_t not_quiet = 0;
  for (int run = 0; run < options.aa_runs; ++run) {
    MachineState machine = machine_before(clock);
    progress.wait(fmt::format("A/A run {} of {}", run + 1, options.aa_runs));
    auto once = measure_once(scenario, engine_options, clock, [](const Step&) {});
    if (!once) return tl::unexpected(std::move(once.error()));
    judge_machine(machine, once->during, scenario.thresholds);
    if (machine.fitness.verdict != Verdict::quiet) ++not_quiet;
    runs.push_back(std::move(once->samples));
  }
  return score_runs(runs, not_quiet);
}

void print_advice(const std::vector<Advice>& machine, const std::vector<Advice>& scenario) {
  fmt::print("{}{}", to_text(machine), to_text(scenario));
  for (const auto& missing : unavailable_here())
    fmt::print("not on this system: {}\n", missing);
  (void)std::fflush(stdout);  // what follows takes time
}

void print_json(const std::vector<Advice>& machine, const std::vector<Advice>& scenario,
                const std::optional<AaScore>& score) {
  nlohmann::ordered_json object{{"machine", to_list(machine)}, {"scenario", to_list(scenario)}};
  object["unavailable"] = unavailable_here();
  object["aa"] = score ? to_object(*score) : nlohmann::ordered_json();
  fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::vector<Advice> advice_on(const Scenario& scenario) {
  return examine_scenario(
      scenario, std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())});
}

}  // namespace

ExitCode doctor(const DoctorOptions& options, const Variables& variables) {
  Progress progress(Progress::style_of(false, variables), stderr);
  const bool own = options.scenario_file.empty();
  const auto scenario = own ? ScenarioResult(own_scenario(options)) : chosen_scenario(options);
  if (!scenario) {
    progress.warn("perftrend-runner: " + to_string(scenario.error()));
    return ExitCode::usage;
  }
  SteadyClock clock;
  const auto machine = examine_machine(machine_root, look_at_machine(clock), scenario->thresholds);
  const auto of_scenario = own ? std::vector<Advice>() : advice_on(*scenario);
  if (!options.json) print_advice(machine, of_scenario);
  std::optional<AaScore> score;
  ExitCode code = ExitCode::ok;
  if (options.aa_runs > 0) {
    auto measured = measure_against_itself(options, *scenario, variables, clock, progress);
    if (measured) {
      score = std::move(*measured);
    } else {
      progress.warn(fmt::format("perftrend-runner: doctor: the engine failed ({}): {}",
                                to_string(measured.error().kind), measured.error().message));
      code = ExitCode::functional_failed;
    }
  }
  if (options.json) print_json(machine, of_scenario, score);
  if (!options.json && score) {
    fmt::print("\nof {} on {}\n{}", own ? "a short scenario of its own" : scenario->name, scenario->engine,
               to_text(*score));
  }
  return code;
}

}  // namespace perftrend::runner
