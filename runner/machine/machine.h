#pragma once
// The machine around a measurement: looked at before and after, waited for, judged. Pieces are load.h and fitness.h.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/machine/fitness.h"
#include "runner/machine/load.h"
#include "runner/scenario/scenario.h"
#include "runner/show/progress.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

inline const std::filesystem::path machine_root = "/";

struct MachineState {
  Cores cores;
  std::int64_t timer_resolution_ns = 0;
  double harness_overhead_us = 0;
  LoadState before, after;
  Fitness fitness;
};

/// Cores, timer, harness overhead and the load before.
MachineState machine_before(Clock& clock);

/// The server or the program that is measured, where it is on this machine.
EngineBeside engine_beside(const Scenario& scenario);

/// How quiet it must be.
struct QuietPolicy {
  double wait_s = 0;     ///< how long to wait for a quiet machine; 0: not at all
  bool require = false;  ///< skip timing where it is not
};

/// Waits for a quiet machine as long as was asked for; why not to measure, if it must be quiet and is not.
std::optional<std::string> unfit_to_measure(const QuietPolicy& wish, const Thresholds& thresholds,
                                            MachineState& machine, Clock& clock, Progress& progress);

/// Looks at the machine after the measurement (`during` is missing where none was made) and judges it.
void judge_machine(MachineState& machine, const std::optional<LoadDuring>& during, const Thresholds& thresholds);

}  // namespace perftrend::runner
