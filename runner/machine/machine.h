#pragma once
// State of the machine before and after a measurement, waiting for a quiet machine, and the verdict on it. The pieces
// are load.h and fitness.h.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "runner/machine/fitness.h"
#include "runner/machine/load.h"
#include "runner/scenario/scenario.h"
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

/// Cores, timer and the load before the measurement. The caller has measured `harness_overhead_us`
/// (measure/overhead.h).
MachineState machine_before(const Clock& clock, double harness_overhead_us);

/// The server or program that is measured, where it runs on this machine.
ExternalEngine external_engine(const Scenario& scenario);

/// How quiet the machine must be.
struct QuietPolicy {
  double wait_s = 0;     ///< how long to wait for a quiet machine; 0: not at all
  bool require = false;  ///< skip timing when it is not quiet
};

/// Called while waiting, with a line that says why.
using OnWait = std::function<void(const std::string& line)>;

/// Waits for a quiet machine as long as the policy says. Returns why timing is skipped; nullopt: it is not.
std::optional<std::string> unfit_to_measure(const QuietPolicy& policy, const Thresholds& thresholds,
                                            MachineState& machine, Clock& clock, const OnWait& on_wait);

/// Reads the state after the measurement and judges the machine. `during` is missing where nothing was measured.
void judge_machine(MachineState& machine, const std::optional<LoadDuringRun>& during, const Thresholds& thresholds);

}  // namespace perftrend::runner
