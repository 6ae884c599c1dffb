#include "runner/commands/doctor_command.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

#include "runner/machine/doctor.h"
#include "runner/machine/machine.h"
#include "runner/measure/aa.h"
#include "runner/measure/command_cases.h"
#include "runner/measure/overhead.h"
#include "runner/show/progress.h"

namespace perftrend::runner {
namespace {

constexpr std::int64_t observe_ns = 1'000'000'000;

MachineObservation observe_machine(Clock& clock) {
  const MachineState machine = machine_before(clock, harness_overhead_us(clock));
  LoadSampler sampler(machine_root, clock);
  clock.sleep_ns(observe_ns);
  return {machine.cores, machine.timer_resolution_ns, machine.harness_overhead_us, machine.before, sampler.stop()};
}

/// The scenario where none is given: something that computes for about a second.
Scenario default_scenario(const DoctorOptions& options) {
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

/// One measurement of the scenario.
struct DoctorRun {
  std::vector<PromptSamples> samples;
  LoadDuringRun during;
};

/// Opens the engine, measures and closes it.
EngineResult<DoctorRun> measure_once(const Scenario& scenario, const EngineOptions& options, Clock& clock,
                                     const OnStep& on_step) {
  const auto engine = make_engine(scenario.engine, options, clock);
  if (!engine) {
    LoadSampler sampler(machine_root, clock, external_engine(scenario));
    CommandReports reports = measure_command(scenario, options.command, clock, on_step);
    if (reports.performance.status != CaseStatus::passed)
      return tl::unexpected(EngineError{EngineError::Kind::failed, reports.performance.message});
    return DoctorRun{std::move(reports.samples), sampler.stop()};
  }
  const auto info = engine->open(scenario.engine_ready_timeout_ms);
  if (!info) return tl::unexpected(info.error());
  LoadSampler sampler(machine_root, clock, external_engine(scenario));
  auto measurement = measure(*engine, info->can, scenario, clock, on_step);
  LoadDuringRun during = sampler.stop();
  engine->close();
  if (!measurement) return tl::unexpected(std::move(measurement.error()));
  return DoctorRun{std::move(measurement->samples), during};
}

EngineResult<AaScore> measure_against_itself(const DoctorOptions& options, const Scenario& scenario,
                                             const Variables& variables, Clock& clock, ProgressReporter& progress) {
  const EngineOptions engine_options = chosen_engine(options, scenario, variables);
  std::vector<std::vector<PromptSamples>> runs;
  std::size_t not_quiet = 0;
  for (int run = 0; run < options.aa_runs; ++run) {
    MachineState machine = machine_before(clock, harness_overhead_us(clock));
    progress.wait(fmt::format("A/A run {} of {}", run + 1, options.aa_runs));
    auto measured = measure_once(scenario, engine_options, clock, [](const ProgressStep&) {});
    if (!measured) return tl::unexpected(std::move(measured.error()));
    judge_machine(machine, measured->during, scenario.thresholds);
    if (machine.fitness.verdict != MachineVerdict::quiet) ++not_quiet;
    runs.push_back(std::move(measured->samples));
  }
  return score_runs(runs, not_quiet);
}

void print_advice(const std::vector<Advice>& machine, const std::vector<Advice>& scenario) {
  fmt::print("{}{}", to_text(machine), to_text(scenario));
  for (const auto& missing : unavailable_here())
    fmt::print("not available on this system: {}\n", missing);
  (void)std::fflush(stdout);  // the measurement that follows takes time
}

void print_json(const std::vector<Advice>& machine, const std::vector<Advice>& scenario,
                const std::optional<AaScore>& score) {
  nlohmann::ordered_json object{{"machine", to_list(machine)}, {"scenario", to_list(scenario)}};
  object["unavailable"] = unavailable_here();
  object["aa"] = score ? to_object(*score) : nlohmann::ordered_json();
  fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::vector<Advice> advice_on(const Scenario& scenario) {
  return examine_scenario(scenario, today());
}

}  // namespace

ExitCode doctor(const DoctorOptions& options, const Variables& variables) {
  ProgressReporter progress(ProgressReporter::style_of(false, variables), stderr);
  const bool is_default = options.scenario_file.empty();
  const auto scenario = is_default ? ScenarioResult(default_scenario(options)) : chosen_scenario(options);
  if (!scenario) {
    progress.warn("perftrend-runner: " + to_string(scenario.error()));
    return ExitCode::usage;
  }
  SteadyClock clock;
  const auto machine = examine_machine(machine_root, observe_machine(clock), scenario->thresholds);
  const auto scenario_advice = is_default ? std::vector<Advice>() : advice_on(*scenario);
  if (!options.json) print_advice(machine, scenario_advice);
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
  if (options.json) print_json(machine, scenario_advice, score);
  if (!options.json && score) {
    fmt::print("\n{} on {}\n{}", is_default ? "a short built-in scenario" : scenario->name, scenario->engine,
               to_text(*score));
  }
  return code;
}

}  // namespace perftrend::runner
