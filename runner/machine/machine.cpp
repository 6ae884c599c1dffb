#include "runner/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/machine/environment.h"

namespace perftrend::runner {
namespace {

LoadState read_machine() {
  LoadState state = read_load(machine_root);
  state.test_programs = test_programs(machine_root);
  state.settings = settings(machine_root);
  return state;
}

}  // namespace

ExternalEngine external_engine(const Scenario& scenario) {
  if (scenario.engine == command_engine_name) return {true, {}};
  const auto at = parse_engine_url(scenario.engine_url());
  const bool is_local = at && (at->host == "localhost" || at->host == "::1" || at->host.starts_with("127."));
  return is_local ? ExternalEngine{true, listeners(machine_root, at->port)} : ExternalEngine{};
}

MachineState machine_before(const Clock& clock, double harness_overhead_us) {
  MachineState machine;
  machine.cores = count_cores(machine_root);
  machine.timer_resolution_ns = timer_resolution_ns(clock);
  machine.harness_overhead_us = harness_overhead_us;
  machine.before = read_machine();
  return machine;
}

std::optional<std::string> unfit_to_measure(const QuietPolicy& policy, const Thresholds& thresholds,
                                            MachineState& machine, Clock& clock, const OnWait& on_wait) {
  if (!policy.require && policy.wait_s <= 0) return std::nullopt;
  const auto sample = [&] {
    Fitness fitness = sample_machine(machine_root, clock, machine.cores, thresholds);
    const auto tests = test_programs(machine_root);
    if (!tests.empty()) {
      fitness.verdict = std::max(fitness.verdict, MachineVerdict::noisy);
      fitness.reasons.push_back(fmt::format("other tests or builds are running: {}", fmt::join(tests, ", ")));
    }
    return fitness;
  };
  const Fitness fitness = wait_until_quiet(sample, clock, policy.wait_s, [&](const Fitness& now, double left_s) {
    on_wait(fmt::format("waiting for a quiet machine, {:.0f} s left: {}", left_s, fmt::join(now.reasons, "; ")));
  });
  machine.before = read_machine();
  if (fitness.verdict == MachineVerdict::quiet || !policy.require) return std::nullopt;
  return not_fit_message(fitness);
}

void judge_machine(MachineState& machine, const std::optional<LoadDuringRun>& during, const Thresholds& thresholds) {
  machine.after = read_machine();
  machine.fitness = judge_fitness(machine.before, during, machine.after, machine.cores, thresholds);
}

}  // namespace perftrend::runner
