#include "runner/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/machine/environment.h"
#include "runner/machine/overhead.h"

namespace perftrend::runner {
namespace {

LoadState look_closely() {
  LoadState state = look_at_load(machine_root);
  state.test_programs = test_programs(machine_root);
  state.settings = settings(machine_root);
  return state;
}

}  // namespace

EngineBeside engine_beside(const Scenario& scenario) {
  if (scenario.engine == "command") return {true, {}};
  const auto at = parse_engine_url(scenario.engine_url());
  const bool here = at && (at->host == "localhost" || at->host == "::1" || at->host.starts_with("127."));
  return here ? EngineBeside{true, listeners(machine_root, at->port)} : EngineBeside{};
}

MachineState machine_before(Clock& clock) {
  MachineState machine;
  machine.cores = count_cores(machine_root);
  machine.timer_resolution_ns = timer_resolution_ns(clock);
  machine.harness_overhead_us = harness_overhead_us(clock);
  machine.before = look_closely();
  return machine;
}

std::optional<std::string> unfit_to_measure(const QuietPolicy& wish, const Thresholds& thresholds,
                                            MachineState& machine, Clock& clock, Progress& progress) {
  if (!wish.require && wish.wait_s <= 0) return std::nullopt;
  const auto look = [&] {
    Fitness fitness = sample_machine(machine_root, clock, machine.cores, thresholds);
    const auto tests = test_programs(machine_root);
    if (!tests.empty()) {
      fitness.verdict = std::max(fitness.verdict, Verdict::noisy);
      fitness.reasons.push_back(fmt::format("other tests or builds run here: {}", fmt::join(tests, ", ")));
    }
    return fitness;
  };
  const Fitness fitness = wait_until_quiet(look, clock, wish.wait_s, [&](const Fitness& now, double left_s) {
    progress.wait(fmt::format("waiting for a quiet machine, {:.0f} s left: {}", left_s, fmt::join(now.reasons, "; ")));
  });
  machine.before = look_closely();
  if (fitness.verdict == Verdict::quiet || !wish.require) return std::nullopt;
  return not_fit_message(fitness);
}

void judge_machine(MachineState& machine, const std::optional<LoadDuring>& during, const Thresholds& thresholds) {
  machine.after = look_closely();
  machine.fitness = judge_fitness(machine.before, during, machine.after, machine.cores, thresholds);
}

}  // namespace perftrend::runner
